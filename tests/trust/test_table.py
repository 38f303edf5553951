"""Every promise, attack, fault and line of the standard is answered: by tests that are there, or by a reason."""

import json
from pathlib import Path

import pytest

from tests.trust import report
from tests.trust.table import LISTS, all_rows, exists, parsed, rows_of


@pytest.mark.parametrize("name", LISTS)
def test_every_row_is_there_once_and_in_order(name: str) -> None:
    assert [row.name for row in rows_of(name)] == LISTS[name][1]


def test_every_row_is_answered() -> None:
    silent = [row.name for row in all_rows() if not row.proofs and not row.reason]
    assert silent == [], "name the tests that prove these, or say why they do not apply"


def test_every_test_that_is_named_is_there() -> None:
    missing = [f"{row.name}: {proof}" for row in all_rows() for proof in row.proofs if not exists(proof)]
    assert missing == [], "these were renamed or removed: what was proved by them is proved by nothing"


def test_no_reason_is_empty() -> None:
    for row in all_rows():
        assert not row.reason or len(row.reason) > 20, f"{row.name}: say why, in a sentence"


def test_a_row_is_read_with_its_tests_and_its_reason() -> None:
    first, second = parsed("T01 One\n    tests/a.py\n    tests/b.py::test_b\nT02 Two\n    n/a: because of that\n")
    assert (first.about, first.proofs, first.reason) == ("One", ["tests/a.py", "tests/b.py::test_b"], "")
    assert (second.about, second.proofs, second.reason) == ("Two", [], "because of that")
    with pytest.raises(ValueError, match="belongs to no row"):
        parsed("    tests/a.py\n")


def test_what_is_not_there_is_noticed() -> None:
    this = "tests/trust/test_table.py"
    assert exists(this) and exists(f"{this}::test_what_is_not_there_is_noticed")
    for proof in (f"{this}::test_something_else", "tests/trust/test_gone.py", "tests/trust/table.py", "tests/trust"):
        assert not exists(proof), proof


def test_the_report_says_how_each_row_ended(tmp_path: Path) -> None:
    this = "tests/trust/test_table.py"
    passes, fails, waits = (
        f"{this}::test_{name}" for name in ("no_reason_is_empty", "every_test_that_is_named_is_there", "gone")
    )
    rows = parsed(f"A a\n    {passes}\nB b\n    {passes}\n    {fails}\nC c\n    {waits}\nD d\n    n/a: reason\nE e\n")
    run = {"at": "2026-11-22", "marked": "", "commit": "abc", "changed": False, "versions": {}, "machine": "one"}
    facts = {"seconds": 1, "why": "", "figures": ["3 kills"]}
    ends = {passes: {**facts, "end": "passed"}, fails: {**facts, "end": "failed"}}
    (tmp_path / "run.json").write_text(json.dumps({**run, "tests": ends}))
    results = report.read([tmp_path / "run.json"])
    told = [report.verdict(row, results) for row in rows]
    assert told == ["proved", "FAILED", "not run as a whole", "does not apply", "OPEN"]
    text = report.written(results)
    assert "commit `abc`" in text and "3 kills" in text
    assert all(f"\n| {row.name} |" in text for row in all_rows())
