"""docs/access.md says who may do and read what, and it says what the product does."""

from pathlib import Path

from flask import Flask

from tests.house import access


def test_the_page_of_who_may_do_what_is_that_of_the_product(app: Flask, tmp_path: Path, prepared_sqlite: Path) -> None:
    folder = tmp_path / "marked"
    folder.mkdir()
    (folder / "helpdesk.sqlite").write_bytes(prepared_sqlite.read_bytes())
    now = access.page(app, folder).splitlines()
    there = access.PAGE.read_text(encoding="utf-8").partition(access.BEGIN)
    stands = (there[1] + there[2]).rstrip("\n").splitlines()
    differs = [line for line in now if line not in stands] + [line for line in stands if line not in now]
    assert differs == [], "look at what has changed; if it is meant, run `.venv/bin/python -m tests.house.access`"


def test_what_only_the_team_knows_is_read_by_no_member() -> None:
    """The few lines of the page that must never change."""
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in access.PAGE.read_text().splitlines()}
    for field in (
        "ticket_message.body (a note)",
        "tag.name",
        "saved_view.name",
        "unsent_text.body",
        "saved_reply.title",
    ):
        assert rows[field].startswith(f"| {field} | no | no |"), field
    for field in ("ticket.title", "draft.title", "user.email", "stored_file.name"):
        assert rows[field].startswith(f"| {field} | yes | no |"), field
    assert rows["user.email (an agent's)"].startswith("| user.email (an agent's) | no | no |")
