"""Signing in and out through the doors: the refusal beside the success."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.security import generate_password_hash

from helpdesk.accounts import service, views
from helpdesk.accounts.models import SignInFailure, User, UserSession
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from tests.builders import PASSWORD
from tests.conftest import Client, Make, make_app
from tests.web.page import read

SignedIn = Callable[[Person], Client]


class Clock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **spans: float) -> None:
        self.at += timedelta(**spans)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(views, "now", clock)
    return clock


def attempt(client: Client, username: str, password: str = PASSWORD, **options: object):
    client.get("/sign-in")
    answer = client.post("/sign-in", data={"username": username, "password": password}, **options)
    client.get("/profile")  # a page of whoever it is now, with the secret of its forms
    return answer


def is_signed_in(client: Client) -> bool:
    return client.get("/profile").status_code == 200


@pytest.mark.parametrize(
    "typed", ["Anna", "anna", " ANNA ", "anna@example.org", "Anna@Example.ORG", "4711", "anna\u200b"[:4]]
)
def test_a_person_signs_in_by_username_address_or_member_id(client: Client, make: Make, typed: str) -> None:
    make.member("Anna", member_id="4711", email="anna@example.org")

    answer = attempt(client, typed)

    assert (answer.status_code, answer.location) == (303, "/")
    assert is_signed_in(client)


WRONG = [
    ("anna", "wrong password"), ("anna", ""), ("", PASSWORD), ("", ""), ("nobody", PASSWORD), ("gone", PASSWORD),
    ("fresh", PASSWORD), ("anna", PASSWORD + " "), ("anna", "x" * 5000), ("a" * 5000, PASSWORD), ("%", PASSWORD),
    ("anna' --", PASSWORD), ("*", "*"), ("anna\u202e", "wrong password"),
]  # fmt: skip


def test_nobody_gets_in_with_anything_else_and_all_read_the_same(client: Client, make: Make) -> None:
    make.member("anna")
    make.member("fresh", password_hash=None)
    gone = make.member("gone")
    make.look(lambda: (intend_to_write(), service.disable(db.session.get_one(User, gone.id), at=now()), commit()))

    for name, password in WRONG:
        make.look(lambda: (intend_to_write(), db.session.query(SignInFailure).delete(), commit()))
        answer = attempt(client, name, password)
        page = read(answer)
        assert answer.status_code == 422, name
        assert page.title.startswith("Error:"), name
        if name and password:
            assert page.problems == ["Incorrect username or password."], name
        assert PASSWORD not in answer.text
        assert not is_signed_in(client)


def commit() -> None:
    db.session.commit()


def test_an_empty_form_says_what_to_enter(client: Client) -> None:
    page = read(attempt(client, " ", ""))
    assert page.problems == ["Enter your username.", "Enter your password."]
    assert page.value("username") in ("", None)


def test_the_answer_is_the_same_for_a_name_that_exists_and_one_that_does_not(client: Client, make: Make) -> None:
    make.member("anna")

    answers = [attempt(client, name, "wrong password") for name in ("anna", "ottó")]

    pages = [re.sub(r"anna|ottó", "NAME", hide(answer.text)) for answer in answers]
    assert pages[0] == pages[1]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert sorted(answers[0].headers.keys()) == sorted(answers[1].headers.keys())


def hide(text: str) -> str:
    """A page without its form secrets."""
    return re.sub(r"(csrf_token\" value=\"|X-CSRFToken[^:]*: \W*)[\w.\-]+", r"\1", text)


@pytest.mark.parametrize("name", ["anna", "nobody"])
def test_after_five_failures_even_the_right_password_waits(client: Client, make: Make, clock: Clock, name: str) -> None:
    make.member("anna")
    for _ in range(5):
        assert attempt(client, name, "wrong password").status_code == 422

    answer = attempt(client, name)
    assert answer.status_code == 429
    assert read(answer).problems == ["Wait 16 seconds."]
    assert not is_signed_in(client)

    clock.pass_(seconds=15.5)
    answer = attempt(client, name)
    assert answer.status_code == (303 if name == "anna" else 422)


def test_a_wait_grows_with_each_further_failure(client: Client, make: Make, clock: Clock) -> None:
    make.member("anna")
    waits = []
    for _ in range(9):
        attempt(client, "anna", "wrong password")
        answer = attempt(client, "anna", "wrong password")
        if answer.status_code == 429:
            waits.append(read(answer).problems[0])
        clock.pass_(minutes=20)
    assert waits and waits[-1] == "Too many attempts. Try again in 16 minutes."


def test_signing_in_forgives_earlier_slips(client: Client, make: Make, clock: Clock) -> None:
    make.member("anna")
    for _ in range(2):
        for _ in range(4):
            attempt(client, "anna", "wrong password")
        assert attempt(client, "anna").status_code == 303
        client.post("/sign-out")


def test_an_address_that_the_browser_claims_changes_nothing(client: Client, make: Make, clock: Clock) -> None:
    make.member("anna")
    for number in range(5):
        attempt(client, "anna", "wrong password", headers={"X-Forwarded-For": f"192.0.2.{number}"})
    assert attempt(client, "anna", headers={"X-Forwarded-For": "192.0.2.99"}).status_code == 429


def test_somebody_elsewhere_still_gets_in(client: Client, make: Make, clock: Clock) -> None:
    make.member("anna")
    for _ in range(6):
        attempt(client, "anna", "wrong password")

    elsewhere = attempt(client, "anna", environ_base={"REMOTE_ADDR": "192.0.2.7"})

    assert elsewhere.status_code == 303


def test_an_old_hash_is_made_anew_and_the_password_stays(client: Client, make: Make) -> None:
    anna = make.member("anna", password_hash=generate_password_hash(PASSWORD, method="scrypt"))

    assert attempt(client, "anna").status_code == 303

    stored = make.look(lambda: db.session.get_one(User, anna.id).password_hash)
    assert stored.startswith("$argon2id$")
    client.post("/sign-out")
    assert attempt(client, "anna").status_code == 303


LOCAL = ["/", "/profile", "/technical-issues?page=2", "/technical-issues/1001#reply", "/technical-issues/new?a=b&c=d"]
ELSEWHERE = [
    "//evil.example",
    "///evil.example", "/\\evil.example", "\\\\evil.example", "/\\/evil.example", "https:evil.example",
    "https://evil.example", "http:/evil.example", "javascript:alert(1)",
    "/\t/evil.example",
    "/\r\nLocation: https://evil.example", "evil.example", "@evil.example", "/ /evil.example", "", " ", "/" + "a" * 600,
    "\u2028//evil.example", "data:text/html,x", "/\x7f", "//localhost@evil.example", "%2f%2fevil.example",
]  # fmt: skip


@pytest.mark.parametrize("target", LOCAL)
def test_after_signing_in_people_go_on_to_where_they_were(client: Client, make: Make, target: str) -> None:
    make.member("anna")
    client.get("/sign-in")
    answer = client.post("/sign-in", query_string={"next": target}, data={"username": "anna", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, target)


def test_no_address_leads_anybody_to_another_site(app: Flask, make: Make) -> None:
    make.member("anna")
    for target in ELSEWHERE:
        client: Client = app.test_client()
        client.get("/sign-in")
        words = {"username": "anna", "password": PASSWORD}
        answer = client.post("/sign-in", query_string={"next": target}, data=words)
        assert (answer.status_code, answer.location) == (303, "/"), target
        again = client.get("/sign-in", query_string={"next": target})
        assert (again.status_code, again.location) == (303, "/"), target


@pytest.mark.parametrize("path", ["/%2f%2fevil.example", "/%5cevil.example", "http://localhost//evil.example"])
def test_a_page_that_asks_to_sign_in_leads_back_to_this_site_only(client: Client, make: Make, path: str) -> None:
    answer = client.get(path)
    assert "evil.example" not in (answer.location or "").removeprefix("/sign-in")[:3]
    assert answer.status_code in {303, 308, 404}
    assert not (answer.location or "").startswith("//")


def test_a_planted_cookie_is_not_the_session_that_begins(app: Flask, client: Client, make: Make) -> None:
    anna = make.member("anna")
    client.get("/sign-in")
    planted = client.get_cookie("session")
    assert planted is not None
    attempt(client, "anna")

    victim = client.get_cookie("session")
    assert victim is not None and victim.value != planted.value
    attacker: Client = app.test_client()
    attacker.set_cookie("session", planted.value)
    assert not is_signed_in(attacker)
    assert make.look(lambda: db.session.scalars(select(UserSession.user_id)).all()) == [anna.id]


def test_nothing_of_the_time_before_signing_in_stays_in_the_cookie(client: Client, make: Make) -> None:
    make.member("anna")
    client.get("/sign-in")
    with client.session_transaction() as session:
        session["planted"] = "by a stranger"
        secret = session["csrf_token"]
    attempt(client, "anna")
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["csrf_token"] != secret


def test_each_sign_in_has_a_token_of_its_own(app: Flask, client: Client, make: Make) -> None:
    make.member("anna")
    attempt(client, "anna")
    with client.session_transaction() as session:
        first = session["_user_id"]
    client.post("/sign-out")
    attempt(client, "anna")
    with client.session_transaction() as session:
        assert session["_user_id"] != first


def test_a_cookie_that_was_copied_is_dead_after_signing_out(app: Flask, make: Make, as_person: SignedIn) -> None:
    anna = as_person(make.member("anna"))
    copied = anna.get_cookie("session")
    assert copied is not None
    thief: Client = app.test_client()
    thief.set_cookie("session", copied.value)
    assert is_signed_in(thief)

    answer = anna.post("/sign-out")

    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert not is_signed_in(anna)
    assert not is_signed_in(thief)
    assert make.look(lambda: db.session.query(UserSession).count()) == 0


def test_signing_out_twice_is_no_fault(make: Make, as_person: SignedIn) -> None:
    anna = as_person(make.member())
    assert anna.post("/sign-out").status_code == 303
    anna.get("/sign-in")
    assert anna.post("/sign-out").status_code == 303


def test_signing_out_by_a_link_does_nothing(make: Make, as_person: SignedIn) -> None:
    anna = as_person(make.member())
    assert anna.get("/sign-out").status_code == 405
    assert is_signed_in(anna)


def test_signing_out_everywhere_ends_all_browsers(make: Make, as_person: SignedIn) -> None:
    person, other = make.member(), as_person(make.member())
    here, elsewhere = as_person(person), as_person(person)

    assert here.post("/sign-out-everywhere").status_code == 303

    assert [is_signed_in(browser) for browser in (here, elsewhere, other)] == [False, False, True]


def test_disabling_an_account_ends_its_session_at_once(make: Make, as_person: SignedIn) -> None:
    person = make.member()
    browser = as_person(person)
    assert is_signed_in(browser)

    make.look(lambda: (intend_to_write(), service.disable(db.session.get_one(User, person.id), at=now()), commit()))

    assert not is_signed_in(browser)
    assert attempt(browser, person.username).status_code == 422


@pytest.mark.parametrize(("who", "days"), [("member", 14), ("agent", 0.5)])
def test_a_session_that_nobody_used_has_ended(make: Make, as_person: SignedIn, who: str, days: float) -> None:
    browser = as_person(getattr(make, who)())
    seen(make, now() - timedelta(days=days) + timedelta(minutes=1))
    assert is_signed_in(browser)

    seen(make, now() - timedelta(days=days))

    assert not is_signed_in(browser)


def seen(make: Make, at: datetime) -> None:
    make.look(lambda: (intend_to_write(), db.session.execute(update(UserSession).values(seen_at=at)), commit()))


def test_a_session_that_is_used_is_remembered_as_used(make: Make, as_person: SignedIn) -> None:
    browser = as_person(make.member())
    seen(make, now() - timedelta(days=13))

    browser.get("/profile")

    last = make.look(lambda: db.session.scalar(select(UserSession.seen_at)))
    assert now() - last < timedelta(minutes=1)


def test_a_session_ends_after_its_longest_time_however_often_it_is_used(make: Make, as_person: SignedIn) -> None:
    browser = as_person(make.member())
    ends = make.look(lambda: db.session.scalar(select(UserSession.ends_at)))
    assert timedelta(days=89, hours=23) < ends - now() <= timedelta(days=90)

    make.look(lambda: (intend_to_write(), db.session.execute(update(UserSession).values(ends_at=now())), commit()))

    assert not is_signed_in(browser)


def test_a_cookie_that_was_tampered_with_is_nobody(client: Client, make: Make) -> None:
    make.member("anna")
    attempt(client, "anna")
    cookie = client.get_cookie("session")
    assert cookie is not None
    for value in (cookie.value[:-2], cookie.value + "x", "", "x" * 3000, "eyJfdXNlcl9pZCI6IjEifQ.x.y", "1"):
        client.set_cookie("session", value)
        assert not is_signed_in(client)


def test_whoever_is_signed_in_needs_no_form(make: Make, as_person: SignedIn) -> None:
    answer = as_person(make.member()).get("/sign-in?next=/profile")
    assert (answer.status_code, answer.location) == (303, "/profile")


def test_nothing_is_kept_for_those_who_only_look(client: Client, make: Make) -> None:
    for _ in range(3):
        client.get("/sign-in?next=/profile")
        client.get("/help")
    assert make.look(lambda: db.session.query(UserSession).count()) == 0


def test_the_cookie_is_for_this_site_over_https_only(tmp_path, prepared_sqlite) -> None:
    (tmp_path / "helpdesk.sqlite").write_bytes(prepared_sqlite.read_bytes())
    app = make_app(tmp_path, public_url="https://help.example.org")
    answer = app.test_client().get("/sign-in?lang=fr", base_url="https://help.example.org")
    more = app.test_client().get("/sign-in", base_url="https://help.example.org")

    cookies = [*answer.headers.getlist("Set-Cookie"), *more.headers.getlist("Set-Cookie")]
    assert len(cookies) == 2
    for cookie in cookies:
        assert "Secure" in cookie and "SameSite=Lax" in cookie and "Domain" not in cookie and "Path=/" in cookie
        assert "HttpOnly" in cookie
    assert any(cookie.startswith("__Host-session=") for cookie in cookies)
    assert more.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    with app.app_context():
        db.engine.dispose()


def test_the_cookie_tells_no_secret(client: Client, make: Make) -> None:
    make.member("anna")
    attempt(client, "anna")
    with client.session_transaction() as session:
        kept = dict(session)
    token = make.look(lambda: db.session.scalar(select(UserSession.token_hash)))
    assert token not in str(kept)
    assert "anna" not in str(kept)
    assert PASSWORD not in str(kept)
