"""People are found by the beginnings of words, whatever the accents, on both databases, and never by a scan."""

import pytest
from flask import Flask
from sqlalchemy import text

from helpdesk.accounts import finding, service
from helpdesk.accounts.finding import Cursor
from helpdesk.accounts.models import User
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from tests import builders


@pytest.fixture
def people(on_both: Flask) -> Flask:
    builders.member("elin", name="Elin Åkesson-Lindqvist", member_id="4071183", email="elin.lind@example.org")
    builders.member("lindgren", name="Zoë O’Brien", member_id="X-77")
    builders.member("camille", name="Camille Läurent", member_id="4071999")
    return on_both


def found(typed: str) -> list[str]:
    return sorted(row.username for row in finding.page(typed, None).rows)


@pytest.mark.parametrize(
    ("typed", "usernames"),
    [
        ("lind", ["elin", "lindgren"]), ("LINDQ", ["elin"]), ("akess", ["elin"]), ("Åke", ["elin"]),
        ("lau", ["camille"]), ("Läu", ["camille"]), ("zoe o'b", ["lindgren"]), ("brien", ["lindgren"]),
        ("4071", ["camille", "elin"]), ("4071183", ["elin"]), ("x-7", ["lindgren"]), ("elin.lind@ex", ["elin"]),
        ("elin lindq", ["elin"]), ("lind zo", ["lindgren"]), ("indq", []), ("elin zo", []), ("%", []), ("_", []),
        ("'; drop", []), ("\\", []),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("people")
def test_the_beginnings_of_words_find_people(typed: str, usernames: list[str]) -> None:
    assert found(typed) == usernames


@pytest.mark.usefixtures("people")
def test_who_is_renamed_is_found_by_the_new_name_only() -> None:
    intend_to_write()
    user = db.session.query(User).filter_by(username="camille").one()
    service.edit_profile(user, name="Camille Moreau", language="fr", time_zone=None, theme="system")
    db.session.commit()
    assert (found("moreau"), found("laurent"), found("camille")) == (["camille"], [], ["camille"])


@pytest.mark.usefixtures("on_both")
@pytest.mark.parametrize("typed", ["", "anna"])
def test_pages_go_on_and_back_without_leaving_anybody_out_or_showing_anybody_twice(typed: str) -> None:
    intend_to_write()
    for number in range(60):
        service.create_account(
            username=f"anna{number}", email=f"anna{number}@example.org", name=f"Anna Annasson {number}",
            role=builders.Role.MEMBER, at=builders.NOON, origin="directory",
        )  # fmt: skip
    db.session.commit()
    first = finding.page(typed, None)
    second = finding.page(typed, Cursor.read(str(first.after)))
    third = finding.page(typed, Cursor.read(str(second.after)))
    ids = [row.id for page in (first, second, third) for row in page.rows]
    assert (len(first.rows), len(second.rows), len(third.rows), len(set(ids))) == (25, 25, 10, 60)
    assert first.before is None and third.after is None
    back = finding.page(typed, Cursor.read(str(third.before)))
    assert [row.id for row in back.rows] == [row.id for row in second.rows]


@pytest.mark.parametrize("typed", ["after", "after.x", "before.99999999999", "sideways.1.anna", "", "after.²"])
def test_an_odd_cursor_is_the_first_page(typed: str) -> None:
    assert Cursor.read(typed) is None


@pytest.mark.usefixtures("app_context")
@pytest.mark.parametrize("typed", ["", "anna", "anna berg"])
def test_no_search_reads_the_whole_table(typed: str) -> None:
    statement = finding.statement(typed, Cursor("after", 7, "anna"))
    compiled = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    plan = [row[3] for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {compiled}"))]
    assert plan and all(step.startswith("SEARCH") or "SUBQUERY" in step for step in plan), plan
