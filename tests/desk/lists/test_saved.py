"""Saved views: an agent's own and the team's; only their owner changes them, and administrators the shared ones."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from helpdesk.accounts.person import Person
from helpdesk.desk.models import SavedView
from helpdesk.extensions import db
from tests.conftest import Client, Make

QUERY = "language=fr&sort=due&columns=number.due"


@pytest.fixture
def nora(make: Make, as_person: Callable[[Person], Client]) -> Client:
    return as_person(make.agent(name="Nora"))


@pytest.fixture
def colleague(make: Make, as_person: Callable[[Person], Client]) -> Client:
    return as_person(make.agent())


@pytest.fixture
def admin(make: Make, as_person: Callable[[Person], Client]) -> Client:
    return as_person(make.admin())


def save(browser: Client, name: str, *, query: str = QUERY, shared: bool = False) -> str:
    answer = browser.post("/desk/views/new", data={"name": name, "query": query, **({"shared": "y"} if shared else {})})
    assert answer.status_code == 303, answer.text
    return answer.location


def rows(make: Make) -> list[tuple[object, ...]]:
    columns = (SavedView.name, SavedView.shared, SavedView.arguments, SavedView.columns)
    return make.look(lambda: [tuple(row) for row in db.session.execute(select(*columns).order_by(SavedView.id))])


def test_a_view_is_saved_from_the_list_and_stands_in_the_menu(nora: Client, make: Make) -> None:
    place = save(nora, "French first")
    assert place == "/desk/tickets?view=1&language=fr&sort=due&columns=number.due"
    assert rows(make) == [("French first", False, "language=fr&sort=due", "number.due")]
    page = nora.get(place).text
    assert 'aria-current="page"><span>French first</span>' in page
    assert "update-view" not in page, "it shows what the view keeps"
    changed = nora.get(f"{place}&priority=high").text
    assert "Save changes to “French first”" in changed
    query = {"query": "language=fr&priority=high"}
    assert nora.post("/desk/views/1/filter", data=query).location == "/desk/tickets?view=1&language=fr&priority=high"
    assert rows(make) == [("French first", False, "language=fr&priority=high", "")]


def test_what_a_view_keeps_is_read_like_any_address(nora: Client, make: Make) -> None:
    save(nora, "Odd", query="language=xx&sort=password_hash&view=7&evil=%3Cscript%3E&status=closed&tag=99")
    assert rows(make) == [("Odd", False, "status=closed", "")]


def test_private_views_are_seen_by_their_owner_and_shared_ones_by_the_team(nora: Client, colleague: Client) -> None:
    save(nora, "Only mine")
    save(nora, "For all", shared=True)
    assert {name for name in ("Only mine", "For all") if name in nora.get("/desk").text} == {"Only mine", "For all"}
    assert {name for name in ("Only mine", "For all") if name in colleague.get("/desk").text} == {"For all"}
    assert "Shared by Nora." in colleague.get("/desk/views").text
    assert "/desk/views/2" not in colleague.get("/desk/views").text


CHANGES = [
    ("GET", "/desk/views/{}"), ("POST", "/desk/views/{}"), ("POST", "/desk/views/{}/filter"),
    ("GET", "/desk/views/{}/removal"), ("POST", "/desk/views/{}/removal"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_nobody_changes_a_foreign_view_but_administrators_a_shared_one(
    nora: Client, colleague: Client, admin: Client, make: Make, method: str, path: str
) -> None:
    save(nora, "Only mine")
    save(nora, "For all", shared=True)
    before = rows(make)
    data = {} if method == "GET" else {"data": {"name": "Stolen", "query": "status=any"}}
    for browser, view in ((colleague, 1), (colleague, 2), (admin, 1), (colleague, 99)):
        assert browser.open(path.format(view), method=method, **data).status_code == 404
    assert rows(make) == before

    for browser, view in ((admin, 2), (nora, 1)):
        assert browser.open(path.format(view), method=method, **data).status_code in {200, 303}


def test_a_view_is_renamed_shared_and_deleted_after_a_question(nora: Client, make: Make) -> None:
    save(nora, "First")
    nora.post("/desk/views/1", data={"name": "  Second  name ", "shared": "y", "owner_id": "99", "arguments": "x"})
    assert rows(make) == [("Second name", True, "language=fr&sort=due", "number.due")]
    assert "Delete the view “Second name”?" in nora.get("/desk/views/1/removal").text
    assert rows(make), "a question deletes nothing"
    nora.post("/desk/views/1/removal")
    assert rows(make) == []
    assert "There are no saved views yet." in nora.get("/desk/views").text
    assert nora.get("/desk/tickets?view=1&language=fr").status_code == 200


@pytest.mark.parametrize(("name", "sentence"), [(" ", "Enter a name."), ("x" * 61, "60 characters or fewer")])
def test_a_name_that_cannot_be_is_said_beside_it(nora: Client, make: Make, name: str, sentence: str) -> None:
    answer = nora.post("/desk/views/new", data={"name": name, "query": QUERY})
    assert (answer.status_code, rows(make)) == (422, [])
    assert sentence in answer.text
    assert "language=fr&amp;sort=due" in answer.text, "what it is to keep is still there"


def test_an_agent_has_so_many_views_and_no_more(nora: Client, make: Make) -> None:
    for place in range(20):
        save(nora, f"View {place}")
    answer = nora.post("/desk/views/new", data={"name": "One more", "query": ""})
    assert answer.status_code == 422
    assert "You can have 20 saved views. Delete one first." in answer.text
    assert len(rows(make)) == 20
