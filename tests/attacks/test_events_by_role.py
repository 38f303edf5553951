"""T21: every event that is registered, said by each kind of person: a new one without a line here fails."""

import pytest

from helpdesk.extensions import socketio
from tests.attacks.looking import Looking
from tests.chat.clients.people import People, token
from tests.chat.clients.raw import NotConnected

# What each gets about a chat that is a third person's: another member, an agent who is not in it, an administrator.
EXPECTED = {
    "chat:catch_up": ("not_found", "ok", "ok"),
    "chat:claim": ("not_allowed", "chat_taken", "chat_taken"),
    "chat:end": ("not_found", "chat_wrong_state", "chat_wrong_state"),
    "chat:hand_off": ("not_allowed", "chat_wrong_state", "chat_wrong_state"),
    "chat:transfer": ("not_allowed", "chat_wrong_state", "chat_wrong_state"),
    "desk:available": ("not_allowed", "ok", "ok"),
    "message:say": ("not_found", "chat_wrong_state", "chat_wrong_state"),
    "typing:start": ("not_found", "chat_wrong_state", "chat_wrong_state"),
}
# Not said by anybody: the library's own, and what stands for every other name.
OF_THE_LIBRARY = {"connect", "disconnect", "*"}


def test_every_event_has_its_line(people: People) -> None:
    """T21: a new event is in the table, and so somebody has thought of who may say it."""
    assert set(EXPECTED) == set(socketio.server.handlers["/"]) - OF_THE_LIBRARY


def test_at_every_event_each_person_gets_what_the_table_says(people: People, looking: Looking) -> None:
    """T21: about a chat that is going on between two others; nothing of it changes."""
    _own, _theirs, chat = people.pair(member=("raw", "websocket"), agent=("raw", "websocket"))
    colleague, _ = people.agent()
    make = people.desk.make
    clients = [people.client(person).connect() for person in (make.member(), make.agent(), make.admin())]
    before = [row for row in looking.chats() if row[0] == chat]
    for event, expected in EXPECTED.items():
        facts = {
            "chat": chat,
            "after": 0,
            "client_id": token(),
            "body": "Hello.",
            "to": colleague.id,
            "available": False,
        }
        answers = [client.ask(event, {**facts, "available": False}) for client in clients]
        assert tuple("ok" if one["ok"] else one["error"] for one in answers) == expected, event
    assert [row for row in looking.chats() if row[0] == chat] == before


@pytest.mark.parametrize("rank", ["Premier", "Manager"])
def test_below_the_rank_nobody_says_anything(people: People, rank: str) -> None:
    """T21: nor does somebody who has not signed in: there is no connection to say it on."""
    with pytest.raises(NotConnected, match="rank_too_low"):
        people.client(people.desk.make.member(rank=rank)).connect()
    with pytest.raises(NotConnected, match="not_signed_in"):
        people.client(None).connect()
