"""The page's way to the transcript: whose, to which address, how often."""

import html
from collections.abc import Callable

import pytest
from flask import Flask

from helpdesk.accounts.person import Person
from helpdesk.chat.models import Chat
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.mail import worker
from tests.conftest import Client, Make
from tests.mail import conftest as mail
from tests.mail.post_office import PostOffice
from tests.web.page import without_secret

AsPerson = Callable[[Person], Client]


@pytest.fixture
def asa(app: Flask) -> Person:
    with app.app_context():
        return mail.person(language="en")


@pytest.fixture
def chat(app: Flask, asa: Person) -> int:
    """A chat of hers that ended a moment ago."""
    with app.app_context():
        return mail.ended_chat(asa, mail.colleague(), began=now())


def outbox(app: Flask) -> list[object]:
    with app.app_context():
        return mail.rows()


def words(browser: Client) -> str:
    """What the page of the chat says."""
    return html.unescape(browser.get("/chat").text)


def test_it_goes_to_the_accounts_own_address_whatever_is_asked_for(
    app: Flask, post: PostOffice, asa: Person, chat: int, as_person: AsPerson
) -> None:
    browser = as_person(asa)
    asked = {"email": "eve@evil.example", "address": "eve@evil.example", "to": "2", "user_id": "2"}

    answer = browser.post(f"/chat/{chat}/transcript?email=eve@evil.example", data=asked)

    assert (answer.status_code, answer.location) == (303, "/chat")
    assert "The transcript is on its way to asa@members.example." in words(browser)
    worker.send_due(app)
    assert post.only().recipients == ["asa@members.example"] and b"evil" not in post.only().content


def test_pressed_again_within_minutes_it_is_one_mail(app: Flask, asa: Person, chat: int, as_person: AsPerson) -> None:
    browser = as_person(asa)
    for _ in range(3):
        assert browser.post(f"/chat/{chat}/transcript").status_code == 303

    assert len(outbox(app)) == 1


def test_it_is_not_sent_more_often_than_five_times_an_hour(
    app: Flask, asa: Person, chat: int, as_person: AsPerson
) -> None:
    browser = as_person(asa)
    answers = [browser.post(f"/chat/{chat}/transcript").status_code for _ in range(6)]

    assert answers == [303, 303, 303, 303, 303, 429]


def test_nobody_else_gets_it_and_it_looks_as_if_there_were_none(
    app: Flask, make: Make, asa: Person, chat: int, as_person: AsPerson
) -> None:
    stranger = as_person(make.member())
    theirs = stranger.post(f"/chat/{chat}/transcript")
    missing = stranger.post("/chat/999999/transcript")

    assert theirs.status_code == missing.status_code == 404
    assert without_secret(theirs.text).replace(f"/chat/{chat}", "/chat/999999") == without_secret(missing.text)
    assert as_person(make.agent()).post(f"/chat/{chat}/transcript").status_code == 403
    assert as_person(make.member(rank="Premier")).post(f"/chat/{chat}/transcript").status_code == 403
    assert outbox(app) == []


@pytest.mark.parametrize("state", ["waiting", "active", "left"])
def test_a_chat_that_has_not_ended_has_no_transcript_yet(
    app: Flask, asa: Person, chat: int, as_person: AsPerson, state: str
) -> None:
    with app.app_context():
        db.session.get_one(Chat, chat).state = state
        db.session.commit()

    assert as_person(asa).post(f"/chat/{chat}/transcript").status_code == 409
    assert outbox(app) == []


@pytest.mark.parametrize("settings", [{}])
def test_without_a_mail_server_it_is_not_offered(app: Flask, asa: Person, chat: int, as_person: AsPerson) -> None:
    browser = as_person(asa)

    assert "/transcript" not in browser.get("/chat").text
    assert browser.post(f"/chat/{chat}/transcript").status_code == 404


@pytest.mark.parametrize(
    ("language", "button"),
    [
        ("en", "Email me the transcript"),
        ("fr", "M’envoyer la transcription par e-mail"),
        ("sv", "Skicka chattloggen till min e-post"),
        ("es", "Enviarme la transcripción por correo"),
    ],
)
def test_the_page_of_an_ended_chat_offers_it_and_says_where_it_goes(
    app: Flask, asa: Person, chat: int, as_person: AsPerson, language: str, button: str
) -> None:
    browser = as_person(asa)
    browser.get(f"/help?lang={language}")

    page = words(browser)

    assert button in page and "asa@members.example" in page
    browser.post(f"/chat/{chat}/transcript")
    browser.get("/help")  # takes away the sentence about what was just done
    again = words(browser)
    assert button not in again and "asa@members.example" in again
