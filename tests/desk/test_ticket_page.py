"""A ticket's page for agents: two modes, what crosses, who is there, what waits to be sent; on both databases."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.desk.models import SavedReply, TicketViewer, UnsentText
from helpdesk.desk.replies import service as replies
from helpdesk.desk.unsent import viewers
from helpdesk.extensions import db
from helpdesk.tickets import service
from helpdesk.tickets.models import Tag, Ticket, TicketEvent, TicketMessage
from tests import builders
from tests.conftest import Client, Make
from tests.together import at_once
from tests.web.page import Page, read

SignedIn = Callable[[Person], Client]
PAGE = "/desk/tickets/1001"


@pytest.fixture
def app(either: Flask) -> Flask:
    return either


@pytest.fixture
def owner(make: Make) -> Person:
    owner = make.member("anna", name="Anna", member_id="4711", language="fr")
    make.ticket(owner, language="fr")
    return owner


@pytest.fixture
def maja(make: Make) -> Person:
    return make.agent("maja", name="Maja")


@pytest.fixture
def alex(make: Make) -> Person:
    return make.agent("alex", name="Alex")


@pytest.fixture
def desk(as_person: SignedIn, maja: Person, owner: Person) -> Client:
    return as_person(maja)


def rows(make: Make, question: object) -> list[object]:
    return list(make.look(lambda: [tuple(row) for row in db.session.execute(question)]))


def events(make: Make) -> list[object]:
    return rows(make, select(TicketEvent.what, TicketEvent.about_id, TicketEvent.detail).order_by(TicketEvent.id))[1:]


def said(make: Make) -> list[object]:
    return rows(make, select(TicketMessage.kind, TicketMessage.body).order_by(TicketMessage.id))[1:]


def write(desk: Client, verb: str, body: str, **more: object):
    return desk.post(f"{PAGE}/messages", data={"verb": verb, "body": body, "submission": builders.token(), **more})


def answer_meanwhile(make: Make, by: Person, body: str = "Meanwhile.") -> None:
    words = {"submission": builders.token(), "by": by, "at": now()}
    make.change(lambda: service.reply_as_agent(db.session.get_one(Ticket, 1), body, **words))


def seen(page: Page) -> str:
    return page.value("seen")


def test_what_was_written_as_a_note_never_leaves_as_a_reply(desk: Client, make: Make) -> None:
    assert write(desk, "reply", "Between us.", mode="note").status_code == 303
    assert write(desk, "close", "Still between us.", mode="note").status_code == 303
    assert said(make) == [("note", "Between us."), ("note", "Still between us.")]
    assert make.look(lambda: db.session.get_one(Ticket, 1).status) == "open"


def test_a_note_calls_colleagues_and_nobody_else(desk: Client, make: Make, alex: Person, maja: Person) -> None:
    body = "@ALEX. and @maja and @anna and @nobody, mail@alex and @alex again"
    token = builders.token()
    for _ in range(2):
        desk.post(f"{PAGE}/messages", data={"mode": "note", "body": body, "submission": token})
    assert events(make) == [("noted", None, None), ("mentioned", alex.id, None)]

    write(desk, "note", "Look.", mode="note", mention="alex")
    write(desk, "reply", "Dear @alex.", mode="reply")
    assert [one[0] for one in events(make)] == ["noted", "mentioned", "noted", "mentioned", "replied"]
    assert "Maja mentioned Alex" in desk.get(PAGE).text


def test_an_answer_that_crosses_with_another_one_waits_until_that_is_read(
    desk: Client, make: Make, alex: Person
) -> None:
    opened = seen(read(desk.get(PAGE)))
    answer_meanwhile(make, alex)

    refused = write(desk, "request_information", "Mine.", seen=opened)

    page = read(refused)
    assert refused.status_code == 409
    assert "Meanwhile." in page.by_id("since-notice").text and page.value("body") == "Mine."
    assert page.by_id("send-anyway").attributes["value"] == "request_information"
    assert said(make) == [("reply", "Meanwhile.")]
    assert write(desk, "request_information", "Mine.", seen=seen(page)).status_code == 303
    assert said(make)[1:] == [("request", "Mine.")]


def test_ones_own_words_and_a_form_sent_twice_ask_nothing(desk: Client, make: Make, alex: Person) -> None:
    opened, token = seen(read(desk.get(PAGE))), builders.token()
    first = desk.post(f"{PAGE}/messages", data={"verb": "reply", "body": "A", "submission": token, "seen": opened})
    answer_meanwhile(make, alex)
    again = desk.post(f"{PAGE}/messages", data={"verb": "reply", "body": "A", "submission": token, "seen": opened})
    assert (first.status_code, again.status_code) == (303, 303)
    assert write(desk, "reply", "B", seen="what").status_code == 303
    assert [body for _kind, body in said(make)] == ["A", "Meanwhile.", "B"]


def test_what_is_not_sent_is_kept_for_its_writer_alone_until_it_is_sent(
    desk: Client, make: Make, as_person: SignedIn, alex: Person, maja: Person
) -> None:
    keep = {"body": "Half a <b>note", "mode": "note", "submission": builders.token()}
    for body in ("First", keep["body"]):
        assert desk.post(f"{PAGE}/unsent", data={**keep, "body": body}).status_code == 204

    page = read(as_person(maja).get(PAGE))
    assert page.value("body") == "Half a <b>note"
    assert page.value("mode") == "note"
    assert "Half a" not in as_person(alex).get(PAGE).text

    write(desk, "note", "Half a note, whole.", mode="note", submission=keep["submission"])
    assert rows(make, select(UnsentText.body)) == []
    # What was on its way when it was sent does not come back.
    assert desk.post(f"{PAGE}/unsent", data=keep).status_code == 204
    assert rows(make, select(UnsentText.body)) == []


def test_unsent_words_are_thrown_away_and_bounded(desk: Client, make: Make) -> None:
    desk.post(f"{PAGE}/unsent", data={"body": "w" * 50_000, "mode": "what"})
    [(body, mode)] = rows(make, select(UnsentText.body, UnsentText.mode))
    assert (len(body), mode) == (40_000, "reply")
    assert desk.post(f"{PAGE}/unsent", data={"discard": "yes"}).status_code == 303
    assert rows(make, select(UnsentText.body)) == []
    assert desk.post("/desk/tickets/4711/unsent", data={"body": "x"}).status_code == 404


def test_colleagues_see_who_has_the_ticket_open_and_who_writes(
    desk: Client, make: Make, as_person: SignedIn, alex: Person
) -> None:
    other = as_person(alex)
    assert "is viewing" not in other.fragment(f"{PAGE}/viewing", method="POST", data={}).text
    assert "Alex is viewing this ticket." in read(desk.get(PAGE)).by_id("viewers").text
    other.post(f"{PAGE}/viewing", data={"doing": "writing"})
    assert "Alex is replying." in desk.fragment(f"{PAGE}/viewing", method="POST", data={}).text
    write(other, "reply", "Done.")
    assert "Alex is viewing this ticket." in read(desk.get(PAGE)).by_id("viewers").text

    long_ago = now() - timedelta(seconds=viewers.COUNTS_SECONDS + 1)
    make.change(lambda: db.session.execute(update(TicketViewer).values(seen_at=long_ago, wrote_at=long_ago)))
    assert "Alex" not in read(desk.get(PAGE)).by_id("viewers").text
    other.post(f"{PAGE}/viewing", data={"doing": "leaving"})
    assert (alex.id,) not in rows(make, select(TicketViewer.agent_id))


def test_a_ticket_is_handed_over_with_a_note_in_one_step(desk: Client, make: Make, alex: Person) -> None:
    given = {"agent": str(alex.id), "note": "You know this.", "submission": builders.token()}
    assert [desk.post(f"{PAGE}/assignment", data=given).status_code for _ in range(2)] == [303, 303]
    assert events(make) == [("noted", None, None), ("assigned", alex.id, None)]
    assert said(make) == [("note", "You know this.")]
    refused = desk.post(f"{PAGE}/assignment", data={**given, "note": "w" * 10_001, "submission": builders.token()})
    assert refused.status_code == 422 and "open" in read(refused).by_id("handling").attributes


def test_priority_and_tags_are_set_within_their_limits(desk: Client, make: Make, maja: Person) -> None:
    assert desk.post(f"{PAGE}/priority", data={"priority": "urgent"}).status_code == 303
    assert desk.post(f"{PAGE}/priority", data={"priority": "sudden"}).status_code == 422
    for name in ("Payment", " pÁyment ", *(f"Tag {number}" for number in range(9))):
        assert desk.post(f"{PAGE}/tags", data={"name": name}).status_code == 303, name
    answer = desk.post(f"{PAGE}/tags", data={"name": "One more"})
    assert (answer.status_code, read(answer).problems) == (422, ["A ticket can have at most 10 tags."])
    assert read(desk.post(f"{PAGE}/tags", data={"name": " !! "})).problems == ["Enter a tag."]

    [(payment,)] = rows(make, select(Tag.id).where(Tag.key == "payment"))
    assert desk.post(f"{PAGE}/tags/{payment}/removal").status_code == 303
    make.change(lambda: db.session.execute(update(Tag).where(Tag.id == payment).values(retired_at=now())))
    answer = desk.post(f"{PAGE}/tags", data={"name": "payment"})
    assert read(answer).problems == ["The tag “Payment” is no longer used."]
    assert "Payment" not in [one.attributes["value"] for one in read(desk.get(PAGE)).all("option")]
    assert events(make)[:2] == [("priority_changed", None, "urgent"), ("tagged", None, "Payment")]
    assert events(make)[-1] == ("untagged", None, "Payment")


def test_saved_replies_come_in_the_tickets_language_and_say_what_is_missing(desk: Client, make: Make) -> None:
    def only_two() -> None:
        for one in db.session.scalars(select(SavedReply)):
            db.session.delete(one)
        texts = {"en": "Hello {name}.", "fr": "Bonjour {name}, {agent} {x}"}
        replies.save(None, title="Both", texts=texts, by=None, at=now())
        replies.save(None, title="English", texts={"en": "Only {name}."}, by=None, at=now())

    make.change(only_two)
    page = read(desk.get(PAGE))
    groups = [group.attributes["label"] for group in page.all("optgroup")]
    assert groups == ["Français", "Not in French, but in English", "English"]
    [first] = [one for one in page.all("option") if one.attributes.get("data-text") == "Bonjour Anna, Maja {x}"]
    inserted = write(desk, "", "Before", insert="yes", saved_reply=first.attributes["value"])
    assert read(inserted).value("body") == "Before\nBonjour Anna, Maja {x}"
    assert said(make) == []


def test_two_who_take_at_once_or_make_the_same_tag_at_once_are_one(
    app: Flask, desk: Client, make: Make, as_person: SignedIn, alex: Person
) -> None:
    other, answers = as_person(alex), []
    desk.get(PAGE), other.get(PAGE)
    at_once(app, *(lambda one=one: answers.append(one.post(f"{PAGE}/taking")) for one in (desk, other)))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    [slower] = [answer for answer in answers if answer.status_code == 409]
    assert "has already taken this ticket." in slower.text
    at_once(app, *(lambda one=one: one.post(f"{PAGE}/tags", data={"name": "New"}) for one in (desk, other)))
    assert [event[0] for event in events(make)] == ["assigned", "tagged"]


def test_the_card_of_a_member_lists_their_other_tickets(desk: Client, make: Make, owner: Person) -> None:
    for number in range(5):
        make.ticket(owner, title=f"Further {number}")
    page = read(desk.get(PAGE))
    assert [f"Further {number}" in page.by_id("member").text for number in range(5)] == [False, False, True, True, True]
    assert page.all("a", href="/desk/tickets?status=any&q=4711")


def test_the_keys_are_there_until_an_agent_switches_them_off(desk: Client) -> None:
    assert "data-shortcuts" in read(desk.get(PAGE)).by_id("keys").attributes
    desk.post("/desk/settings", data={"languages": "fr"})
    assert 'id="keys"' not in desk.get(PAGE).text
    assert "They are switched off for you." in desk.get("/desk/shortcuts").text
