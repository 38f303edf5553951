"""What the sockets tell of tickets and notices: ids and codes, to the team or to whom it is for, and to nobody else."""

from datetime import timedelta

import pytest
from flask import Flask

from helpdesk.chat import impatience, presence, service
from helpdesk.chat.models import Chat
from helpdesk.chat.watch import Watch
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.notices import queries
from tests import builders
from tests.chat.talking import Page, SignIn, chat_of, nobody_is_left
from tests.conftest import Make

__all__ = ["nobody_is_left"]


def test_the_desk_hears_of_tickets_and_a_member_of_their_own_notices_only(
    app: Flask, make: Make, as_person: SignIn
) -> None:
    member, stranger, agent = make.member(), make.member(), make.agent()
    ticket = make.ticket(member)
    own, others, desk = (Page(app, as_person(person)) for person in (member, stranger, agent))
    path, words = f"/desk/tickets/{ticket.number}/messages", {"body": "Secret.", "submission": builders.token()}

    assert desk.browser.post(path, data={**words, "verb": "note", "mode": "note"}).status_code == 303
    assert ("ticket:changed", {"ticket": ticket.id, "what": "noted"}) in desk.told()
    assert own.told() == others.told() == []

    words["submission"] = builders.token()
    assert desk.browser.post(path, data={**words, "verb": "reply", "mode": "reply"}).status_code == 303
    heard = desk.told()
    assert ("ticket:changed", {"ticket": ticket.id, "what": "replied"}) in heard and "Secret" not in repr(heard)
    assert own.told() == [("notice:given", {})]
    assert others.told() == []

    own.browser.get(f"/technical-issues/{ticket.number}")
    assert own.told() == [("notice:read", {})]
    assert desk.told() == others.told() == []


@pytest.mark.parametrize("settings", [{"chat_wait_minutes": 5}])
def test_who_waits_too_long_is_told_once_to_those_who_take_chats(app: Flask, make: Make, as_person: SignIn) -> None:
    member, here, away = make.member(name="Kim"), make.agent(), make.agent()
    chat = make.look(lambda: chat_of(member).id)
    make.change(lambda: service.set_available(here, True, at=now()))
    watch = Watch(app, began=now())

    def rung(person: object) -> list[str]:
        return make.look(lambda: [row.kind for row in queries.latest(person) if row.read_at is None])

    def sees(**time: float) -> None:
        at = now() + timedelta(**time)
        make.change(lambda: (service.set_available(here, True, at=at), presence.see_waiting([chat], at=at)))
        watch.go_round(at=at)

    sees(minutes=1)
    assert rung(here) == []
    sees(minutes=6)
    sees(minutes=7)
    assert rung(here) == [impatience.KIND] and rung(away) == rung(member) == []
    assert "Kim has been waiting for a chat for long." in as_person(here).get("/notices").text

    make.change(lambda: service.claim(db.session.get_one(Chat, chat), by=here, at=now()))
    assert rung(here) == []
