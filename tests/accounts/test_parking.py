"""What somebody had typed when their session ended is there again after signing in: for them, once, on that page."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from helpdesk.accounts.models import ParkedForm, UserSession
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from tests import builders
from tests.builders import PASSWORD
from tests.conftest import Client, Make, make_app
from tests.web.page import read

SignedIn = Callable[[Person], Client]
TYPED = "I had written a long and careful answer.\nWith « signs » & <tags>."


@pytest.fixture
def anna(make: Make) -> Person:
    return make.member("anna")


@pytest.fixture
def page(make: Make, anna: Person) -> str:
    return f"/technical-issues/{make.ticket(anna).number}"


@pytest.fixture
def tab(as_person: SignedIn, anna: Person, page: str) -> Client:
    tab = as_person(anna)
    assert tab.get(page).status_code == 200
    return tab


def let_sessions_end(make: Make) -> None:
    old = now() - timedelta(days=15)

    def age() -> None:
        intend_to_write()
        db.session.execute(update(UserSession).values(seen_at=old))
        db.session.commit()

    make.look(age)


def reply(tab: Client, page: str, *, fragment: bool = False, **options: object):
    headers = {"Referer": f"http://localhost{page}", **dict(options.pop("headers", {}))}
    if fragment:
        headers |= {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": f"http://localhost{page}"}
    words = {"body": TYPED, "submission": builders.token(), "verb": "reply"}
    return tab.post(f"{page}/messages", data=words, headers=headers, **options)


def sign_in_again(tab: Client, path: str, username: str = "anna"):
    tab.get(path)
    return tab.post(path, data={"username": username, "password": PASSWORD})


def kept(make: Make) -> int:
    return int(make.look(lambda: db.session.query(ParkedForm).count()))  # type: ignore[call-overload]


@pytest.mark.parametrize("fragment", [False, True])
def test_what_was_typed_is_there_again_after_signing_in(tab: Client, make: Make, page: str, fragment: bool) -> None:
    let_sessions_end(make)

    answer = reply(tab, page, fragment=fragment)

    path = f"/sign-in?next={page}"
    if fragment:
        assert (answer.status_code, answer.headers["HX-Redirect"], answer.text) == (401, path, "")
    else:
        assert (answer.status_code, answer.location) == (303, path)
    assert "your draft has been kept" in tab.get(path).text
    again = sign_in_again(tab, path)
    assert (again.status_code, again.location) == (303, page)
    assert read(tab.get(page)).value("body") == TYPED
    assert read(tab.get(page)).value("body") == "", "it is given back once"
    assert kept(make) == 0


def test_it_is_kept_on_the_server_and_not_in_the_browser(
    app: Flask, tab: Client, make: Make, page: str, as_person: SignedIn, anna: Person
) -> None:
    let_sessions_end(make)
    reply(tab, page)

    assert TYPED[:20] not in str(tab.get_cookie("session"))
    elsewhere = as_person(anna)
    assert read(elsewhere.get(page)).value("body") == TYPED


def test_another_person_at_the_same_computer_does_not_get_it(tab: Client, make: Make, page: str, anna: Person) -> None:
    ben = make.member("ben")
    make.ticket(ben)
    let_sessions_end(make)
    reply(tab, page)

    sign_in_again(tab, f"/sign-in?next={page}", "ben")

    assert tab.get(page).status_code == 404
    own = tab.get("/technical-issues/1002")
    assert read(own).value("body") == ""
    assert TYPED[:20] not in own.text
    assert kept(make) == 1


def test_passwords_and_secrets_are_never_kept(tab: Client, make: Make) -> None:
    let_sessions_end(make)
    words = {"current_password": PASSWORD, "new_password": "my new password", "note": "kept"}
    tab.post("/profile/password", data=words, headers={"Referer": "http://localhost/profile"})

    fields = make.look(lambda: db.session.scalars(select(ParkedForm.fields)).all())
    assert len(fields) == 1
    assert "kept" in fields[0]
    assert PASSWORD not in fields[0] and "my new password" not in fields[0] and "csrf" not in fields[0]


def test_a_form_with_nothing_typed_is_not_kept(tab: Client, make: Make, page: str) -> None:
    let_sessions_end(make)
    tab.post(f"{page}/messages", data={"body": ""}, headers={"Referer": f"http://localhost{page}"})
    assert kept(make) == 0


def test_more_than_a_form_can_hold_is_not_kept(tab: Client, make: Make, page: str) -> None:
    let_sessions_end(make)
    tab.post(f"{page}/messages", data={"body": "x" * 70_000}, headers={"Referer": f"http://localhost{page}"})
    assert kept(make) == 0


def test_the_last_that_was_typed_on_a_page_is_what_is_kept(tab: Client, make: Make, page: str) -> None:
    let_sessions_end(make)
    tab.post(f"{page}/messages", data={"body": "first"}, headers={"Referer": f"http://localhost{page}"})
    reply(tab, page)
    assert kept(make) == 1
    sign_in_again(tab, f"/sign-in?next={page}")
    assert read(tab.get(page)).value("body") == TYPED


def test_nothing_that_a_page_says_by_itself_takes_the_place_of_what_was_typed(
    make: Make, page: str, as_person: SignedIn
) -> None:
    desk, ticket = as_person(make.agent("alex")), page.replace("/technical-issues", "/desk/tickets")
    assert desk.get(ticket).status_code == 200
    let_sessions_end(make)

    reply(desk, ticket)
    leaving = {"doing": "leaving"}
    desk.post(f"{ticket}/viewing", data=leaving, headers={"Referer": f"http://localhost{ticket}"})

    again = sign_in_again(desk, f"/sign-in?next={ticket}", "alex")
    assert read(desk.get(again.location)).value("body") == TYPED


def test_a_form_whose_secret_is_old_is_kept_too(tab: Client, page: str) -> None:
    words = {"body": TYPED, "csrf_token": "old", "verb": "reply"}
    answer = tab.post(f"{page}/messages", data=words, headers={"Referer": f"http://localhost{page}"})

    assert answer.status_code == 400
    assert read(tab.get(page)).value("body") == TYPED


def test_it_is_kept_once_however_many_applications_there_are(
    app: Flask, tab: Client, page: str, tmp_path: Path
) -> None:
    make_app(tmp_path / "another")
    asked: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))

    words = {"body": TYPED, "csrf_token": "old"}
    tab.post(f"{page}/messages", data=words, headers={"Referer": f"http://localhost{page}"})

    assert len([sql for sql in asked if sql.startswith("INSERT INTO parked_form")]) == 1


@pytest.mark.parametrize(
    "referer",
    ["https://evil.example/x", "http://[half", "//localhost", "http://localhost//evil.example", "about:blank", "é\x7f"],
)
def test_a_page_that_is_not_ours_is_never_gone_back_to(tab: Client, make: Make, page: str, referer: str) -> None:
    let_sessions_end(make)
    for name in ("Referer", "HX-Current-URL"):
        answer = tab.post(f"{page}/messages", data={"body": TYPED}, headers={name: referer})
        assert (answer.status_code, answer.location) == (303, "/sign-in?next=/")


def test_a_page_that_was_asked_for_after_the_session_ended_is_where_one_lands(tab: Client, make: Make) -> None:
    let_sessions_end(make)
    assert tab.get("/technical-issues/open?page=x&q=y").location == (
        "/sign-in?next=/technical-issues/open%3Fpage%3Dx%26q%3Dy"
    )


def test_nobody_parks_anything_for_an_account_that_was_never_signed_in(client: Client, make: Make, page: str) -> None:
    client.get("/sign-in")
    client.post(f"{page}/messages", data={"body": TYPED}, headers={"Referer": f"http://localhost{page}"})
    assert kept(make) == 0
