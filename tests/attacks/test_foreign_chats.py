"""T16, T17: chats of others, by guessed ids and by names that a client may not have."""

import json

import pytest

from tests.attacks.looking import Looking
from tests.chat.clients.ears import NoAnswer
from tests.chat.clients.people import People, token
from tests.chat.clients.raw import NotConnected

EVENTS = ("message:say", "chat:catch_up", "typing:start", "chat:end")
NO_IDS = {
    "-1": -1, "0": 0, "2**31": 2**31, "10**30": 10**30, "true": True, "1.0": 1.0, "text": "{chat}", "01": "01",
    "full-width": "１", "list": ["{chat}"], "object": {"$gt": 0}, "null": None, "like": "%", "any": "*",
}  # fmt: skip
NAMES = (
    "%",
    "*",
    "_",
    "..",
    "../..",
    "user:1",
    "desk",
    "chat:1",
    "message:said",
    "ünï🙈",
    "\u202e",
    "",
    " ",
    "__class__",
)


def facts(chat: object) -> dict[str, object]:
    """A payload that suits every event."""
    return {"chat": chat, "after": 0, "client_id": token(), "body": "Let me in.", "to": 1, "available": True}


def test_somebody_elses_chat_looks_like_none(people: People, looking: Looking) -> None:
    """T16: by its guessed number, with every event that a member may say; and to connect with."""
    own, _, chat = people.pair(member=("raw", "websocket"), agent=("raw", "websocket"))
    stranger = people.client(people.desk.make.member()).connect()
    before = looking.chats()
    for event in EVENTS:
        missing = stranger.ask(event, facts(2**31 - 1))
        assert missing == {"ok": False, "error": "not_found"}
        assert stranger.ask(event, facts(chat)) == missing, event
    for wanted in (chat, 2**31 - 1):
        with pytest.raises(NotConnected, match="not_found"):
            people.client(people.desk.make.member()).connect(chat=wanted)

    assert looking.chats() == before and stranger.ears.named("message:said") == []
    assert own.ask("message:say", facts(chat))["ok"], "its own member is heard"
    assert looking.chats() != before


@pytest.mark.parametrize("wrong", NO_IDS.values(), ids=NO_IDS)
def test_what_is_no_number_of_a_chat_is_refused(people: People, looking: Looking, wrong: object) -> None:
    """T16: nothing is read as a number that is none, and nothing breaks."""
    people.agent()
    _, own, chat = people.waiting()
    wrong = json.loads(json.dumps(wrong).replace("{chat}", str(chat)))
    before = looking.chats()
    for event in EVENTS:
        assert own.ask(event, facts(wrong))["error"] in {"bad_payload", "not_found"}, event
    if wrong is not None:  # without a chat nobody is caught up
        with pytest.raises(NotConnected, match=r"bad_payload|not_found"):
            people.client(people.last_member).connect(chat=wrong)

    assert looking.chats() == before
    assert own.ask("chat:catch_up", facts(chat))["ok"]


def test_rooms_cannot_be_named_by_a_client(people: People) -> None:
    """T16, T17: whatever a payload says about rooms, audiences or subscriptions, the stranger hears nothing."""
    own, _, chat = people.pair(member=("raw", "websocket"), agent=("raw", "websocket"))
    member, stranger = people.last_member, people.client(people.desk.make.member()).connect()
    rooms = [f"user:{member.id}", "desk", f"chat:{chat}", "*", "%", chat, member.id]
    for name in ("join", "subscribe", "enter_room", "room", "message:said", "chat:caught_up"):
        for room in rooms:
            stranger.ask(name, {"room": room, "rooms": rooms, "to": room, "channel": room, "chat": chat})
    own.ask("message:say", {**facts(chat), "room": "desk", "to": "desk", "broadcast": True})
    barrier(stranger)

    assert stranger.ears.heard == []
    own.ears.event("message:said", body="Let me in.")


def test_the_one_who_handed_a_chat_over_hears_no_more_of_it(people: People) -> None:
    """T16: having been there once is no pass."""
    own, first, chat = people.pair(member=("raw", "websocket"), agent=("raw", "websocket"))
    colleague, second = people.agent()
    assert first.ask("chat:transfer", {"chat": chat, "to": colleague.id})["ok"]
    assert own.ask("message:say", facts(chat))["ok"]
    barrier(first)

    assert first.ears.named("message:said") == []
    second.ears.event("message:said", body="Let me in.")


@pytest.mark.parametrize("name", NAMES)
def test_event_names_have_no_wildcards(people: People, looking: Looking, name: str) -> None:
    """T17: an event is one of ours by its whole name, or none."""
    people.agent()
    _, own, chat = people.waiting()
    before = looking.chats()
    try:
        assert own.ask(name, facts(chat), seconds=2) == {"ok": False, "error": "unknown_event"}
    except NoAnswer:
        assert own.ears.gone, "it was no packet of ours"

    assert looking.chats() == before


@pytest.mark.parametrize("name", ["/desk", "/*", "/%", "/user:1", "/ünï", "/..", "/" + "x" * 1_000])
def test_there_is_one_namespace(people: People, name: str) -> None:
    """T17: any other is refused, and what is said in it is not heard."""
    people.agent()
    _, own, chat = people.waiting()
    own.raw(f"40{name},")
    own.raw(f'42{name},1["chat:end",{json.dumps(facts(chat))}]')
    try:
        barrier(own)
        assert own.namespaces_refused == [name]
    except NoAnswer:
        assert own.ears.gone


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_a_name_of_a_megabyte_ends_the_connection(people: People, looking: Looking, transport: str) -> None:
    """T17: it is not read at all."""
    people.agent()
    _, own, _ = people.waiting(transport=transport)
    begun = looking.forget_peak()
    with pytest.raises(NoAnswer):
        own.ask("x" * (1 << 20), {})

    own.ears.until(lambda: own.ears.gone)
    assert looking.peak() - begun < 20 << 20
    assert looking.answers()


def barrier(client: object) -> None:
    """Whatever was on its way to this client is there when this has been answered."""
    client.ask("chat:catch_up", {"chat": 2**31 - 1, "after": 0})
