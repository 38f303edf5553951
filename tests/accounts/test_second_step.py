"""The second page of the sign-in, on both databases: nobody is in before both steps were right."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from helpdesk.accounts import administration, service
from helpdesk.accounts.factors.models import PasskeyChallenge, SecondStep
from helpdesk.accounts.models import SignInFailure, User, UserSession
from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.extensions import db
from tests.accounts.two_step import Key, Phone, add_key, is_signed_in, password_step, set_up_app
from tests.conftest import Client, Make
from tests.web.page import read

SignedIn = Callable[[Person], Client]
WRONG = "The code is incorrect, or has been used already."


@pytest.fixture
def app(either: Flask) -> Flask:
    return either


@pytest.fixture
def anna(make: Make) -> Person:
    return make.agent("anna")  # type: ignore[return-value]


@pytest.fixture
def phone(app: Flask, anna: Person) -> Phone:
    return Phone(app, anna)


@pytest.fixture
def kept(as_person: SignedIn, anna: Person, phone: Phone) -> list[str]:
    """Anna has an app; these are her recovery codes."""
    return set_up_app(as_person(anna), phone)


def sessions(make: Make) -> int:
    return len(make.look(lambda: db.session.scalars(select(UserSession.id)).all()))  # type: ignore[arg-type]


def code(browser: Client, typed: str, **options: object):
    return browser.post("/sign-in/second-step", data={"code": typed}, **options)


def test_after_the_password_nobody_is_in_and_the_code_opens(
    make: Make, client: Client, anna: Person, phone: Phone, kept: list[str]
) -> None:
    before = sessions(make)

    answer = password_step(client, anna, query_string={"next": "/desk/tickets?q=a%26b"})

    assert answer.location == "/sign-in/second-step?next=/desk/tickets?q%3Da%2526b"
    assert sessions(make) == before and not is_signed_in(client)
    page = read(client.get(answer.location))
    assert page.heading == "The second step" and "no-store" in client.get(answer.location).headers["Cache-Control"]
    with client.session_transaction() as session:
        before_it = session["csrf_token"]

    answer = client.post(answer.location, data={"code": phone.code()})

    assert (answer.status_code, answer.location) == (303, "/desk/tickets?q=a%26b")
    assert sessions(make) == before + 1 and is_signed_in(client)
    with client.session_transaction() as session:
        assert session["csrf_token"] != before_it and "second_step" not in session


def test_a_code_works_once_for_whoever_types_it(
    app: Flask, client: Client, anna: Person, phone: Phone, kept: list[str]
) -> None:
    password_step(client, anna)
    typed = phone.code()
    assert code(client, typed).status_code == 303
    other: Client = app.test_client()
    password_step(other, anna)

    answer = code(other, typed)

    assert answer.status_code == 422 and read(answer).problems == [WRONG] and not is_signed_in(other)
    assert code(other, phone.code(-1)).status_code == 422, "nor does one from before it"
    assert code(other, phone.code(1)).status_code == 303


@pytest.mark.parametrize("typed", ["", "000000", "12345", "abc", "９" * 6, "x" * 5000, "' OR 1=1 --"])
def test_anything_else_is_refused(client: Client, anna: Person, kept: list[str], typed: str) -> None:
    password_step(client, anna)
    answer = code(client, typed)
    assert answer.status_code == 422 and not is_signed_in(client)
    assert read(answer).problems == ["Enter the code." if not typed else WRONG]


def test_tries_are_limited_and_the_password_forgives_none_of_them(
    client: Client, anna: Person, phone: Phone, kept: list[str]
) -> None:
    password_step(client, anna)
    for _ in range(5):
        assert code(client, "000000").status_code == 422
        password_step(client, anna)

    answer = code(client, phone.code())

    assert answer.status_code == 429 and not is_signed_in(client)
    assert code(client, kept[0]).status_code == 429, "nor a recovery code"


def test_each_recovery_code_works_once(app: Flask, client: Client, anna: Person, kept: list[str]) -> None:
    assert len(kept) == 10
    password_step(client, anna)
    assert code(client, kept[3].upper().replace("-", " ")).status_code == 303
    other: Client = app.test_client()
    password_step(other, anna)
    assert code(other, kept[3]).status_code == 422
    assert code(other, kept[4]).status_code == 303


def test_a_sign_in_under_way_opens_one_session_and_belongs_to_one_browser(
    app: Flask, make: Make, client: Client, anna: Person, phone: Phone, kept: list[str]
) -> None:
    thief: Client = app.test_client()
    password_step(client, anna)
    copied = client.get_cookie("session")
    assert copied is not None and code(client, phone.code()).status_code == 303
    thief.set_cookie("session", copied.value)
    thief.get("/sign-in")

    answer = thief.post("/sign-in/second-step", data={"code": phone.code(1)})

    assert (answer.status_code, answer.location) == (303, "/sign-in") and not is_signed_in(thief)
    assert make.look(lambda: db.session.scalars(select(SecondStep.id)).all()) == []


@pytest.mark.parametrize("what", ["too late", "new password", "disabled", "reset"])
def test_a_sign_in_under_way_ends_with_what_it_stood_on(
    make: Make, client: Client, anna: Person, phone: Phone, kept: list[str], what: str
) -> None:
    password_step(client, anna)
    typed = phone.code()

    def change() -> None:
        user = db.session.get_one(User, anna.id)
        if what == "too late":
            db.session.execute(update(SecondStep).values(ends_at=now()))
        elif what == "new password":
            service.set_password(user, "another hash", at=now())
        elif what == "disabled":
            service.disable(user, at=now())
        else:
            administration.reset_factors(user, by=None, at=now())

    make.change(change)

    answer = code(client, typed, query_string={"next": "/desk"})

    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/desk") and not is_signed_in(client)


def test_without_the_password_there_is_no_second_step(client: Client, anna: Person, kept: list[str]) -> None:
    client.get("/sign-in")
    for path in ("/sign-in/second-step", "/sign-in/passkey", "/sign-in/passkey/options"):
        answer = client.post(path, data={"code": kept[0], "credential": "{}"})
        assert answer.status_code == 303 and answer.location.startswith("/sign-in"), path
    with client.session_transaction() as session:
        session["second_step"] = "x" * 43
    assert client.get("/sign-in/second-step").status_code == 303


def test_a_link_to_set_a_password_skips_no_second_step(
    make: Make, client: Client, anna: Person, phone: Phone, kept: list[str]
) -> None:
    link = make.change(lambda: service.issue_password_link(db.session.get_one(User, anna.id), at=now()))
    client.get(f"/set-password/{link}")
    assert client.post(f"/set-password/{link}", data={"new_password": "an altogether new one"}).status_code == 303
    assert not is_signed_in(client)
    client.get("/sign-in")
    answer = client.post("/sign-in", data={"username": "anna", "password": "an altogether new one"})
    assert answer.location == "/sign-in/second-step" and not is_signed_in(client)
    client.get(answer.location)
    assert code(client, phone.code()).status_code == 303 and is_signed_in(client)


def test_with_a_wrong_password_nobody_learns_who_has_a_second_step(
    make: Make, client: Client, anna: Person, kept: list[str]
) -> None:
    make.member("bo")
    answers = []
    for name in ("anna", "bo", "nobody"):
        client.get("/sign-in")
        answer = client.post("/sign-in", data={"username": name, "password": "wrong password"})
        answers.append((answer.status_code, read(answer).problems, len(answer.text) - len(name)))
    assert answers == answers[:1] * 3


def test_a_passkey_opens_and_is_not_taken_again(
    app: Flask, make: Make, client: Client, anna: Person, as_person: SignedIn
) -> None:
    key = Key()
    assert len(add_key(as_person(anna), key)) == 10
    password_step(client, anna)
    options = client.post("/sign-in/passkey/options").json
    assert options["rpId"] == "localhost" and len(options["allowCredentials"]) == 1
    signed = key.sign(options)

    answer = client.post("/sign-in/passkey", data={"credential": signed}, query_string={"next": "/desk"})

    assert (answer.status_code, answer.location) == (303, "/desk") and is_signed_in(client)
    other: Client = app.test_client()
    password_step(other, anna)
    assert other.post("/sign-in/passkey", data={"credential": signed}).status_code == 422
    other.post("/sign-in/passkey/options")
    assert other.post("/sign-in/passkey", data={"credential": signed}).status_code == 422
    assert not is_signed_in(other)


FORGED: dict[str, Callable[[Key, dict[str, object]], str]] = {
    "another site": lambda key, options: Key("https://evil.example", key.host, key.private, key.id).sign(options),
    "another host": lambda key, options: Key(key.origin, "evil.example", key.private, key.id).sign(options),
    "another key": lambda key, options: Key(id=key.id).sign(options),
    "another id": lambda key, options: Key(private=key.private, id=b"x" * 32).sign(options),
    "another question": lambda key, options: key.sign({"challenge": "AAAA"}),
    "an old count": lambda key, options: Key(private=key.private, id=key.id, count=-1).sign(options),
    "no JSON": lambda key, options: "credential",
    "a list": lambda key, options: "[]",
    "nothing": lambda key, options: "",
    "deep": lambda key, options: "[" * 9000,
    "half": lambda key, options: '{"id": "x", "rawId": 3, "response": []}',
}


def test_no_forged_passkey_opens(make: Make, client: Client, anna: Person, as_person: SignedIn) -> None:
    key = Key()
    add_key(as_person(anna), key)
    password_step(client, anna)
    client.post("/sign-in/passkey", data={"credential": key.sign(client.post("/sign-in/passkey/options").json)})
    client.get("/help")
    client.post("/sign-out")
    for what, forge in FORGED.items():
        make.change(lambda: db.session.query(SignInFailure).delete())
        password_step(client, anna)
        options = client.post("/sign-in/passkey/options").json
        answer = client.post("/sign-in/passkey", data={"credential": forge(key, options)})
        assert answer.status_code == 422, what
        assert read(answer).problems == ["The passkey was not accepted. Try again."], what
        assert not is_signed_in(client), what


def test_a_question_is_answered_in_five_minutes_or_not_at_all(
    make: Make, client: Client, anna: Person, as_person: SignedIn
) -> None:
    key = Key()
    add_key(as_person(anna), key)
    password_step(client, anna)
    signed = key.sign(client.post("/sign-in/passkey/options").json)
    make.change(lambda: db.session.execute(update(PasskeyChallenge).values(ends_at=now())))
    assert client.post("/sign-in/passkey", data={"credential": signed}).status_code == 422


def test_what_is_over_is_forgotten(make: Make, client: Client, anna: Person, kept: list[str]) -> None:
    password_step(client, anna)
    client.get("/sign-in/second-step")
    rows = lambda: len(db.session.scalars(select(SecondStep.id)).all())  # noqa: E731
    make.change(lambda: service.forget_ended_links(at=now()))
    assert make.look(rows) == 1
    make.change(lambda: service.forget_ended_links(at=now() + timedelta(minutes=11)))
    assert make.look(rows) == 0
