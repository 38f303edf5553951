"""The kept counts say what counting would say, after every change and whoever changes at the same time."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.refusals import Refusal
from helpdesk.tickets import counts, service
from helpdesk.tickets.models import Ticket, TicketCount
from tests import builders
from tests.builders import NOON
from tests.together import at_once

STEPS = 200


def kept() -> dict[tuple[str, str], int]:
    """The counts as they are kept; a zero is as good as no row."""
    rows = db.session.execute(select(TicketCount.scope, TicketCount.status, TicketCount.tickets))
    return {(scope, status): number for scope, status, number in rows if number != 0}


def counted() -> dict[tuple[str, str], int]:
    """The counts as the tickets themselves give them."""
    tally: Counter[tuple[str, str]] = Counter()
    for owner_id, assignee_id, status in db.session.execute(select(Ticket.owner_id, Ticket.assignee_id, Ticket.status)):
        for scope in (counts.ALL, counts.of_owner(owner_id), counts.of_assignee(assignee_id)):
            tally[scope, status] += 1
    return dict(tally)


def test_after_every_step_of_a_long_walk_the_counts_are_what_counting_gives(on_both: Flask) -> None:
    chance = random.Random(20)
    owners, team = [builders.member() for _ in range(3)], [builders.agent() for _ in range(3)]
    tickets = [builders.ticket(chance.choice(owners)).id for _ in range(4)]
    done: Counter[str] = Counter()

    for step in range(STEPS):
        intend_to_write()
        ticket = db.session.get_one(Ticket, chance.choice(tickets))
        owner = next(person for person in owners if person.id == ticket.owner_id)
        verb = chance.choice(sorted(VERBS))
        try:
            VERBS[verb](ticket, owner, chance.choice(team), step)
            done[verb] += 1
        except Refusal:
            db.session.rollback()
            continue
        if chance.random() < 0.1:
            db.session.rollback()
        db.session.commit()
        tickets = list(db.session.scalars(select(Ticket.id)))
        assert kept() == counted(), f"after step {step}, {verb}"

    assert set(done) == set(VERBS), "the walk must come by every verb"


def _words(by: Person, step: int) -> dict[str, object]:
    return {"submission": builders.token(), "by": by, "at": NOON + timedelta(hours=step)}


VERBS: dict[str, Callable[[Ticket, Person, Person, int], object]] = {
    "submit": lambda ticket, owner, agent, step: service.submit(
        language="en", title="New", description="New", **_words(owner, step)
    ),
    "reply": lambda ticket, owner, agent, step: service.reply_as_owner(
        ticket, "Reply", reopen_days=30, **_words(owner, step)
    ),
    "answer": lambda ticket, owner, agent, step: service.reply_as_agent(ticket, "Answer", **_words(agent, step)),
    "note": lambda ticket, owner, agent, step: service.add_note(ticket, "Note", **_words(agent, step)),
    "request": lambda ticket, owner, agent, step: service.request_information(ticket, "Which?", **_words(agent, step)),
    "close": lambda ticket, owner, agent, step: service.close(ticket, body="Done", **_words(agent, step)),
    "close_own": lambda ticket, owner, agent, step: service.close(ticket, **_words(owner, step)),
    "thank": lambda ticket, owner, agent, step: service.thank(ticket, "Thanks", **_words(owner, step)),
    "assign": lambda ticket, owner, agent, step: service.assign(
        ticket, db.session.get(User, agent.id), by=agent, at=NOON
    ),
    "give_back": lambda ticket, owner, agent, step: service.assign(ticket, None, by=agent, at=NOON),
    "take": lambda ticket, owner, agent, step: service.take(
        ticket, db.session.get_one(User, agent.id), by=agent, at=NOON
    ),
}


def test_counts_of_nobody_are_zero_in_every_state(on_both: Flask) -> None:
    assert set(counts.read(["owner:999"])["owner:999"].values()) == {0}


@pytest.fixture
def people(on_both: Flask) -> tuple[Person, Person, Person]:
    return builders.member(), builders.agent(), builders.agent()


def test_a_ticket_closed_by_two_at_once_is_counted_once(on_both: Flask, people: tuple[Person, Person, Person]) -> None:
    owner, first, second = people
    for _ in range(5):
        ticket_id = builders.ticket(owner).id

        def close(by: Person, ticket_id: int = ticket_id) -> None:
            service.close(db.session.get_one(Ticket, ticket_id), by=by, at=NOON)

        faults = at_once(on_both, lambda: close(owner), lambda: close(first), lambda: close(second))

        assert [type(fault).__name__ for fault in faults] == ["WrongState"] * 2
        db.session.rollback()
        assert kept() == counted()


def test_a_ticket_assigned_by_two_at_once_is_counted_once(
    on_both: Flask, people: tuple[Person, Person, Person]
) -> None:
    owner, first, second = people
    for _ in range(5):
        ticket_id = builders.ticket(owner).id

        def assign(agent: Person, ticket_id: int = ticket_id) -> None:
            ticket = db.session.get_one(Ticket, ticket_id)
            service.assign(ticket, db.session.get_one(User, agent.id), by=agent, at=NOON)

        assert at_once(on_both, lambda: assign(first), lambda: assign(second)) == []
        db.session.rollback()
        assert kept() == counted()


def test_two_agents_who_take_a_ticket_at_once_are_one_winner(
    on_both: Flask, people: tuple[Person, Person, Person]
) -> None:
    owner, first, second = people
    for _ in range(5):
        ticket_id = builders.ticket(owner).id

        def take(agent: Person, ticket_id: int = ticket_id) -> None:
            ticket = db.session.get_one(Ticket, ticket_id)
            service.take(ticket, db.session.get_one(User, agent.id), by=agent, at=NOON)

        faults = at_once(on_both, lambda: take(first), lambda: take(second))

        assert [type(fault).__name__ for fault in faults] == ["AlreadyTaken"]
        db.session.rollback()
        assert db.session.get_one(Ticket, ticket_id).assignee_id in {first.id, second.id}


def test_tickets_that_close_and_reopen_at_once_do_not_lock_each_other_out(
    on_both: Flask, people: tuple[Person, Person, Person]
) -> None:
    owner, team, _ = people
    for _ in range(8):
        opened, closed = builders.ticket(owner).id, builders.closed(owner, team, closed_at=NOON).id

        def close(ticket_id: int = opened) -> None:
            service.close(db.session.get_one(Ticket, ticket_id), by=team, at=NOON)

        def reopen(ticket_id: int = closed) -> None:
            ticket = db.session.get_one(Ticket, ticket_id)
            service.reply_as_owner(ticket, "Again", submission=builders.token(), by=owner, at=NOON, reopen_days=30)

        assert at_once(on_both, close, reopen) == []
        db.session.rollback()
        assert kept() == counted()


def test_a_reply_sent_twice_at_once_is_one_message(on_both: Flask, people: tuple[Person, Person, Person]) -> None:
    owner, _, _ = people
    ticket_id, submission = builders.ticket(owner).id, builders.token()

    def reply() -> None:
        ticket = db.session.get_one(Ticket, ticket_id)
        service.reply_as_owner(ticket, "Once", submission=submission, by=owner, at=NOON, reopen_days=30)

    assert at_once(on_both, reply, reply, reply) == []
    db.session.rollback()
    assert db.session.get_one(Ticket, ticket_id).last_seq == 4
