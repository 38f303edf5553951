"""Whole conversations of the second clients, which know docs/chat-protocol.md and nothing else."""

import pytest

from tests.chat.clients.people import People, token

LONG = "x" * 3_999 + "é"
SAID = (
    "Hello, nothing happens when I press “Pay”.",
    "Ça ne marche pas : l’écran reste blanc — Åsa såg det också, ¿verdad?",
    "🙈 👩🏽‍💻 🇸🇪 家 עברית",
    "first line\nsecond line\n\n\tfourth",
    "<script>alert(1)</script> & {{ 7*7 }} %s",
    LONG,
)
PAIRS = [
    (("raw", "websocket"), ("library", "websocket")),
    (("library", "polling"), ("raw", "websocket")),
    (("raw", "polling"), ("library", "polling")),
    (("library", "websocket"), ("raw", "polling")),
]
NAMED = ["-".join(member + agent) for member, agent in PAIRS]


@pytest.mark.parametrize(("member", "agent"), PAIRS, ids=NAMED)
def test_both_sides_show_the_same_words_in_the_same_order(
    people: People, member: tuple[str, str], agent: tuple[str, str]
) -> None:
    own, theirs, chat = people.pair(member=member, agent=agent)
    for place, text in enumerate(SAID):
        speaker = (own, theirs)[place % 2]
        answer = speaker.ask("message:say", {"chat": chat, "client_id": token(), "body": text})
        assert answer["ok"], answer

    # The question, the agent's coming, and what was said.
    for client in (own, theirs):
        client.ears.until(lambda client=client: client.inbox.head == 2 + len(SAID))
    assert own.inbox.texts() == theirs.inbox.texts()
    assert [text for _, kind, _, text in own.inbox.texts() if kind == "text"] == ["The basket is empty.", *SAID]
    assert [seq for seq, *_ in own.inbox.texts()] == list(range(1, 3 + len(SAID)))


def test_many_words_at_once_from_both_sides_have_one_order(people: People) -> None:
    own, theirs, chat = people.pair(member=("raw", "websocket"), agent=("library", "polling"))
    for place in range(9):
        for client in (own, theirs):
            client.ask("message:say", {"chat": chat, "client_id": token(), "body": f"{place}"})

    for client in (own, theirs):
        client.ears.until(lambda client=client: client.inbox.head == 20)
    assert own.inbox.texts() == theirs.inbox.texts()


def test_somebody_signs_in_by_hand_and_begins(people: People) -> None:
    from helpdesk import demo
    from tests.chat.clients.raw import RawClient
    from tests.chat.clients.web import Web

    people.agent()
    web = Web(people.desk.port)
    assert web.sign_in("sv-silver", "not the password") == 422
    assert web.sign_in("sv-silver", demo.PASSWORD) == 303
    chat = web.begin("Hello?", client_id=token())
    client = RawClient(people.desk.port, web.cookie).show(chat)

    me = web.number("data-me")
    assert client.inbox.texts() == [(1, "text", me, "Hello?")]
    client.close()
    web.post(f"/chat/{chat}/leave")


@pytest.mark.parametrize("kind", ["raw", "library"])
def test_the_queue_tells_each_their_place(people: People, kind: str) -> None:
    _, agent = people.agent(kind)
    _, first, chat_of_first = people.waiting(kind)
    _, second, chat_of_second = people.waiting(kind)

    assert first.ears.event("queue:moved", place=1, ahead=0)["chat"] == chat_of_first
    assert second.ears.event("queue:moved", place=2, ahead=1)["chat"] == chat_of_second
    agent.ears.event("queue:changed")
    assert agent.ask("chat:claim", {"chat": chat_of_first})["ok"]
    second.ears.event("queue:moved", place=1, ahead=0)
    assert "queue:moved" not in [event for event, facts in second.ears.heard if facts.get("chat") == chat_of_first]


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_the_other_one_sees_that_somebody_types(people: People, transport: str) -> None:
    own, theirs, chat = people.pair(member=("raw", transport), agent=("library", "websocket"))
    assert own.ask("typing:start", {"chat": chat}) == {"ok": True}
    assert theirs.ask("typing:start", {"chat": chat}) == {"ok": True}

    assert set(theirs.ears.event("typing:started", chat=chat)) == {"chat", "author"}
    own.ears.event("typing:started", chat=chat)
    assert len(own.ears.named("typing:started")) == 1, "nobody is told of themselves"


@pytest.mark.parametrize("kind", ["raw", "library"])
def test_a_message_sent_twice_is_one(people: People, kind: str) -> None:
    own, theirs, chat = people.pair(member=(kind, "websocket"), agent=("raw", "websocket"))
    letter = {"chat": chat, "client_id": token(), "body": "Once."}
    first = own.ask("message:say", letter)

    assert own.ask("message:say", letter) == first
    assert own.ask("message:say", {"chat": chat, "client_id": token(), "body": "Next."})["seq"] == first["seq"] + 1
    theirs.ears.until(lambda: theirs.inbox.head == first["seq"] + 1)
    assert [text for *_, text in theirs.inbox.texts()].count("Once.") == 1


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_what_was_said_during_a_tunnel_comes_on_reconnecting(people: People, transport: str) -> None:
    own, theirs, chat = people.pair(member=("raw", transport), agent=("library", "websocket"))
    shown = list(own.inbox.shown)
    own.cut()
    for place in range(3):
        theirs.ask("message:say", {"chat": chat, "client_id": token(), "body": f"missed {place}"})
    back = people.client(people.last_member, "raw", transport).show(chat, shown)

    back.ears.until(lambda: back.inbox.head == len(shown) + 3)
    assert back.inbox.asked == 0, "the connection itself brought it"
    assert [message["body"] for message in back.ears.event("chat:caught_up")["messages"]] == [
        "missed 0", "missed 1", "missed 2"
    ]  # fmt: skip
    assert back.inbox.texts()[-3:] == theirs.inbox.texts()[-3:]


@pytest.mark.parametrize("kind", ["raw", "library"])
def test_a_gap_is_noticed_and_filled(people: People, kind: str) -> None:
    own, theirs, chat = people.pair(member=(kind, "websocket"), agent=("raw", "websocket"))
    own.inbox.deaf = 2
    for place in range(3):
        theirs.ask("message:say", {"chat": chat, "client_id": token(), "body": f"word {place}"})

    own.ears.until(lambda: own.inbox.head == 5)
    assert own.inbox.asked >= 1 and own.inbox.deaf == 0, "two were dropped on the way"
    assert own.inbox.texts() == theirs.inbox.texts()


def test_a_long_conversation_is_caught_up_page_by_page(people: People) -> None:
    _, own, chat = _with_agent(people)
    people.say_much(chat, 1_200)
    own.inbox.catch_up()

    assert own.inbox.asked >= 3 and own.inbox.head == 1_201
    assert [seq for seq, *_ in own.inbox.texts()] == list(range(1, 1_202))
    back = people.client(people.last_member, "library").show(chat)
    back.ears.until(lambda: back.inbox.head == 1_201)
    assert back.inbox.texts() == own.inbox.texts()


def test_a_chat_goes_from_agent_to_agent_and_back_to_the_queue(people: People) -> None:
    own, first, chat = people.pair(member=("raw", "websocket"), agent=("library", "websocket"))
    colleague, second = people.agent("raw", "polling")
    assert first.ask("chat:transfer", {"chat": chat, "to": colleague.id}) == {"ok": True}
    second.ears.event("chat:changed", chat=chat, what="transfer", state="active")
    own.ears.event("chat:changed", chat=chat, what="transfer", state="active")
    said = {"chat": chat, "client_id": token(), "body": "Now it is me."}
    assert first.ask("message:say", said)["error"] == "chat_wrong_state"
    assert second.ask("message:say", said)["ok"]

    assert second.ask("chat:hand_off", {"chat": chat}) == {"ok": True}
    own.ears.event("chat:changed", chat=chat, what="hand_back", state="waiting")
    own.ears.event("queue:moved", chat=chat, place=1)
    assert first.ask("chat:claim", {"chat": chat}) == {"ok": True}
    own.inbox.catch_up()
    codes = [text for _, kind, _, text in own.inbox.texts() if kind == "system"]
    assert codes == ["claim", "transfer", "hand_back", "claim"]


def test_the_other_tab_of_the_agent_who_gives_a_chat_away_is_told(people: People) -> None:
    _, theirs, chat = people.pair(member=("raw", "websocket"), agent=("raw", "websocket"))
    other_tab = people.client(people.last_agent).connect()
    colleague, second = people.agent()
    assert theirs.ask("chat:transfer", {"chat": chat, "to": colleague.id})["ok"]
    other_tab.ears.event("chat:changed", chat=chat, what="transfer")

    assert second.ask("chat:hand_off", {"chat": chat})["ok"]
    second.ears.event("chat:changed", chat=chat, what="hand_back")
    assert other_tab.ears.named("chat:changed") == [{"chat": chat, "what": "transfer", "state": "active"}]


@pytest.mark.parametrize("ender", ["member", "agent"])
def test_after_the_end_nothing_more_is_said(people: People, ender: str) -> None:
    own, theirs, chat = people.pair(member=("library", "polling"), agent=("raw", "websocket"))
    letter = {"chat": chat, "client_id": token(), "body": "The last word."}
    assert own.ask("message:say", letter)["ok"]
    assert (own if ender == "member" else theirs).ask("chat:end", {"chat": chat}) == {"ok": True}

    for client in (own, theirs):
        client.ears.event("chat:ended", chat=chat, what="end", state="ended")
        refused = client.ask("message:say", {"chat": chat, "client_id": token(), "body": "One more."})
        assert refused == {"ok": False, "error": "chat_wrong_state", "state": "ended", "verb": "say"}
        client.inbox.catch_up()
    assert own.inbox.texts() == theirs.inbox.texts()
    # Its answer had been lost on the way: it was said before the end, and that is what the second answer says.
    assert own.ask("message:say", letter)["ok"]


def test_two_connections_of_one_person_are_told_the_same(people: People) -> None:
    own, theirs, chat = people.pair(member=("raw", "websocket"), agent=("raw", "websocket"))
    other = people.client(people.last_member, "library", "polling").show(chat)
    theirs.ask("message:say", {"chat": chat, "client_id": token(), "body": "To both."})
    own.ask("message:say", {"chat": chat, "client_id": token(), "body": "From one."})

    for client in (own, other, theirs):
        client.ears.until(lambda client=client: client.inbox.head == 4)
    assert own.inbox.texts() == other.inbox.texts() == theirs.inbox.texts()


def test_the_forms_say_what_the_socket_says(people: People) -> None:
    own, theirs, chat = people.pair(member=("raw", "websocket"), agent=("library", "websocket"))
    web = people.web(people.last_member)
    letter = {"client_id": token(), "body": "By form."}
    assert web.post(f"/chat/{chat}/messages", **letter)[0] == 303
    assert web.post(f"/chat/{chat}/messages", **letter)[0] == 303
    theirs.ears.event("message:said", body="By form.")

    assert own.ask("message:say", {"chat": chat, **letter})["seq"] == 3, "the same message through the other door"
    assert web.post(f"/chat/{chat}/end")[0] == 303
    theirs.ears.event("chat:ended", chat=chat)
    assert "By form." in web.get("/chat")[1]


def _with_agent(people: People) -> tuple:
    people.agent()
    return people.waiting()
