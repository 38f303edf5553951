"""T19, T27: what an ordinary connection hears, field by field, and that it hears nothing that is not for it."""

import re

from tests.attacks.looking import Looking
from tests.chat.clients.people import Client, People, token

SAID = {"chat", "seq", "client_id", "kind", "author_id", "author", "body", "at"}
CAUGHT_UP = {"chat", "messages", "head", "state"}
CHANGED = {"chat", "what", "state"}
# All that may be in an event's payload. A field that is added has to be added here, by somebody who has thought of T19.
ALLOWED: dict[str, set[str]] = {
    "chat:caught_up": CAUGHT_UP,
    "message:said": SAID,
    "typing:started": {"chat", "author"},
    "chat:claimed": CHANGED,
    "chat:ended": CHANGED,
    "chat:changed": CHANGED,
    "chat:head": {"chat", "head"},
    "queue:moved": {"chat", "place", "ahead", "wait_s"},
    "presence:changed": {"agents"},
    "queue:changed": set(),
    "ticket:changed": {"ticket", "what"},
    "notice:given": set(),
    "notice:read": set(),
    "server:stopping": set(),
}
MEMBERS = ALLOWED.keys() - {"queue:changed", "ticket:changed"}
# What stands in no payload for a member, whoever it is about.
PRIVATE = ("example.org", "member_ref", "email", "rank", "language", "rating", "session", "csrf")


def test_a_whole_chat_tells_each_side_what_it_may_know(people: People) -> None:
    """T27: every payload of every event in it, for each role."""
    own, theirs, _chat = _whole_chat(people)

    for client in (own, theirs):
        for event, facts in client.ears.heard:
            assert set(facts) == ALLOWED[event], event
            for message in facts.get("messages", ()):
                assert set(message) == SAID - {"chat"}
        words = repr(client.ears.heard)
        assert [private for private in PRIVATE if private in words] == []
    assert {event for event, _ in own.ears.heard} <= MEMBERS
    assert {"message:said", "chat:claimed", "chat:changed", "chat:ended", "queue:moved"} <= {
        e for e, _ in own.ears.heard
    }


def test_an_answer_holds_what_was_asked_for(people: People) -> None:
    """T27: the acknowledgements, field by field."""
    own, theirs, chat = people.pair(member=("raw", "websocket"), agent=("raw", "websocket"))
    said = own.ask("message:say", {"chat": chat, "client_id": token(), "body": "Hello."})
    assert set(said) == {"ok", "seq", "at"}
    assert set(own.ask("chat:catch_up", {"chat": chat, "after": 0})) == {"ok", *CAUGHT_UP}
    for client, event in ((own, "typing:start"), (theirs, "chat:hand_off"), (theirs, "chat:claim"), (own, "chat:end")):
        assert client.ask(event, {"chat": chat}) == {"ok": True}, event
    assert theirs.ask("desk:available", {"available": False}) == {"ok": True}


def test_members_hear_nothing_of_the_chats_of_others(people: People) -> None:
    """T19: one has no chat, the other waits; both listen while two talk, type, hand over and end."""
    idle = people.client(people.desk.make.member()).connect()
    people.agent()
    _, waiting, own_chat = people.waiting()
    _, _, chat = _whole_chat(people)
    for client in (idle, waiting):
        client.ask("chat:catch_up", {"chat": 1, "after": 0})

    assert {event for event, _ in idle.ears.heard} == set()
    own = {"chat:caught_up", "queue:moved", "presence:changed", "chat:head"}
    assert {event for event, _ in waiting.ears.heard} <= own
    assert {facts["chat"] for _, facts in waiting.ears.heard if "chat" in facts} == {own_chat}
    assert chat != own_chat


def test_an_agent_who_is_not_in_a_chat_hears_no_word_of_it(people: People) -> None:
    """T19: the team sees that the queue has changed, and reads a chat when it opens its page."""
    _, listener = people.agent()
    _whole_chat(people)
    listener.ask("chat:catch_up", {"chat": 2**31 - 1, "after": 0})

    assert {event for event, _ in listener.ears.heard} <= {"queue:changed", "presence:changed"}
    assert listener.ears.named("queue:changed") != []


def test_who_is_there_is_a_number(people: People) -> None:
    """T19: not who, and to nobody but those who wait, and the team."""
    people.agent()
    idle = people.client(people.desk.make.member()).connect()
    _, waiting, _ = people.waiting()
    _, other = people.agent()
    other.ask("desk:available", {"available": False})
    told = waiting.ears.event("presence:changed")
    idle.ask("chat:catch_up", {"chat": 1, "after": 0})

    assert set(told) == {"agents"} and type(told["agents"]) is int
    assert idle.ears.heard == []


def test_the_pages_of_the_chat_tell_a_member_nothing_of_others(people: People, looking: Looking) -> None:
    """T27: there is no address that gives configuration; the page holds the member's own facts."""
    _, _theirs = people.agent(name="Theodora Nowhere")
    people.waiting(name="Somebody Else", email="else@example.org")
    member, _, _chat = people.waiting()
    page = people.web(member).get("/chat")[1]

    assert "Somebody" not in page and "else@" not in page and "Theodora" not in page
    assert set(re.findall(r"\sdata-([\w-]+)=", page)).isdisjoint({"token", "secret", "key", "agent", "agents", "user"})
    for path in ("/chat/config", "/chat.json", "/config", "/chat/settings", "/socket.io/config", "/desk/chats"):
        assert people.web(member).get(path)[0] in {400, 403, 404}, path


def _whole_chat(people: People) -> tuple[Client, Client, int]:
    """A chat with all that can happen in one, from the queue to its end."""
    own, theirs, chat = people.pair(member=("raw", "websocket"), agent=("raw", "websocket"))
    for client in (own, theirs):
        assert client.ask("typing:start", {"chat": chat})["ok"]
        assert client.ask("message:say", {"chat": chat, "client_id": token(), "body": "A word."})["ok"]
    assert theirs.ask("chat:hand_off", {"chat": chat})["ok"]
    own.ears.event("chat:changed", chat=chat)
    own.ears.event("queue:moved", chat=chat)
    assert theirs.ask("chat:claim", {"chat": chat})["ok"]
    assert theirs.ask("chat:end", {"chat": chat})["ok"]
    for client in (own, theirs):
        client.ears.event("chat:ended", chat=chat)
    return own, theirs, chat
