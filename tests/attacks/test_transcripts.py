"""T26: the transcript of a chat goes to its member's account, and for others there is no such chat."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.mail.models import Mail
from tests.conftest import Client
from tests.mail import conftest as mail

FORGED = {"email": "evil@evil.example", "to": "evil@evil.example", "address": "evil@evil.example", "user_id": "1"}
Chat = tuple[Person, Person, int]


@pytest.fixture
def settings() -> dict[str, object]:
    """A desk that sends mail; none leaves in these tests."""
    return mail.mail_settings(25)


@pytest.fixture
def chat(app: Flask) -> Chat:
    """The member and the agent of a chat that has just ended, and its number."""
    with app.app_context():
        member, team = mail.person(), mail.colleague()
        return member, team, mail.ended_chat(member, team, began=now())


def letters(app: Flask) -> list[dict[str, object]]:
    """What waits to be sent."""
    with app.app_context():
        return [{"to": one.user_id, **one.facts} for one in db.session.scalars(select(Mail))]


def test_a_foreign_chat_is_no_chat(app: Flask, make: object, chat: Chat, as_person: Callable[[Person], Client]) -> None:
    """T26: for another member, byte for byte; and the team has no door to send one."""
    member, team, number = chat
    stranger = as_person(make.member())
    missing, foreign = (stranger.post(f"/chat/{one}/transcript", data=FORGED) for one in (2**31 - 1, number))

    assert missing.status_code == foreign.status_code == 404
    assert but_for_what_is_new(foreign.text) == but_for_what_is_new(missing.text)
    assert as_person(team).post(f"/chat/{number}/transcript", data=FORGED).status_code == 403
    assert app.test_client().post(f"/chat/{number}/transcript", data=FORGED).status_code in {303, 400}
    assert letters(app) == []
    assert as_person(member).post(f"/chat/{number}/transcript").status_code == 303
    assert letters(app) == [{"to": member.id, "chat": number}]


def test_an_address_in_the_form_is_not_looked_at(app: Flask, chat: Chat, as_person: Callable[[Person], Client]) -> None:
    """T26: what waits to be sent names the account, and its address is looked up when it leaves."""
    member, _, number = chat
    answer = as_person(member).post(f"/chat/{number}/transcript?email=evil@evil.example", data=FORGED)

    assert answer.status_code == 303
    assert letters(app) == [{"to": member.id, "chat": number}]


def but_for_what_is_new(page: str) -> str:
    """A page without the form's secret, and without the address that was asked for."""
    return re.sub(r"[\w.-]{60,}|/chat/\d+", "", page)
