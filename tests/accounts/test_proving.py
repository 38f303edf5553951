"""Showing again that it is oneself: a page of its own, a new token, and doors that stay shut without it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from helpdesk.accounts.models import User, UserSession
from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.extensions import db
from tests.builders import PASSWORD
from tests.conftest import Client, Make
from tests.web.page import read

SignedIn = Callable[[Person], Client]


def age(make: Make, **spans: float) -> None:
    """Lets the last proof of every session lie that far back."""
    when = now() - timedelta(**spans)
    make.change(lambda: db.session.execute(update(UserSession).values(proved_at=when)))


def proofs(make: Make) -> list[object]:
    return list(make.look(lambda: db.session.scalars(select(UserSession.proved_at)).all()))  # type: ignore[call-overload]


def test_signing_in_is_a_proof_for_fifteen_minutes(make: Make, as_person: SignedIn) -> None:
    admin, anna = as_person(make.admin()), make.member("anna")
    door = f"/desk/members/{anna.id}/disabling"
    age(make, minutes=14)
    assert admin.post(door).status_code == 303
    age(make, minutes=15)

    answer = admin.post(door, headers={"Referer": f"http://localhost/desk/members/{anna.id}"})

    assert answer.status_code == 403 and "Nothing has been changed yet." in answer.text
    assert f'action="/confirm?next=/desk/members/{anna.id}"' in answer.text


def test_a_session_from_before_there_were_proofs_has_none(make: Make, as_person: SignedIn) -> None:
    admin, anna = as_person(make.admin()), make.member("anna")
    make.change(lambda: db.session.execute(update(UserSession).values(proved_at=None)))
    assert admin.post(f"/desk/members/{anna.id}/disabling").status_code == 403


def test_the_password_proves_it_under_a_new_token(app: Flask, make: Make, as_person: SignedIn) -> None:
    anna = as_person(make.member("anna"))
    age(make, hours=2)
    old = anna.get_cookie("session")
    assert old is not None

    answer = anna.post("/confirm", query_string={"next": "/profile?x=1"}, data={"password": PASSWORD})

    assert (answer.status_code, answer.location) == (303, "/profile?x=1")
    assert proofs(make)[0] > now() - timedelta(minutes=1)
    assert anna.get("/profile").status_code == 200
    thief: Client = app.test_client()
    thief.set_cookie("session", old.value)
    assert thief.get("/profile").status_code == 303


@pytest.mark.parametrize("password", ["", "wrong password", PASSWORD + " "])
def test_another_password_proves_nothing(make: Make, as_person: SignedIn, password: str) -> None:
    anna = as_person(make.member("anna"))
    age(make, hours=2)
    before = proofs(make)

    answer = anna.post("/confirm", data={"password": password})

    assert answer.status_code == 422 and proofs(make) == before
    assert read(answer).problems == ["The password is incorrect." if password else "Enter your password."]


def test_tries_are_limited_as_at_the_sign_in(make: Make, as_person: SignedIn) -> None:
    anna = as_person(make.member("anna"))
    age(make, hours=2)
    for _ in range(5):
        assert anna.post("/confirm", data={"password": "wrong password"}).status_code == 422

    answer = anna.post("/confirm", data={"password": PASSWORD})

    assert answer.status_code == 429 and proofs(make)[0] < now() - timedelta(hours=1)


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
def test_a_proof_leads_to_no_other_site(make: Make, as_person: SignedIn, target: str) -> None:
    anna = as_person(make.member("anna"))
    assert 'action="/confirm?next=/"' in anna.get("/confirm", query_string={"next": target}).text
    answer = anna.post("/confirm", query_string={"next": target}, data={"password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/")


def test_htmx_is_led_to_the_page_by_its_own_header(make: Make, as_person: SignedIn) -> None:
    admin, anna = as_person(make.admin()), make.member("anna")
    age(make, hours=1)
    page = {"HX-Current-URL": f"http://localhost/desk/members/{anna.id}?tab=1"}
    answer = admin.fragment(f"/desk/members/{anna.id}/disabling", method="POST", headers=page)
    assert (answer.status_code, answer.text) == (403, "")
    assert answer.headers["HX-Redirect"] == f"/confirm?next=/desk/members/{anna.id}"


SENSITIVE = (
    "/desk/members/{other}/disabling", "/desk/members/{other}/enabling", "/desk/members/{other}/link",
    "/desk/admin/team/{other}/role",
)  # fmt: skip


@pytest.mark.parametrize("path", SENSITIVE)
def test_an_administrators_old_session_changes_nobody(make: Make, as_person: SignedIn, path: str) -> None:
    admin, other = as_person(make.admin()), make.member("other")
    age(make, minutes=16)
    assert admin.post(path.format(other=other.id), data={"role": "admin", "heir": ""}).status_code == 403
    assert make.look(lambda: _facts(other.id)) == ("member", None)


def _facts(user_id: int) -> tuple[object, ...]:
    user = db.session.get_one(User, user_id)
    return user.role, user.disabled_at
