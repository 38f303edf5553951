"""T57, T62: a form sets what is on it and nothing else; a page that is looked at changes nothing of anybody's."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Boolean, Date, DateTime, Integer, String

from helpdesk.database import UTCDateTime
from helpdesk.extensions import db
from tests.house.doors import DOORS, build, knock, snapshot
from tests.house.test_doors import EXPECTED, ROLES

EVIL = "evil-3141592"
NUMBER, YEAR = 3141592, "1971"
# A field of a form that has the name of a column: what is typed there belongs there.
TYPED = {
    "name", "body", "title", "description", "email", "member_ref", "question", "username", "comment", "value", "word",
    "zone", "kind", "day",
}  # fmt: skip
# Where looking is doing: a draft is begun, a notice is read, somebody is there. Nothing of it is anybody else's.
LIVING = (
    "parked_form",
    "sign_in_failure",
    "user_session",
    "ticket_viewer",
    "agent_presence",
    "notice",
    "draft",
    "chat",
    "audit_entry",
)


def columns() -> Iterator[tuple[str, str]]:
    """The name of every column, with a value that nobody has typed into a form of ours."""
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            kind = column.type
            if isinstance(kind, String) and column.name not in TYPED:
                yield column.name, EVIL
            elif isinstance(kind, Boolean):
                yield column.name, "1"
            elif isinstance(kind, Integer):
                yield column.name, str(NUMBER)
            elif isinstance(kind, (DateTime, UTCDateTime, Date)):
                yield column.name, f"{YEAR}-01-01T00:00:00+00:00"


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_no_form_sets_a_column_that_is_not_on_it(app: Flask, role: str) -> None:
    """T62: every column of every table, in every form, as a field and as part of the address."""
    world, added = build(app), dict(columns())
    assert {"role", "owner_id", "status", "assignee_id", "created_at", "rank", "disabled_at"} <= set(added)
    for door, (path, words) in DOORS.items():
        if not door.endswith("POST") or EXPECTED[door][ROLES.index(role)] in {403, 404} or "sign_out" in door:
            continue
        sent = words()
        more = {name: value for name, value in added.items() if name not in sent}
        answer = world.browsers[role].post(world.path(path), data={**more, **sent}, query_string={**more, "next": ""})
        assert answer.status_code < 500, door
    rows = "\n".join(line for lines in snapshot(app).values() for line in lines)
    assert EVIL not in rows and str(NUMBER) not in rows and f"datetime.datetime({YEAR}" not in rows


def test_a_link_cannot_be_made_a_form(app: Flask) -> None:
    """T57: no header and no field makes another method of the one that was sent."""
    world = build(app)
    before = snapshot(app, leave_out=LIVING)
    tricks = dict.fromkeys(("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"), "POST")
    for door, (path, words) in DOORS.items():
        if door.endswith("POST") and door.startswith(("tickets", "submission", "files", "accounts.change")):
            query = {name: value for name, value in words().items() if isinstance(value, str)}
            world.browsers["owner"].get(
                world.path(path), headers=tricks, query_string={**query, "_method": "POST"}
            ).close()
    assert snapshot(app, leave_out=LIVING) == before


def test_a_link_on_another_site_does_not_change_the_accounts_language(app: Flask) -> None:
    """T57: the language of a page is part of its address; what is kept in the account, one's own click decides."""
    world = build(app)
    before = snapshot(app, leave_out=LIVING)
    owner = world.browsers["owner"]
    assert owner.get("/help?lang=sv", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 303
    assert snapshot(app, leave_out=LIVING) == before
    assert owner.get("/help?lang=sv", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
    assert snapshot(app, leave_out=LIVING) != before


def test_looking_changes_nothing(app: Flask) -> None:
    """T10, T57: every page, as everybody who may see it and everybody who may not."""
    world = build(app)
    before = snapshot(app, leave_out=LIVING)
    for role in ROLES:
        for door in DOORS:
            if door.endswith("GET"):
                knock(world, role, door).close()
    assert snapshot(app, leave_out=LIVING) == before


def test_nobody_leaves_a_row_behind(app: Flask) -> None:
    """T56: no page makes a session or a row for somebody who has not signed in, wherever it is to lead them."""
    world = build(app)
    before = snapshot(app)
    for turn in range(2):
        fresh = app.test_client()
        for door, (path, _) in DOORS.items():
            if door.endswith("GET"):
                fresh.get(world.path(path), query_string={"next": f"/technical-issues/{turn}"}).close()
    assert snapshot(app) == before
