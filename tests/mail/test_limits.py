"""At most five mails about a ticket to one person in a day, and nobody misses that something has happened."""

import logging
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete

from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.mail import limits, outbox, worker
from helpdesk.mail.models import Mail
from helpdesk.tickets.models import Ticket
from tests import builders
from tests.builders import NOON
from tests.mail.conftest import colleague, person, rows
from tests.mail.post_office import PostOffice

MORE = "More has happened in this ticket than we have written to you about."


@pytest.fixture
def owner(on_both: Flask) -> Person:
    return person()


def queue(owner: Person, ticket: Ticket, count: int, at: datetime) -> None:
    """So many replies in a ticket, all at once."""
    db.session.rollback()
    intend_to_write()
    for place in range(count):
        facts = {"ticket": ticket.id, "seq": 2}
        key = f"{ticket.id}:{at.timestamp()}:{place}"
        assert outbox.put("ticket_replied", to=owner.id, facts=facts, key=key, at=at)
    db.session.commit()
    db.session.remove()


def send(app: Flask, at: datetime) -> None:
    """A round of the worker at that moment; what other people get is not looked at."""
    worker.send_due(app, clock=lambda: at)


def ticket_of(owner: Person) -> Ticket:
    """A ticket of which nothing has been told yet."""
    ticket = builders.ticket(owner, at=NOON)
    intend_to_write()
    db.session.execute(delete(Mail))
    db.session.commit()
    return ticket


def test_the_sixth_of_a_day_waits_and_then_says_that_there_is_more(
    on_both: Flask, post: PostOffice, owner: Person, caplog
) -> None:
    ticket = ticket_of(owner)
    queue(owner, ticket, 8, NOON)
    with caplog.at_level(logging.WARNING):
        send(on_both, NOON + timedelta(minutes=1))

    assert len(post.mails) == limits.MOST == 5
    assert sorted((mail.why or "") for mail in rows()) == [
        "",
        "",
        "",
        "",
        "",
        "enough for now",
        "overtaken",
        "overtaken",
    ]
    assert "enough was sent about this ticket today" in caplog.text
    assert all(MORE not in mail.part("plain") for mail in post.mails)
    almost, over = NOON + timedelta(hours=24), NOON + timedelta(hours=24, minutes=1)
    send(on_both, almost)
    assert len(post.mails) == 5
    send(on_both, over)
    assert len(post.mails) == 6
    assert MORE in post.mails[-1].part("plain") and MORE in post.mails[-1].part("html")
    queue(owner, ticket, 1, over)
    send(on_both, over)
    assert len(post.mails) == 7 and MORE not in post.mails[-1].part("plain"), "it has been said"
    intend_to_write()
    assert outbox.try_again(at=over) == 0, "what was overtaken stays where it is"


def test_other_tickets_and_other_people_are_not_held_up(on_both: Flask, post: PostOffice, owner: Person) -> None:
    first = ticket_of(owner)
    queue(owner, first, 5, NOON)
    send(on_both, NOON)
    second, agent = ticket_of_again(owner), colleague()
    queue(owner, second, 1, NOON)
    intend_to_write()
    facts = {"ticket": first.id, "seq": 2}
    assert outbox.put_all("agent_assigned", to=[agent.id], facts=facts, key="assigned", at=NOON) == 1
    db.session.commit()
    send(on_both, NOON)

    assert len(post.mails) == 7


def ticket_of_again(owner: Person) -> Ticket:
    """Another ticket, without forgetting what was sent about the first."""
    ticket = builders.ticket(owner, at=NOON)
    intend_to_write()
    db.session.execute(delete(Mail).where(Mail.sent_at.is_(None)))
    db.session.commit()
    return ticket


def test_what_another_worker_has_in_hand_counts_as_sent(on_both: Flask, owner: Person) -> None:
    ticket = ticket_of(owner)
    queue(owner, ticket, 6, NOON)
    mails = rows()
    intend_to_write()
    for mail in mails[:5]:
        assert outbox.lease(mail.id, at=NOON)
    db.session.commit()

    assert limits.free_at(mails[5], at=NOON) == NOON + limits.WITHIN
    assert limits.free_at(mails[5], at=NOON + outbox.LEASE) is None, "whoever had them has not sent them"
