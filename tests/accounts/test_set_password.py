"""A one-time link to set a password: once, in its time, and only the newest."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from helpdesk.accounts import service
from helpdesk.accounts.models import PasswordLink, User, UserSession
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from tests.builders import PASSWORD
from tests.conftest import Client, Make
from tests.web.page import read

NEW = "an altogether new one"


@pytest.fixture
def anna(make: Make) -> Person:
    return make.member("anna", name="Anna Andersson", email="anna@example.org")


def link(make: Make, person: Person, *, at: datetime | None = None, hours: int = 168) -> str:
    def issue() -> str:
        intend_to_write()
        token = service.issue_password_link(db.session.get_one(User, person.id), at=at or now(), hours=hours)
        db.session.commit()
        return f"/set-password/{token}"

    return str(make.look(issue))


def choose(client: Client, path: str, password: str = NEW):
    client.get(path)
    return client.post(path, data={"new_password": password})


def signs_in(client: Client, password: str) -> bool:
    client.get("/sign-in")
    return client.post("/sign-in", data={"username": "anna", "password": password}).status_code == 303


def test_the_link_asks_for_a_password_and_names_the_account(client: Client, make: Make, anna: Person) -> None:
    answer = client.get(link(make, anna))

    page = read(answer)
    assert (answer.status_code, page.heading) == (200, "New password")
    assert "anna" in page.all("main")[0].text
    assert "At least 12 characters" in page.all("main")[0].text
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_chosen_password_signs_in_and_the_old_one_no_longer(client: Client, make: Make, anna: Person) -> None:
    answer = choose(client, link(make, anna))

    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert not signs_in(client, PASSWORD)
    assert signs_in(client, NEW)


def test_a_link_is_good_once(client: Client, make: Make, anna: Person) -> None:
    path = link(make, anna)
    choose(client, path)

    again = choose(client, path, "yet another new one")

    assert again.status_code == 404
    assert "This link has expired. Request a new one." in read(again).all("main")[0].text
    assert signs_in(client, NEW)


def test_only_the_newest_link_is_good(client: Client, make: Make, anna: Person) -> None:
    older, newest = link(make, anna), link(make, anna)
    assert choose(client, older).status_code == 404
    assert choose(client, newest).status_code == 303


@pytest.mark.parametrize(("hours", "age", "status"), [(168, 167.9, 200), (168, 168, 404), (1, 0.9, 200), (1, 1, 404)])
def test_a_link_is_good_for_its_time(
    client: Client, make: Make, anna: Person, hours: int, age: float, status: int
) -> None:
    path = link(make, anna, at=now() - timedelta(hours=age), hours=hours)
    assert client.get(path).status_code == status


@pytest.mark.parametrize(
    "token", ["x", "null", "None", "0" * 43, "%00", "%20", "../x", "%F0%9F%99%82", "a" * 5000, "%ff%fe"]
)
def test_a_token_that_was_never_given_out_is_not_found(client: Client, make: Make, anna: Person, token: str) -> None:
    link(make, anna)
    make.look(lambda: (intend_to_write(), db.session.execute(update(User).values(password_hash=None)), commit()))
    assert client.get(f"/set-password/{token}").status_code in {400, 404}
    assert client.get("/set-password/").status_code == 404


def commit() -> None:
    db.session.commit()


def test_a_disabled_account_cannot_set_a_password(client: Client, make: Make, anna: Person) -> None:
    path = link(make, anna)
    make.look(
        lambda: (
            intend_to_write(), db.session.execute(update(User).values(disabled_at=now())), commit(),
        )
    )  # fmt: skip
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "Enter a new password."),
        ("too short", "The password must be at least 12 characters long."),
        ("x" * 1025, "The password is too long."),
        ("annaandersson", "This password is too easy to guess. Choose another one."),
    ],
)
def test_a_weak_password_is_refused_and_the_link_stays_good(
    client: Client, make: Make, anna: Person, password: str, sentence: str
) -> None:
    path = link(make, anna)

    answer = choose(client, path, password)

    assert answer.status_code == 422
    assert read(answer).problems == [sentence]
    assert choose(client, path).status_code == 303


def test_setting_a_password_ends_every_session_of_the_account(
    client: Client, make: Make, anna: Person, as_person: Callable[[Person], Client]
) -> None:
    browser, other = as_person(anna), as_person(make.member())
    choose(client, link(make, anna))

    assert browser.get("/profile").status_code == 303
    assert other.get("/profile").status_code == 200


def test_only_a_hash_of_the_link_is_kept(make: Make, anna: Person) -> None:
    token = link(make, anna).rsplit("/", 1)[1]
    kept = make.look(lambda: db.session.scalars(select(PasswordLink.token_hash)).all())
    assert len(kept) == 1 and token not in kept[0] and len(token) >= 43
    assert make.look(lambda: db.session.query(UserSession).count()) == 0
