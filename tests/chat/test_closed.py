"""Outside the hours: the form gives way to when the chat opens again, in the reader's language and zone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk.chat import labels, service
from helpdesk.chat.models import Chat
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.hours import read
from tests import builders
from tests.conftest import Make

PARIS = ZoneInfo("Europe/Paris")
WEEK = "mon-fri 09:00-17:30 Europe/Paris"


@pytest.fixture
def settings() -> dict[str, object]:
    """Open for a minute a week, and never now."""
    day = f"{now() + timedelta(days=2):%a}".lower()
    return {"chat_hours": f"{day} 03:00-03:01 Europe/Paris"}


@pytest.fixture
def agent(app: Flask, make: Make) -> None:
    """Somebody of the team takes chats all the same."""
    agent = make.agent()
    with app.app_context():
        intend_to_write()
        service.set_available(agent, True, at=now())
        db.session.commit()
        db.session.remove()


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize(
    ("language", "sentence", "your_time"),
    [
        ("en", "The chat opens again on ", "04:00 (your time)"),
        ("fr", "Le chat rouvrira ", "04:00 (votre heure locale)"),
        ("sv", "Chatten öppnar igen ", "04:00 (din tid)"),
        ("es", "El chat vuelve a abrir el ", "04:00 (tu hora local)"),
    ],
)
def test_the_page_says_when_it_opens_again(as_person, make: Make, language: str, sentence: str, your_time: str) -> None:
    browser = as_person(make.member(language=language))
    browser.set_cookie("tz", "Europe/Helsinki")

    text = browser.get("/chat").text

    assert sentence in text and your_time in text
    assert "03:00–03:01" in text and "Europe/Paris" in text, "beside the hours as they were set"


@pytest.mark.usefixtures("agent")
def test_nobody_gets_into_the_queue(as_person, make: Make) -> None:
    words = {"client_id": builders.token(), "name": "Me", "email": "me@example.org", "question": "My page is blank."}

    answer = as_person(make.member()).post("/chat", data=words)

    assert answer.status_code == 422
    assert "My page is blank." in answer.text
    assert make.look(lambda: db.session.scalar(select(func.count()).select_from(Chat))) == 0


@pytest.mark.parametrize(
    ("at", "opens", "said"),
    [
        ("2026-03-02 07:00", "2026-03-02 09:00", "The chat opens again today at 09:00."),
        ("2026-03-06 18:00", "2026-03-09 09:00", "The chat opens again on Monday at 09:00."),
        ("2026-12-24 18:00", "2027-01-04 09:00", "The chat opens again on Monday, 4 January at 09:00."),
    ],
)
def test_the_next_opening_is_said_as_people_say_it(app: Flask, at: str, opens: str, said: str) -> None:
    moments = [datetime.fromisoformat(text).replace(tzinfo=PARIS) for text in (opens, at)]
    with app.test_request_context("/chat", headers={"Cookie": "tz=Europe/Paris; lang=en"}):
        assert labels.opening_sentence(moments[0], moments[1], read(WEEK)) == said


def test_the_page_knows_when_the_hours_end() -> None:
    hours = read(f"mon 09:00-12:00, {WEEK}")
    at = datetime(2026, 3, 2, 10, tzinfo=PARIS)

    assert hours.closes_at(at) == datetime(2026, 3, 2, 17, 30, tzinfo=PARIS)
    assert hours.closes_at(at.replace(hour=18)) is None
    assert read("").closes_at(at) is None
