"""T20: events of somebody who is not connected, or not yet, or was refused."""

import json

import pytest

from tests.attacks.looking import Looking
from tests.chat.clients.ears import NoAnswer
from tests.chat.clients.people import People, token
from tests.chat.clients.raw import NotConnected

both = pytest.mark.parametrize("transport", ["websocket", "polling"])


def events(chat: int) -> list[str]:
    """Packets of what would change something."""
    facts = {"chat": chat, "client_id": token(), "body": "Too early.", "available": True}
    names = ("chat:claim", "message:say", "chat:end", "desk:available")
    return [f"42{place}{json.dumps([name, facts])}" for place, name in enumerate(names, start=100)]


@both
def test_events_before_connecting_are_not_heard(people: People, looking: Looking, transport: str) -> None:
    """T20: an agent's cookie, and no CONNECT."""
    people.agent()
    _, _, chat = people.waiting()
    early = people.client(people.desk.make.agent(), transport=transport)
    before = looking.chats()
    for packet in events(chat):
        early.raw(packet)
    try:
        early.connect()
        assert early.ask("chat:catch_up", {"chat": chat, "after": 0})["state"] == "waiting"
    except (NotConnected, NoAnswer):
        assert early.ears.gone
    assert early.answered() == []
    assert looking.chats() == before


@both
def test_whoever_is_refused_is_not_heard(people: People, looking: Looking, transport: str) -> None:
    """T20: CONNECT and the events in one breath, while the handler of `connect` is at work."""
    people.agent()
    _, _, chat = people.waiting()
    before = looking.chats()
    for person in (None, people.desk.make.member(rank="Manager")):
        refused = people.client(person, transport=transport)
        refused.raw("40")
        for packet in events(chat):
            refused.raw(packet)
        refused.ears.until(lambda refused=refused: refused.refused or refused.ears.gone)
        assert refused.refused in {"not_signed_in", "rank_too_low"}
        with pytest.raises(NoAnswer):
            refused.ask("chat:catch_up", {"chat": chat, "after": 0}, seconds=1)
        assert refused.answered() == []

    assert looking.chats() == before


@both
def test_whoever_connects_is_heard_from_then_on(people: People, looking: Looking, transport: str) -> None:
    """T20: what the two tests above refuse is done once the connection is there, also in the same breath."""
    people.agent()
    _, own, chat = people.waiting()
    prompt = people.client(people.desk.make.agent(), transport=transport)
    prompt.raw("40")
    prompt.raw(events(chat)[0])
    own.ears.event("chat:claimed", chat=chat)

    assert looking.state(chat) == "active"


def test_connecting_twice_is_being_connected_once(people: People) -> None:
    """T20: a second CONNECT gives nothing that the first has not."""
    own, theirs, chat = people.pair(member=("raw", "websocket"), agent=("raw", "websocket"))
    own.raw(f'40{{"chat":{chat},"after":0}}')
    try:
        theirs.ask("message:say", {"chat": chat, "client_id": token(), "body": "Once?"})
        own.ask("chat:catch_up", {"chat": chat, "after": 0})
        assert len([said for said in own.ears.named("message:said") if said["body"] == "Once?"]) == 1
    except NoAnswer:
        assert own.ears.gone
