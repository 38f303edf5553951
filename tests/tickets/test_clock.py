"""The clock of a ticket, on both databases: it runs while the team owes an answer, by the rules of the day."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.site import service as site
from helpdesk.tickets import clock, service
from helpdesk.tickets.deadlines import DEFAULTS
from helpdesk.tickets.models import Target, Ticket
from helpdesk.tickets.priorities import Priority
from tests import builders
from tests.builders import NOON

FIRST, NEXT = (
    timedelta(minutes=minutes or 0)
    for minutes in (DEFAULTS[Priority.NORMAL].first_minutes, DEFAULTS[Priority.NORMAL].next_minutes)
)
DAY = timedelta(days=1)


@pytest.fixture
def owner(on_both: Flask) -> Person:
    return builders.member()


@pytest.fixture
def team(on_both: Flask) -> Person:
    return builders.agent()


def deadline(ticket: Ticket) -> tuple[datetime | None, datetime | None]:
    db.session.rollback()
    kept = db.session.get_one(Ticket, ticket.id, populate_existing=True)
    found = (kept.warn_at, kept.due_at)
    db.session.rollback()
    return found


def change(ticket: Ticket, verb, *words: str, **facts: object) -> None:
    db.session.rollback()
    intend_to_write()
    facts = {"submission": builders.token(), **facts}
    verb(db.session.get_one(Ticket, ticket.id), *words, **facts)
    db.session.commit()


def set_target(priority: str, first: int | None, following: int | None) -> None:
    db.session.rollback()
    intend_to_write()
    db.session.merge(Target(priority=priority, first_minutes=first, next_minutes=following))
    db.session.commit()


def reckon_all(most: int = 2) -> int:
    """Rounds until all is reckoned, and how many those were."""
    rounds = 0
    while not clock.is_reckoned():
        db.session.rollback()
        intend_to_write()
        clock.reckon_some(at=NOON, most=most)
        db.session.commit()
        rounds += 1
        assert rounds < 100
    return rounds


def test_the_clock_runs_while_the_team_owes_an_answer_and_stands_otherwise(owner: Person, team: Person) -> None:
    ticket = builders.ticket(owner, at=NOON)
    assert deadline(ticket) == (NOON + 0.75 * FIRST, NOON + FIRST)

    change(ticket, service.reply_as_owner, "And this.", by=owner, at=NOON + DAY, reopen_days=30)
    assert deadline(ticket) == (NOON + 0.75 * FIRST, NOON + FIRST), "more words give no more time"

    change(ticket, service.add_note, "Who knows this?", by=team, at=NOON + DAY)
    assert deadline(ticket)[1] == NOON + FIRST, "a note is no answer"

    change(ticket, service.request_information, "Which one?", by=team, at=NOON + DAY)
    assert deadline(ticket) == (None, None)

    change(ticket, service.reply_as_owner, "This one.", by=owner, at=NOON + 3 * DAY, reopen_days=30)
    assert deadline(ticket) == (NOON + 3 * DAY + 0.75 * NEXT, NOON + 3 * DAY + NEXT), "a later answer"

    change(ticket, service.close, by=team, at=NOON + 4 * DAY)
    assert deadline(ticket) == (None, None)
    change(ticket, service.reply_as_owner, "Not solved.", by=owner, at=NOON + 5 * DAY, reopen_days=30)
    assert deadline(ticket)[1] == NOON + 5 * DAY + NEXT


def test_another_priority_counts_from_when_the_ticket_began_to_wait(owner: Person) -> None:
    ticket = builders.ticket(owner, at=NOON)
    intend_to_write()
    kept = db.session.get_one(Ticket, ticket.id)
    kept.priority = Priority.URGENT.value
    clock.reckon(kept)
    db.session.commit()

    assert deadline(ticket)[1] == NOON + timedelta(hours=1)


def test_other_targets_and_hours_reach_all_that_wait_in_bounded_steps(owner: Person, team: Person) -> None:
    waiting = [builders.ticket(owner, at=NOON + timedelta(minutes=place // 2)) for place in range(5)]
    answered = builders.awaiting(owner, team)
    reckon_all()

    set_target("normal", 30, None)
    assert reckon_all(most=2) == 3
    assert [deadline(ticket)[1] for ticket in waiting] == [
        NOON + timedelta(minutes=30 + place // 2) for place in range(5)
    ]
    assert deadline(answered) == (None, None)

    intend_to_write()
    site.set_value("business_hours", "mon-fri 09:00-17:00", by=team.id, at=NOON)
    site.set_value("holidays", ["2026-03-06"], by=team.id, at=NOON)
    db.session.commit()
    reckon_all()
    assert deadline(waiting[0])[1] == datetime.fromisoformat("2026-03-09T09:30+00:00"), "NOON is on that holiday"

    set_target("normal", None, None)
    reckon_all()
    assert {deadline(ticket)[1] for ticket in waiting} == {None}
    assert clock.is_reckoned()


def test_rules_that_change_in_the_middle_begin_anew(owner: Person) -> None:
    waiting = [builders.ticket(owner, at=NOON + timedelta(minutes=place)) for place in range(4)]
    reckon_all()
    set_target("normal", 60, 60)
    intend_to_write()
    clock.reckon_some(at=NOON, most=2)
    db.session.commit()
    set_target("normal", 10, 60)

    reckon_all()

    assert [deadline(ticket)[1] for ticket in waiting] == [NOON + timedelta(minutes=10 + place) for place in range(4)]
