"""T44, T45: words of the database's language and names of its columns, in all that lists, sorts or finds."""

import ast
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import Client, Make
from tests.house.doors import DOORS, build, snapshot

ROOT = Path(__file__).resolve().parents[2]
SQL = (
    "' OR '1'='1", "1' OR '1'='1' --", "1; DROP TABLE ticket; --", "1) UNION SELECT password_hash FROM user --",
    '" OR ""="', "%' AND 1=0 UNION ALL SELECT 1,2,3 --", "'; ATTACH DATABASE 'x' AS x; --", "NULL", "1e308", "x'00'",
    "ticket_words MATCH 'x'", '"a" NEAR "b"', "public:*", "{a b}:c", "^a", "a*", "-a", "a AND (", '"', "\\", "%", "_",
)  # fmt: skip
COLUMNS = (
    "password_hash", "owner.password_hash", "owner__password_hash", "user.password_hash", "id", "submission",
    "updated_at DESC", "(SELECT 1)", "random()", "-updated", "updated,opened", "assignee.email",
)  # fmt: skip
ASKED = (
    "q", "open-q", "sort", "order", "order_by", "status", "assignee", "language", "rank", "priority", "tag", "page",
    "view", "columns", "due", "opened_from", "opened_to", "what", "actor", "about", "range", "first", "last", "agent",
    "after", "cursor",
)  # fmt: skip
LIVING = ("notice", "user_session", "agent_presence", "ticket_viewer", "chat", "draft", "audit_entry")
# Where SQL is written as text; values go beside it (trust.md, T44).
TEXTS = {
    "helpdesk/tickets/search.py", "helpdesk/database.py", "helpdesk/home/views.py", "helpdesk/operating/snapshot.py",
}  # fmt: skip


def test_no_query_of_an_address_reaches_the_database_as_more_than_a_value(app: Flask) -> None:
    """T44: each field of each list with each of them: an answer, no fault, and nothing has changed."""
    world = build(app)
    before = snapshot(app, leave_out=LIVING)
    for door, (path, _) in DOORS.items():
        role = "admin" if door.startswith("desk.") else "owner"
        if not door.endswith("GET") or door.startswith(("assets.", "files.")) or "file" in door:
            continue
        for number, words in enumerate(SQL):
            asked = {name: SQL[(number + place) % len(SQL)] for place, name in enumerate(ASKED)}
            if number == 0 or "list" in door or "index" in door:
                answer = world.browsers[role].get(world.path(path), query_string={**asked, "q": words})
                assert answer.status_code in {200, 204, 303, 302, 400, 404, 422}, (door, words)
                answer.close()
    after = snapshot(app, leave_out=LIVING)
    assert after == before


@pytest.mark.parametrize("name", ["sort", "order", "order_by", "columns"])
def test_a_list_is_sorted_by_what_it_offers_only(app: Flask, make: Make, as_person, name: str) -> None:
    """T45: any other name of a column means the order that there is without it: nothing can be learnt from it."""
    members = [make.member(f"m{place}", email=f"{9 - place}@example.org") for place in range(3)]
    for member in members:
        make.ticket(member, f"Ticket of {member.username}")
    agent: Client = as_person(make.agent())
    plain = _order(agent.get("/desk/tickets").text)
    assert len(plain) == 3
    for words in COLUMNS:
        assert _order(agent.get("/desk/tickets", query_string={name: words}).text) == plain, words


def _order(html: str) -> list[str]:
    found = sorted((html.find(f"Ticket of m{place}"), f"m{place}") for place in range(3))
    return [name for where, name in found if where >= 0]


def test_sql_is_written_as_text_where_it_is_known_and_never_of_what_came() -> None:
    """T44: nobody writes it elsewhere, and only the search fills in words, which are names of its own columns."""
    places, filled = set(), set()
    for path in sorted((ROOT / "helpdesk").rglob("*.py")):
        name, tree = str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))
        if "migrations" in path.parts:
            continue
        imported = {
            alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy"
            for alias in node.names
        } & {"text", "literal_column"}  # fmt: skip
        for node in ast.walk(tree):
            called = isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called == "exec_driver_sql" or (called and called in imported):
                places.add(name)
                filled |= {name} if not all(isinstance(one, ast.Constant | ast.Name) for one in node.args) else set()
    assert places <= TEXTS, "use select() and its like; or say here why this has to be text"
    # Names of columns, a number of seconds of ours.
    assert filled <= {"helpdesk/tickets/search.py", "helpdesk/database.py", "helpdesk/operating/snapshot.py"}
