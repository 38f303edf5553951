"""PROMISES.md says what is promised, how it is kept, and by which tests: those that the table names, too."""

import re

from tests.trust.table import ROOT, rows_of

TEXT = (ROOT / "PROMISES.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (G\d+)\. (.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))


def test_every_promise_is_there_and_says_how_it_is_kept() -> None:
    assert list(SECTIONS) == [row.name for row in rows_of("promises")]
    for name, text in SECTIONS.items():
        assert "*How:*" in text, name


def test_every_promise_leads_to_its_tests_and_the_table_to_them_too() -> None:
    for row in rows_of("promises"):
        linked = set(re.findall(r"\]\((tests/[\w/]+\.py)\)", SECTIONS[row.name]))
        proofs = {proof.partition("::")[0] for proof in row.proofs}
        assert linked, f"{row.name} leads to no test"
        assert all((ROOT / path).is_file() for path in linked), row.name
        assert linked <= proofs, f"{row.name}: the table does not name {linked - proofs}"


def test_readers_are_led_to_the_promises_and_to_who_hears_of_a_weakness() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "](PROMISES.md)" in readme and "](SECURITY.md)" in readme
    security = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    for needed in ("in private", "72 hours", "newest version", "In scope", "Contact of this desk"):
        assert needed in security, needed
