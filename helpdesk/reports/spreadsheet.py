"""Tables as CSV that a spreadsheet opens and never runs. Plain rules: no Flask, no database."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

# Spreadsheets that open a file by its first bytes take it for UTF-8 only with this sign in front.
BOM = "\ufeff"
# What a spreadsheet may take for a formula or a command when a cell begins with it, also behind blanks, invisible
# signs, or a separator that splits the cell in two (trust.md, T47). Full-width signs are read like their narrow ones.
_RUNS = re.compile(r"[\s\x00-\x20\u00a0\u200b-\u200f\u2060\ufeff;,|\"']*[=+\-@%＝＋－＠％]|[\t\r\n\x00;|]")
# Spreadsheets of languages that write decimals with a comma separate cells by a semicolon.
SEPARATORS = {"en": ","}

Cell = str | int | None


def safe(cell: Cell) -> Cell:
    """The cell as it may be exported: numbers as they are, a text that could run behind an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and _RUNS.match(cell) else cell


def written(header: Sequence[str], rows: Iterable[Sequence[Cell]], language: str) -> str:
    """The whole file: every text quoted, lines ending as RFC 4180 has them."""
    file = io.StringIO()
    file.write(BOM)
    writer = csv.writer(
        file, delimiter=SEPARATORS.get(language, ";"), quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n"
    )
    writer.writerow([safe(cell) for cell in header])
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return file.getvalue()
