"""The desk's side of the chat through its doors: the queue, who wins, what is unread, who goes away, and the ticket."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.chat import messages
from helpdesk.chat.models import AgentPresence, Chat
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from tests import builders
from tests.chat.talking import chat_of
from tests.conftest import Client, Make
from tests.web.page import read

SignedIn = Callable[[Person], Client]
FRENCH = "Bonjour, ma commande ne passe pas depuis ce matin."


@pytest.fixture
def camille(make: Make) -> Person:
    return make.member("camille", name="Camille Laurent", member_id="4071182", language="fr")


@pytest.fixture
def maja(make: Make) -> Person:
    return make.agent("maja", name="Maja")


@pytest.fixture
def alex(make: Make) -> Person:
    return make.agent("alex", name="Alex")


@pytest.fixture
def desk(as_person: SignedIn, maja: Person) -> Client:
    return as_person(maja)


@pytest.fixture
def other(as_person: SignedIn, alex: Person) -> Client:
    return as_person(alex)


@pytest.fixture
def chat(make: Make, camille: Person) -> int:
    return waits(make, camille)


def waits(make: Make, member: Person, question: str = FRENCH) -> int:
    return make.look(lambda: chat_of(member, question).id)  # type: ignore[return-value]


def row(make: Make, chat_id: int) -> Chat:
    return make.look(lambda: db.session.get_one(Chat, chat_id))  # type: ignore[return-value]


def said(make: Make, chat_id: int) -> list[tuple[str, str]]:
    return make.look(lambda: [(one.author, one.body) for one in messages.after(chat_id, 0) if one.kind == "text"])  # type: ignore[return-value]


def do(desk: Client, chat_id: int, verb: str, **words: str):
    return desk.post(f"/desk/chats/{chat_id}/{verb}", data=words)


def say(desk: Client, chat_id: int, body: str) -> None:
    answer = do(desk, chat_id, "messages", body=body, client_id=builders.token())
    assert answer.status_code == 303, answer.text


def member_says(browser: Client, chat_id: int, body: str) -> None:
    answer = browser.post(f"/chat/{chat_id}/messages", data={"body": body, "client_id": builders.token()})
    assert answer.status_code == 303, answer.text


# --- The queue ------------------------------------------------------------------------------------------------------


def test_the_dashboard_shows_who_waits_the_oldest_first(desk: Client, make: Make, chat: int) -> None:
    waits(make, make.member(name="Ben Carter"), "The enrolment page is blank.")
    page = read(desk.get("/desk"))
    names = [one.text for one in page.all("a", class_="row-title") if one.id.startswith("open-")]
    assert names == ["Camille Laurent", "Ben Carter"]
    shown = page.by_id(f"queue-{chat}").text
    assert "FR" in shown and "French" in shown and "ma commande ne passe pas" in shown and "1 min" in shown
    assert [one.text for one in page.all("span", class_="figure-value")][:2] == ["2", "1 min"]


def test_every_page_of_the_desk_tells_what_waits(desk: Client, make: Make, camille: Person, chat: int) -> None:
    make.ticket(camille)
    for path in ("/desk", "/desk/chats", "/desk/chats/ended", "/desk/tickets", "/desk/tickets/1001", "/desk/replies"):
        page = read(desk.get(path))
        assert "Waiting 1" in " ".join(page.by_id("nav").text.split()), path
        assert page.by_id("availability-switch").attributes["aria-checked"] == "false", path
    assert 'id="nav"' not in desk.get("/help").text, "and no other page"
    assert desk.get("/desk/nav").status_code == 303
    fragment = desk.fragment("/desk/nav?here=own")
    assert fragment.status_code == 200 and not read(fragment).is_whole and 'id="availability"' in fragment.text
    assert desk.fragment("/desk/nav?here=<script>").status_code == 200


def test_a_waiting_chat_is_read_before_it_is_accepted(desk: Client, make: Make, chat: int) -> None:
    page = read(desk.get(f"/desk/chats/{chat}"))
    assert FRENCH in page.html and "Accept the chat to reply." in page.html
    assert 'id="composer"' not in page.html
    answer = do(desk, chat, "messages", body="Hello", client_id=builders.token())
    assert answer.status_code == 422 and len(said(make, chat)) == 1


def test_accepting_leads_to_the_composer(desk: Client, make: Make, maja: Person, chat: int) -> None:
    answer = do(desk, chat, "claim")
    assert (answer.status_code, answer.location) == (303, f"/desk/chats/{chat}#body")
    assert (row(make, chat).state, row(make, chat).agent_id) == ("active", maja.id)
    assert 'id="composer"' in desk.get(answer.location).text


def test_the_slower_agent_reads_who_was_faster(
    desk: Client, other: Client, make: Make, alex: Person, chat: int
) -> None:
    do(other, chat, "claim")
    answer = desk.post(f"/desk/chats/{chat}/claim", headers={"Referer": "http://localhost/desk"})
    assert (answer.status_code, answer.location) == (303, "/desk")
    page = read(desk.get("/desk"))
    assert "Alex has already accepted this chat." in page.said
    assert "Nobody is waiting." in page.html
    assert row(make, chat).agent_id == alex.id
    assert do(desk, chat, "claim").location == "/desk/chats", "from anywhere else the queue is shown"


def test_of_agents_who_accept_at_once_one_wins(app: Flask, make: Make, as_person: SignedIn, chat: int) -> None:
    agents = [make.agent(name=f"Agent {number}") for number in range(4)]
    browsers = [as_person(agent) for agent in agents]
    start = threading.Barrier(len(browsers))
    went: list[str] = []

    def accept(browser: Client) -> None:
        start.wait(10)
        went.append(do(browser, chat, "claim").location)

    threads = [threading.Thread(target=accept, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(went) == ["/desk/chats"] * 3 + [f"/desk/chats/{chat}#body"]
    winner = row(make, chat).agent_id
    assert winner in [agent.id for agent in agents]


# --- Several chats --------------------------------------------------------------------------------------------------


def test_what_is_unread_survives_a_reload_and_goes_when_it_is_read(
    desk: Client, make: Make, as_person: SignedIn, camille: Person, chat: int
) -> None:
    ben = make.member(name="Ben Carter")
    second = waits(make, ben, "The page is blank.")
    for one in (chat, second):
        desk.get(do(desk, one, "claim").location)
    member_says(as_person(camille), chat, "Are you there?")
    member_says(as_person(camille), chat, "Hello?")

    for _ in range(2):
        page = read(desk.get(f"/desk/chats/{second}"))
        assert "2 new messages" in page.by_id(f"own-{chat}").text and "Hello?" in page.by_id(f"own-{chat}").text
        assert "new message" not in page.by_id(f"own-{second}").text
    assert desk.get("/desk/chats/own").location == f"/desk/chats/{chat}#body", "the one that asks for attention"

    read_page = read(desk.get(f"/desk/chats/{chat}"))
    assert "new message" not in read_page.html
    assert "new message" not in desk.get(f"/desk/chats/{second}").text


def test_a_conversation_that_is_looked_at_is_read_as_it_goes_on(
    desk: Client, other: Client, make: Make, as_person: SignedIn, camille: Person, chat: int
) -> None:
    desk.get(do(desk, chat, "claim").location)
    member_says(as_person(camille), chat, "Are you there?")
    head = row(make, chat).last_seq
    assert do(other, chat, "reading", seq=str(head)).status_code == 204
    assert row(make, chat).agent_read_seq < head, "what somebody else reads is unread all the same"
    assert do(desk, chat, "reading", seq=str(head + 50)).status_code == 204
    assert row(make, chat).agent_read_seq == head
    assert do(desk, chat, "reading", seq="1").status_code == 204
    assert row(make, chat).agent_read_seq == head, "never less"
    assert do(desk, chat, "reading", seq="x").status_code == 404


def test_the_status_is_sent_when_it_has_changed(desk: Client, make: Make, chat: int) -> None:
    first = read(desk.fragment(f"/desk/chats/{chat}/status"))
    again = first.by_id("status").attributes["hx-get"] or ""
    assert desk.fragment(again).status_code == 204
    do(desk, chat, "claim")
    assert 'data-mine="yes"' in desk.fragment(again).text


# --- Transfer, back to the queue, end -------------------------------------------------------------------------------


def test_a_chat_is_given_to_a_colleague_who_is_there(
    desk: Client, other: Client, make: Make, alex: Person, chat: int
) -> None:
    nora = make.agent(name="Aaron Away")
    other.post("/desk/availability", data={"available": "yes"})
    do(desk, chat, "claim")
    page = read(desk.get(f"/desk/chats/{chat}"))
    offered = [one.text for one in page.all("option") if one.attributes["value"] in (str(alex.id), str(nora.id))]
    assert offered == ["Alex", "Aaron Away"]
    assert [one.attributes["label"] for one in page.all("optgroup")][:2] == ["Available for chat", "Away"]

    assert do(desk, chat, "transfer", agent=str(alex.id)).location == "/desk/chats"
    assert "Alex has the chat now." in read(desk.get("/desk/chats")).said
    assert row(make, chat).agent_id == alex.id
    assert "1 new message" in other.get("/desk").text, "what the other has read is new to them"
    assert do(desk, chat, "messages", body="x", client_id=builders.token()).status_code == 422
    assert do(other, chat, "transfer", agent=str(alex.id)).status_code == 303
    assert row(make, chat).agent_id == alex.id


@pytest.mark.parametrize("agent", ["", "x", "0", "999999", "99999999999"])
def test_a_chat_is_given_to_nobody_else(desk: Client, make: Make, maja: Person, chat: int, agent: str) -> None:
    do(desk, chat, "claim")
    assert do(desk, chat, "transfer", agent=agent).status_code == 404
    assert row(make, chat).agent_id == maja.id


def test_a_member_is_no_colleague(desk: Client, make: Make, camille: Person, maja: Person, chat: int) -> None:
    do(desk, chat, "claim")
    assert do(desk, chat, "transfer", agent=str(camille.id)).status_code == 404
    assert row(make, chat).agent_id == maja.id


def test_a_chat_goes_back_to_the_front_of_the_queue(desk: Client, make: Make, camille: Person, chat: int) -> None:
    earlier = waits(make, make.member(name="Ben Carter"), "The page is blank.")
    do(desk, chat, "claim")
    assert do(desk, chat, "hand_back").location == "/desk/chats"
    page = read(desk.get("/desk/chats"))
    assert "The chat is back at the front of the queue." in page.said
    ids = [one.id for one in page.all("li") if one.id.startswith("queue-")]
    assert ids == [f"queue-{chat}", f"queue-{earlier}"]


@pytest.mark.parametrize("verb", ["end", "hand_back", "transfer"])
def test_only_who_has_the_chat_moves_it(
    desk: Client, other: Client, make: Make, maja: Person, alex: Person, chat: int, verb: str
) -> None:
    do(desk, chat, "claim")
    assert row(make, chat).agent_id != alex.id
    answer = do(other, chat, verb, agent=str(alex.id))
    assert answer.status_code == 303
    assert "This can no longer be done" in read(other.get("/desk/chats")).html
    assert (row(make, chat).state, row(make, chat).agent_id) == ("active", maja.id)


def test_an_ended_chat_is_found_again(desk: Client, make: Make, chat: int) -> None:
    do(desk, chat, "claim")
    say(desk, chat, "It works again.")
    assert do(desk, chat, "end").location == f"/desk/chats/{chat}"
    page = read(desk.get("/desk/chats/ended"))
    assert "Camille Laurent" in page.by_id("ended").text and "Maja" in page.by_id("ended").text
    transcript = desk.get(f"/desk/chats/{chat}").text
    assert "It works again." in transcript and "The chat has ended." in transcript and 'id="composer"' not in transcript


def test_the_list_of_ended_chats_has_pages(app: Flask, desk: Client, make: Make, chat: int) -> None:
    def many() -> None:
        intend_to_write()
        first = db.session.get_one(Chat, chat)
        for place in range(60):
            db.session.add(
                Chat(member_id=first.member_id, name=f"Member {place}", email="a@example.org", state="ended",
                     began_at=now(), seen_at=now(), ended_at=now() - timedelta(minutes=place))
            )  # fmt: skip
        db.session.commit()

    make.look(many)
    seen: list[str] = []
    path = "/desk/chats/ended"
    while path:
        page = read(desk.get(path))
        seen += [one.text for one in page.all("a", class_="row-title")]
        older = [one.attributes["href"] for one in page.all("a", rel="next")]
        path = older[0] if older else ""
    assert seen == [f"Member {place}" for place in range(60)]


# --- Who takes chats ------------------------------------------------------------------------------------------------


def available(make: Make, agent: Person) -> bool:
    return make.look(lambda: bool(getattr(db.session.get(AgentPresence, agent.id), "available", False)))  # type: ignore[return-value]


def test_the_switch_says_its_state(desk: Client, make: Make, maja: Person) -> None:
    answer = desk.post(
        "/desk/availability", data={"available": "yes"}, headers={"Referer": "http://localhost/desk/tickets/7/messages"}
    )
    assert (answer.status_code, answer.location) == (303, "/desk/tickets/7")
    assert available(make, maja)
    switch = read(desk.get("/desk")).by_id("availability-switch")
    assert switch.attributes["aria-checked"] == "true" and "Available for chat" in switch.text
    desk.post("/desk/availability", data={"available": "no"})
    assert not available(make, maja)
    assert "Away" in read(desk.get("/desk")).by_id("availability-switch").text


def test_going_away_with_open_chats_is_asked_once(desk: Client, make: Make, maja: Person, chat: int) -> None:
    desk.post("/desk/availability", data={"available": "yes"})
    do(desk, chat, "claim")
    answer = desk.post("/desk/availability", data={"available": "no"})
    assert answer.location == "/desk/availability"
    assert available(make, maja) and row(make, chat).state == "active", "asked, and nothing done yet"
    assert read(desk.get("/desk/availability")).heading == "You have 1 open chat."

    desk.post("/desk/availability", data={"available": "no", "sure": "yes"})

    assert not available(make, maja)
    assert (row(make, chat).state, row(make, chat).agent_id) == ("waiting", None)


def test_signing_out_with_open_chats_is_asked_once(desk: Client, make: Make, maja: Person, chat: int) -> None:
    desk.post("/desk/availability", data={"available": "yes"})
    do(desk, chat, "claim")
    asked = desk.post("/sign-out")
    assert asked.location == "/desk/availability?leaves=yes"
    assert desk.get("/desk").status_code == 200 and row(make, chat).state == "active"

    assert desk.post("/sign-out", data={"sure": "yes"}).location == "/sign-in"

    assert desk.get("/desk").status_code == 303
    assert (row(make, chat).state, available(make, maja)) == ("waiting", False)


def test_without_chats_signing_out_asks_nothing(desk: Client, make: Make, maja: Person) -> None:
    desk.post("/desk/availability", data={"available": "yes"})
    assert desk.post("/sign-out").location == "/sign-in"
    assert not available(make, maja)


def test_opening_a_page_counts_as_being_there(desk: Client, make: Make, maja: Person) -> None:
    desk.post("/desk/availability", data={"available": "yes"})
    long_ago = now() - timedelta(seconds=40)

    def seen() -> object:
        return make.look(lambda: db.session.get_one(AgentPresence, maja.id).seen_at)

    def leave() -> None:
        intend_to_write()
        db.session.execute(update(AgentPresence).values(seen_at=long_ago))
        db.session.commit()

    make.look(leave)
    desk.get("/help")
    assert seen() == long_ago, "a page that is not the desk's"
    desk.get("/desk/tickets")
    assert now() - seen() < timedelta(seconds=30)  # type: ignore[operator]
    assert desk.get("/desk/here").status_code == 204
    assert seen() > now() + timedelta(minutes=3), "without script, for as long as one reads and writes"  # type: ignore[operator]


# --- The way over to a ticket ---------------------------------------------------------------------------------------


def test_one_button_accepts_asks_and_links_both_ways(
    desk: Client, make: Make, as_person: SignedIn, camille: Person, maja: Person, chat: int
) -> None:
    page = desk.get(f"/desk/chats/{chat}").text
    assert "This member writes in <strong>French</strong>. Chat is in English only." in page
    assert "Ask for a ticket in French" in page

    answer = do(desk, chat, "ticket", language="fr")

    assert answer.location == f"/desk/chats/{chat}#body"
    assert (row(make, chat).agent_id, row(make, chat).asked_in) == (maja.id, "fr")
    author, words = said(make, chat)[-1]
    assert author == "Maja" and "anglais" in words
    assert "You asked for a ticket in French." in desk.get(f"/desk/chats/{chat}").text
    assert len(said(make, chat)) == 2
    do(desk, chat, "ticket", language="fr")
    assert len(said(make, chat)) == 2, "pressed twice it is said once"

    member = as_person(camille)
    draft = row(make, chat).submission
    last = read(member.get(f"/technical-issues/new/{draft}/d"))
    assert FRENCH in last.html
    assert member.post(f"/technical-issues/new/{draft}/d").status_code == 303
    transcript = desk.get(f"/desk/chats/{chat}").text
    assert '<a href="/desk/tickets/1001">Ticket no. 1001</a>' in transcript
    assert f'<a href="/desk/chats/{chat}">Read the chat</a>' in desk.get("/desk/tickets/1001").text


@pytest.mark.parametrize("language", ["en", "", "de", "xx"])
def test_a_ticket_is_asked_for_in_another_language_only(desk: Client, make: Make, chat: int, language: str) -> None:
    do(desk, chat, "claim")
    assert do(desk, chat, "ticket", language=language).status_code == 303
    assert (row(make, chat).asked_in, len(said(make, chat))) == (None, 1)


def test_a_chat_of_somebody_else_is_not_asked(desk: Client, other: Client, make: Make, maja: Person, chat: int) -> None:
    do(desk, chat, "claim")
    do(other, chat, "ticket", language="fr")
    assert (row(make, chat).asked_in, row(make, chat).submission, row(make, chat).agent_id) == (None, None, maja.id)


def test_the_member_card_says_who_it_is_and_what_time_it_is_there(
    desk: Client, make: Make, camille: Person, chat: int
) -> None:
    make.ticket(camille, title="Known already", language="fr")

    def move() -> None:
        intend_to_write()
        db.session.get_one(User, camille.id).time_zone = "America/Montreal"
        db.session.commit()

    make.look(move)
    shown = read(desk.get(f"/desk/chats/{chat}")).by_id("status").text
    for words in ("Camille Laurent", "4071182", "Gold", "Français", " there", "1 open ticket", "Known already"):
        assert words in shown
