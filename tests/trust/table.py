"""What we promise, what we defend against, and which test proves it: read from the lists in `rows/`.

A row begins a line: its name and what it is about. The indented lines below it are the tests that prove it (a test, or
a file of them), or `n/a:` with the reason why it does not apply. A row may have both: the reason covers a part of it.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = Path(__file__).with_name("rows")
NOT_APPLICABLE = "n/a:"
# The lists, in the order of the report: their name, what stands above them, and the rows that each must answer.
LISTS = {
    "promises": ("What we promise", [f"G{number}" for number in range(1, 15)]),
    "attacks": ("Attacks that others have suffered", [f"T{number:02}" for number in range(1, 76)]),
    "faults": ("Faults", [f"F{number:02}" for number in range(1, 27)]),
    "verification": ("OWASP ASVS 5.0.0, levels 1 and 2, in 62 lines", [f"V{number:02}" for number in range(1, 63)]),
}


@dataclass
class Row:
    """One line of a list. `proofs` are node ids or files, as pytest takes them; `reason` is why it does not apply."""

    name: str
    about: str
    proofs: list[str] = field(default_factory=list)
    reason: str = ""


def rows_of(name: str) -> list[Row]:
    """The rows of a list, in its order. Raises ValueError for a line that belongs to no row."""
    return parsed((ROWS / f"{name}.txt").read_text(encoding="utf-8"))


def parsed(text: str) -> list[Row]:
    """The rows that a text holds."""
    rows: list[Row] = []
    for line in filter(str.strip, text.splitlines()):
        if not line.startswith(" "):
            name, _, about = line.partition(" ")
            rows.append(Row(name, about))
        elif not rows:
            raise ValueError(f"this belongs to no row: {line}")
        elif line.strip().startswith(NOT_APPLICABLE):
            rows[-1].reason = line.strip().removeprefix(NOT_APPLICABLE).strip()
        else:
            rows[-1].proofs.append(line.strip())
    return rows


def all_rows() -> Iterator[Row]:
    for name in LISTS:
        yield from rows_of(name)


def wanted() -> list[str]:
    """Every proof that a row names, each once and in order: what a run of the report has to run."""
    return list(dict.fromkeys(proof for row in all_rows() for proof in row.proofs))


@cache
def tests_of(path: str) -> frozenset[str]:
    """The names of the tests in a file below the root, `Class::test` in a class; empty when there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    found = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            found |= {f"{node.name}::{name}" for name in _tests_in(node)}
        found |= set(_tests_in(ast.Module([node], [])))
    return frozenset(found)


def _tests_in(node: ast.Module | ast.ClassDef) -> list[str]:
    functions = (one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
    return [one.name for one in functions if one.name.startswith("test_")]


def exists(proof: str) -> bool:
    """Whether pytest would collect this."""
    path, _, test = proof.partition("::")
    collected = tests_of(path)
    return Path(path).name.startswith("test_") and bool(collected) and (not test or test in collected)
