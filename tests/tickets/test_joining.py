"""What belongs together, on both databases: merging, splitting, linking and following up."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.accounts.sessions import person_of
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.refusals import Invalid, WrongState
from helpdesk.tickets import counts, joining, queries, service
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Ticket, TicketEvent, TicketLink, TicketMessage
from tests import builders
from tests.builders import NOON, token
from tests.finding import ids_found
from tests.together import at_once


@pytest.fixture
def owner(on_both: Flask) -> Person:
    return builders.member()


@pytest.fixture
def team(on_both: Flask) -> Person:
    return builders.agent()


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def writable(*tickets: Ticket) -> list[Ticket]:
    db.session.rollback()
    intend_to_write()
    return [db.session.get_one(Ticket, ticket.id) for ticket in tickets]


def merge(ticket: Ticket, into: Ticket, by: Person, hour: float = 5) -> None:
    one, other = writable(ticket, into)
    try:
        joining.merge(one, other, by=by, at=at(hour))
        db.session.commit()
    finally:
        db.session.rollback()


def bodies(ticket: Ticket) -> list[tuple[str, str]]:
    rows = select(TicketMessage.kind, TicketMessage.body).where(TicketMessage.ticket_id == ticket.id)
    return [(kind, body) for kind, body in db.session.execute(rows.order_by(TicketMessage.seq))]


def events(ticket: Ticket) -> list[tuple[str, int | None]]:
    rows = select(TicketEvent.what, TicketEvent.other_id).where(TicketEvent.ticket_id == ticket.id)
    return [(what, other) for what, other in db.session.execute(rows.order_by(TicketEvent.seq))]


def fresh(ticket: Ticket) -> Ticket:
    db.session.rollback()
    return db.session.get_one(Ticket, ticket.id, populate_existing=True)


def test_a_duplicate_goes_on_in_the_other_ticket(owner: Person, team: Person) -> None:
    first = builders.ticket(owner, description="It stops.")
    second = builders.ticket(owner, "The same again", description="Still zebra.", at=at(1))
    (there,) = writable(second)
    service.add_note(there, "Looks like a duplicate.", submission=token(), by=team, at=at(2))
    db.session.commit()
    merge(second, first, team)

    assert bodies(first) == [
        ("description", "It stops."),
        ("reply", "Still zebra."),
        ("note", "Looks like a duplicate."),
    ]
    assert bodies(second) == []
    gone, kept = fresh(second), fresh(first)
    assert (gone.status, gone.merged_into_id, gone.due_at) == (Status.CLOSED.value, first.id, None)
    assert kept.status == Status.OPEN.value
    assert events(gone)[-1] == ("merged", first.id)
    assert events(kept)[-1] == ("merged_from", second.id)
    assert first.id in ids_found("zebra")
    assert counts.read([counts.of_owner(owner.id)])[counts.of_owner(owner.id)] == {
        Status.OPEN: 1, Status.AWAITING_FEEDBACK: 0, Status.CLOSED: 1,
    }  # fmt: skip
    # What was written keeps its author and its time, and so does its owner's right to read it.
    moved = queries.thread(owner, kept)
    assert [(one.row.author_id, one.row.written_at) for one in moved] == [(owner.id, NOON), (owner.id, at(1))]


def test_merged_again_it_stays_as_it_is_and_chains_end_in_one_ticket(owner: Person, team: Person) -> None:
    first, second, third = (builders.ticket(owner) for _ in range(3))
    merge(third, second, team)
    merge(third, second, team)
    assert [what for what, _ in events(second)].count("merged_from") == 1
    merge(second, first, team)
    assert fresh(third).merged_into_id == first.id
    assert len(bodies(first)) == 3


def test_what_cannot_be_merged_is_said_and_nothing_changes(owner: Person, team: Person) -> None:
    ticket, foreign = builders.ticket(owner), builders.ticket(builders.member())
    done = builders.closed(owner, team)
    gone, target = builders.ticket(owner), builders.ticket(owner)
    merge(gone, target, team)
    for one, other, code in (
        (ticket, ticket, "merge_same"), (ticket, foreign, "merge_other_owner"), (ticket, done, "merge_closed"),
        (done, ticket, "merge_closed"), (gone, ticket, "merge_done"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refusal:
            merge(one, other, team)
        assert refusal.value.code == code
    assert bodies(ticket) == [("description", "It stops at the payment page.")]


def test_the_owner_writes_where_it_goes_on(owner: Person, team: Person) -> None:
    first, second = builders.ticket(owner), builders.ticket(owner)
    merge(second, first, team)
    (there,) = writable(second)
    with pytest.raises(WrongState) as refusal:
        service.reply_as_owner(there, "More.", submission=token(), by=owner, at=at(6), reopen_days=30)
    assert (refusal.value.code, refusal.value.params["number"]) == ("merged_away", first.number)
    with pytest.raises(WrongState):
        service.thank(there, "", submission=token(), by=owner, at=at(6))
    db.session.rollback()


def test_two_who_merge_opposite_ways_do_not_lose_a_word(either: Flask) -> None:
    with either.app_context():
        owner, team = builders.member(), builders.agent()
        first, second = builders.ticket(owner), builders.ticket(owner)

        def go(one: int, other: int) -> None:
            joining.merge(db.session.get_one(Ticket, one), db.session.get_one(Ticket, other), by=team, at=at(3))

        faults = at_once(either, lambda: go(first.id, second.id), lambda: go(second.id, first.id))
        assert [getattr(fault, "code", repr(fault)) for fault in faults] in (["merge_done"], ["merge_closed"])
        states = sorted(fresh(one).status for one in (first, second))
        assert states == [Status.CLOSED.value, Status.OPEN.value]
        assert len(bodies(first)) + len(bodies(second)) == 2


def test_messages_about_something_else_become_a_ticket(owner: Person, team: Person) -> None:
    ticket = builders.ticket(owner)
    (there,) = writable(ticket)
    service.add_note(there, "For later.", submission=token(), by=team, at=at(1))
    service.reply_as_owner(there, "And my quokka?", submission=token(), by=owner, at=at(2), reopen_days=30)
    service.reply_as_owner(there, "It works now.", submission=token(), by=owner, at=at(3), reopen_days=30)
    db.session.commit()
    ids = {
        row.body: row.id
        for row in db.session.scalars(select(TicketMessage).where(TicketMessage.ticket_id == ticket.id))
    }
    form = {"language": "en", "title": "Quokka", "submission": token(), "by": team, "at": at(4)}
    chosen = [ids["For later."], ids["And my quokka?"], ids["It stops at the payment page."]]
    made = []
    for _ in range(2):  # the same form again is the same ticket
        (there,) = writable(ticket)
        made.append(joining.split(there, chosen, **form).id)
        db.session.commit()
    assert made[0] == made[1]
    new = db.session.get_one(Ticket, made[0])
    assert new.owner_id == owner.id
    assert bodies(new) == [("description", "And my quokka?"), ("note", "For later.")]
    assert bodies(ticket) == [("description", "It stops at the payment page."), ("reply", "It works now.")]
    assert [what for what, _ in events(new)] == ["submitted", "split_from"]
    assert events(fresh(ticket))[-1] == ("split_off", new.id)
    assert new.id in ids_found("quokka")
    assert db.session.scalar(select(TicketLink.kind)) == joining.SPLIT


def test_nothing_but_notes_or_foreign_messages_begins_no_ticket(owner: Person, team: Person) -> None:
    ticket, other = builders.ticket(owner), builders.ticket(builders.member())
    (there,) = writable(ticket)
    service.add_note(there, "A note.", submission=token(), by=team, at=at(1))
    db.session.commit()
    ids = list(db.session.scalars(select(TicketMessage.id)))
    (there,) = writable(ticket)
    with pytest.raises(Invalid) as refusal:
        joining.split(there, ids, language="en", title="No", submission=token(), by=team, at=at(2))
    assert refusal.value.code == "split_nothing"
    db.session.rollback()
    assert len(bodies(other)) == 1


def test_tickets_are_linked_once_and_unlinked(owner: Person, team: Person) -> None:
    one, other = builders.ticket(owner), builders.ticket(builders.member())
    for first, second in ((one, other), (other, one)):
        joining.relate(*writable(first, second), by=team, at=at(1))
        db.session.commit()
    assert len(list(db.session.scalars(select(TicketLink)))) == 1
    assert [what for what, _ in events(one)] == ["submitted", "linked"]
    assert "linked" not in [event.what for event in queries.history(owner, fresh(one))]
    joining.unrelate(*writable(other, one), by=team, at=at(2))
    db.session.commit()
    assert list(db.session.scalars(select(TicketLink))) == []
    with pytest.raises(Invalid):
        joining.relate(*writable(one, one), by=team, at=at(3))
    db.session.rollback()


def test_an_agent_opens_what_follows_a_closed_ticket(owner: Person, team: Person) -> None:
    done, still_open = builders.closed(owner, team), builders.ticket(owner)
    form = {
        "language": "en", "title": "Once more", "description": "It is back.", "submission": token(), "by": team,
        "at": at(9),
    }  # fmt: skip
    made = []
    for _ in range(2):
        (there,) = writable(done)
        made.append(joining.follow_up(there, **form).id)
        db.session.commit()
    assert made[0] == made[1]
    new = db.session.get_one(Ticket, made[0])
    assert (new.owner_id, new.follows_id, new.assignee_id, new.status) == (owner.id, done.id, team.id, "open")
    assert queries.visible_ticket(person_of(db.session.get_one(User, owner.id)), new.number).id == new.id
    (there,) = writable(still_open)
    with pytest.raises(Invalid):
        joining.follow_up(there, **{**form, "submission": token()})
    db.session.rollback()
