"""What people set about themselves, and that nobody sets anything else or for anybody else."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.models import User, UserSession
from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from tests.builders import PASSWORD
from tests.conftest import Client, Make
from tests.web.page import read

SignedIn = Callable[[Person], Client]
NEW = "an altogether new one"


@pytest.fixture
def anna(make: Make) -> Person:
    return make.member("anna", name="Anna", member_id="77", email="anna@example.org")


@pytest.fixture
def tab(as_person: SignedIn, anna: Person) -> Client:
    return as_person(anna)


def facts(make: Make, person: Person) -> dict[str, object]:
    def look() -> dict[str, object]:
        user = db.session.get_one(User, person.id)
        return {column.key: getattr(user, column.key) for column in User.__mapper__.columns}

    return make.look(look)  # type: ignore[return-value]


SETTINGS = {"name": "Anna B", "language": "sv", "time_zone": "Europe/Stockholm", "theme": "dark"}


def test_settings_are_kept_and_the_page_follows_them(tab: Client, make: Make, anna: Person) -> None:
    answer = tab.post("/profile", data=SETTINGS)

    assert (answer.status_code, answer.location) == (303, "/profile")
    page = read(tab.get("/profile"))
    assert {name: facts(make, anna)[name] for name in SETTINGS} == SETTINGS
    assert page.language == "sv"
    assert page.heading == "Profil"
    assert page.said == "Dina inställningar har sparats."
    assert page.all("html")[0].attributes["data-theme"] == "dark"
    assert {name: page.value(name) for name in ("name", "language", "theme")} == {
        name: SETTINGS[name] for name in ("name", "language", "theme")
    }


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter your name."),
        ({"name": " \t\u202e "}, "Enter your name."),
        ({"name": "x" * 121}, "The name must be 120 characters or fewer."),
        ({"language": "de"}, "Choose a language."),
        ({"language": ""}, "Choose a language."),
        ({"theme": "pink"}, "Choose a theme."),
        ({"time_zone": "Mars/Olympus"}, "Not a valid choice."),
    ],
)
def test_what_cannot_be_is_refused_and_stays_in_the_form(
    tab: Client, make: Make, anna: Person, changes: dict[str, str], sentence: str
) -> None:
    before = facts(make, anna)

    answer = tab.post("/profile", data={**SETTINGS, **changes})

    page = read(answer)
    assert answer.status_code == 422
    assert page.problems == [sentence]
    assert page.title.startswith("Error:")
    assert "name" in changes or page.value("name") == "Anna B"
    assert facts(make, anna) == before


def test_a_form_sets_nothing_that_is_not_on_it(tab: Client, make: Make, anna: Person) -> None:
    before = facts(make, anna)
    extra = {
        "id": "999", "user_id": "999", "username": "admin", "username_key": "admin", "email": "evil@example.org",
        "email_key": "evil@example.org", "member_id": "1", "role": "admin", "rank": "Presidential Diamond",
        "password_hash": "x", "origin": "demo", "disabled_at": "", "created_at": "2000-01-01", "session_id": "1",
        "second_factor_at": "2000-01-01", "last_seen_at": "2000-01-01",
    }  # fmt: skip
    assert set(before) - set(SETTINGS) <= set(extra)

    assert tab.post("/profile", data={**SETTINGS, **extra}).status_code == 303

    after = facts(make, anna)
    assert {name: after[name] for name in before if name not in SETTINGS} == {
        name: before[name] for name in before if name not in SETTINGS
    }


def test_a_name_is_one_line_without_hidden_signs(tab: Client, make: Make, anna: Person) -> None:
    tab.post("/profile", data={**SETTINGS, "name": "  Anna\r\n\u202eB\u2066  <b>C</b>\x07 "})
    assert facts(make, anna)["name"] == "Anna B <b>C</b>"
    assert "&lt;b&gt;C&lt;/b&gt;" in tab.get("/profile").text


def change_password(tab: Client, current: str = PASSWORD, new: str = NEW):
    return tab.post("/profile/password", data={"current_password": current, "new_password": new})


def signs_in(app: Flask, password: str) -> bool:
    client: Client = app.test_client()
    client.get("/sign-in")
    return client.post("/sign-in", data={"username": "anna", "password": password}).status_code == 303


def test_a_new_password_takes_the_present_one_and_ends_other_sessions(
    app: Flask, tab: Client, anna: Person, as_person: SignedIn
) -> None:
    elsewhere = as_person(anna)

    answer = change_password(tab)

    assert (answer.status_code, answer.location) == (303, "/profile")
    assert tab.get("/profile").status_code == 200
    assert elsewhere.get("/profile").status_code == 303
    assert (signs_in(app, PASSWORD), signs_in(app, NEW)) == (False, True)


@pytest.mark.parametrize(
    ("current", "new", "sentence"),
    [
        ("", NEW, "Enter your current password."),
        ("not this one at all", NEW, "The password is incorrect."),
        (PASSWORD, "", "Enter a new password."),
        (PASSWORD, "short", "The password must be at least 12 characters long."),
        (PASSWORD, "anna anna anna", "This password is too easy to guess. Choose another one."),
    ],
)
def test_without_the_present_password_or_with_a_weak_one_nothing_changes(
    app: Flask, tab: Client, current: str, new: str, sentence: str
) -> None:
    answer = change_password(tab, current, new)

    assert answer.status_code == 422
    assert any(problem.startswith(sentence) for problem in read(answer).problems)
    assert NEW not in answer.text and PASSWORD not in answer.text
    assert signs_in(app, PASSWORD)


def test_guessing_the_present_password_has_to_wait_too(tab: Client) -> None:
    for _ in range(5):
        assert change_password(tab, "not this one at all").status_code == 422
    answer = change_password(tab)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_people_see_their_own_sessions_and_end_one(tab: Client, make: Make, anna: Person, as_person: SignedIn) -> None:
    elsewhere, other = as_person(anna), as_person(make.member())
    ids = make.look(lambda: db.session.scalars(select(UserSession.id).order_by(UserSession.id)).all())
    page = read(tab.get("/profile"))
    ends = [form.attributes["action"] for form in page.all("form") if "/sessions/" in (form.attributes["action"] or "")]
    assert ends == [f"/profile/sessions/{ids[1]}/end"]

    answer = tab.post(ends[0])

    assert answer.status_code == 303
    assert elsewhere.get("/profile").status_code == 303
    assert tab.get("/profile").status_code == 200
    assert tab.post(f"/profile/sessions/{ids[2]}/end").status_code == 404
    assert other.get("/profile").status_code == 200


@pytest.mark.parametrize("session_id", ["0", "99", "2147483648", "9" * 30, "-1", "1e0", "x", "１"])
def test_a_session_that_is_not_theirs_is_not_found(tab: Client, session_id: str) -> None:
    assert tab.post(f"/profile/sessions/{session_id}/end").status_code == 404
