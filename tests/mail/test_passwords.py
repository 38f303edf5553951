"""A forgotten password: the same answer for everybody, a link that is good for an hour and once, kept as a hash."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, update
from werkzeug.test import TestResponse

from helpdesk.accounts import service
from helpdesk.accounts.links import service as links
from helpdesk.accounts.links import views
from helpdesk.accounts.models import PasswordLink, User
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.mail import worker
from helpdesk.mail.models import Mail
from tests.builders import NOON
from tests.conftest import Client
from tests.mail.conftest import change, person, row, rows
from tests.mail.post_office import PostOffice
from tests.web.page import read

NEW = "an altogether new one"
SENT = "If an account matches, we have sent an email with a link. It is valid for 60 minutes."
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def asa(app: Flask) -> Person:
    with app.app_context():
        return person(language="en", member_id="M-77")


def ask(client: Client, name: str, **headers: str) -> TestResponse:
    """Asks for a link, as the page does."""
    client.get("/forgotten-password")
    return client.post("/forgotten-password", data={"username": name}, headers={"User-Agent": FIREFOX, **headers})


def queued(app: Flask) -> list[str]:
    with app.app_context():
        return [mail.kind for mail in rows()]


def link_of(post: PostOffice) -> str:
    """The way to a new password in the last mail."""
    found = re.search(r"http://localhost:5000(/set-password/\S+)", post.mails[-1].part("plain"))
    assert found
    return found[1]


def choose(client: Client, path: str) -> TestResponse:
    client.get(path)
    return client.post(path, data={"new_password": NEW})


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    with app.app_context():
        engine = db.engine
    said: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_by_any_of_their_names_somebody_gets_a_link_and_chooses_a_password(
    app: Flask, client: Client, post: PostOffice, asa: Person
) -> None:
    page = read(client.get("/forgotten-password"))
    assert page.heading == "Forgot your password?" and SENT not in page.html
    for place, name in enumerate(("asa", "ASA@members.example", " M-77 ")):
        answer = ask(client, name)
        assert (answer.status_code, answer.location) == (303, "/forgotten-password?asked=yes")
        assert SENT in client.get(answer.location).text
        assert queued(app).count("reset_password") == place + 1
        worker.send_due(app)
        with app.app_context():
            intend_to_write()
            db.session.execute(update(Mail).values(queued_at=now() - links.ON_ITS_WAY))
            db.session.commit()

    text = post.mails[-1].part("plain")
    assert post.mails[-1].recipients == ["asa@members.example"] and "with this browser: Firefox, Linux" in text
    assert choose(client, link_of(post)).location == "/sign-in"
    client.get("/sign-in")
    assert client.post("/sign-in", data={"username": "asa", "password": NEW}).status_code == 303


def test_the_answer_is_the_same_whoever_is_asked_for(app: Flask, client: Client, asa: Person) -> None:
    with app.app_context():
        gone = person("gone", email="gone@members.example")
        change(gone, disabled_at=NOON)
    ask(client, "somebody")  # from now on this source is counted already
    answers, asked = [], []
    for name in ("asa", "gone", "nobody", "asa@elsewhere.example", "x" * 254):
        client.get("/forgotten-password")
        with statements(app) as said:
            answer = client.post("/forgotten-password", data={"username": name})
        answers.append((answer.status_code, answer.location, answer.text))
        asked.append([one.split("WHERE")[0] for one in said])

    assert answers == answers[:1] * 5
    assert asked == asked[:1] * 5, "the same questions to the database, the same rows written"
    assert queued(app) == ["reset_password"]


def test_nobody_is_flooded_and_nobody_asks_without_end(app: Flask, client: Client, asa: Person, monkeypatch) -> None:
    at, clock = now(), [now()]
    monkeypatch.setattr(views, "now", lambda: clock[0])
    for minutes in (0, 1, 4, 6):
        clock[0] = at + timedelta(minutes=minutes)
        assert ask(client, "asa", **{"X-Forwarded-For": "203.0.113.9"}).status_code == 303
    assert queued(app) == ["reset_password"] * 2, "one is on its way"
    refused = [ask(client, name).status_code for name in ("asa", "asa", "asa")]
    assert refused == [303, 429, 429]
    assert [ask(client, "nobody").status_code for _ in range(6)][-1] == 429, "unknown names wait like known ones"
    for hours in range(1, 12):
        clock[0] = at + timedelta(hours=hours)
        ask(client, "asa")
    assert queued(app).count("reset_password") == links.MOST_A_DAY


def test_an_empty_form_says_what_to_enter(client: Client, asa: Person) -> None:
    answer = ask(client, "  ")
    assert answer.status_code == 422 and "Enter your username." in answer.text


def test_the_link_is_made_when_the_mail_leaves_and_only_its_hash_is_kept(
    app: Flask, client: Client, post: PostOffice, asa: Person, caplog
) -> None:
    with caplog.at_level(logging.DEBUG):
        ask(client, "asa")
        with app.app_context():
            assert db.session.scalars(select(PasswordLink)).all() == []
            assert set(row().facts) == {"at", "browser"}
        worker.send_due(app)
    token = link_of(post).rpartition("/")[2]
    with app.app_context():
        kept = db.session.scalars(select(PasswordLink)).one()
        assert kept.ends_at - kept.created_at == timedelta(hours=1)
        assert kept.token_hash != token and len(kept.token_hash) == 64
        everything = str([tuple(one) for one in db.session.execute(select(PasswordLink.__table__))]) + str(row().facts)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(("helpdesk", "sqlalchemy"))]
    assert token not in everything and ours and not any(token in line for line in ours)


def test_a_link_is_good_for_an_hour_once_and_only_the_newest(
    app: Flask, client: Client, post: PostOffice, asa: Person, monkeypatch
) -> None:
    ask(client, "asa")
    worker.send_due(app)
    older = link_of(post)
    late = now() + timedelta(minutes=6)
    monkeypatch.setattr(views, "now", lambda: late)
    ask(client, "asa")
    worker.send_due(app, clock=lambda: late)
    newer = link_of(post)
    assert client.get(older).status_code == 404, "older ones are void"

    monkeypatch.setattr(views, "now", lambda: late + timedelta(hours=1))
    assert client.get(newer).status_code == 404, "the hour is over"
    monkeypatch.undo()
    assert choose(client, newer).status_code == 303
    assert choose(client, newer).status_code == 404, "once"


def test_with_another_password_or_address_a_link_that_is_on_its_way_is_void(
    app: Flask, client: Client, post: PostOffice, asa: Person
) -> None:
    ask(client, "asa")
    worker.send_due(app)
    with app.app_context():
        intend_to_write()
        service.set_password(db.session.get_one(User, asa.id), "hash", at=now())
        db.session.commit()
    assert client.get(link_of(post)).status_code == 404


def test_its_account_is_told_of_a_new_password(app: Flask, client: Client, post: PostOffice, asa: Person) -> None:
    ask(client, "asa")
    worker.send_due(app)
    client.post(link_of(post), data={"new_password": NEW}, headers={"User-Agent": FIREFOX})
    worker.send_due(app)

    told = post.mails[-1]
    assert told.message["Subject"] == "Your password has been changed" and "Firefox, Linux" in told.part("plain")
    client.sign_in(asa, NEW)
    client.post("/profile/password", data={"current_password": NEW, "new_password": "yet another new one"})
    assert queued(app).count("password_changed") == 2


@pytest.mark.parametrize("host", ["evil.example", "localhost:5000@evil.example"])
def test_links_lead_to_our_own_address_whatever_the_request_claims(
    app: Flask, client: Client, post: PostOffice, asa: Person, host: str
) -> None:
    assert ask(client, "asa", Host=host).status_code == 400
    ask(client, "asa", **{"X-Forwarded-Host": host, "Forwarded": f"host={host}"})
    worker.send_due(app)
    assert b"evil" not in post.only().content


@pytest.mark.parametrize("settings", [{}])
def test_without_a_mail_server_the_page_names_who_helps(client: Client, make) -> None:
    make.member("asa")
    assert "account manager" in client.get("/forgotten-password").text
    assert client.post("/forgotten-password", data={"username": "asa"}).status_code == 404


def test_a_mail_that_cannot_leave_leaves_the_last_link_only(
    app: Flask, client: Client, post: PostOffice, asa: Person
) -> None:
    ask(client, "asa")
    post.answers["DATA"] = "451 later"
    worker.send_due(app)
    post.answers.clear()
    worker.send_due(app, clock=lambda: now() + timedelta(minutes=2))
    with app.app_context():
        assert len(db.session.scalars(select(PasswordLink)).all()) == 1
    assert choose(client, link_of(post)).status_code == 303
