"""What a person can look up: their own, or anything for the team; and never what the team keeps to itself."""

import itertools
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.files.models import StoredFile
from helpdesk.refusals import NotFound
from helpdesk.tickets import queries, service
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Ticket, TicketMessage
from tests import builders
from tests.builders import NOON

NO_NUMBERS = [0, 1, -1, 1000, 999, 1002, 2**31, 2**31 + 999, 2**31 + 1000, 2**63, 10**30, -(10**30)]


@pytest.fixture
def owner(on_both: Flask) -> Person:
    return builders.member()


@pytest.fixture
def stranger(on_both: Flask) -> Person:
    return builders.member()


@pytest.fixture
def team(on_both: Flask) -> Person:
    return builders.agent()


def test_a_ticket_is_seen_by_its_owner_and_the_team(owner: Person, stranger: Person, team: Person) -> None:
    ticket = builders.ticket(owner)

    assert queries.visible_ticket(owner, 1001).id == ticket.id
    assert queries.visible_ticket(team, 1001).id == ticket.id
    assert queries.visible_ticket(builders.admin(), 1001).id == ticket.id
    with pytest.raises(NotFound):
        queries.visible_ticket(stranger, 1001)


def test_a_number_of_no_ticket_is_not_found(owner: Person, team: Person) -> None:
    builders.ticket(owner)
    for person, number in itertools.product((owner, team), NO_NUMBERS):
        with pytest.raises(NotFound):
            queries.visible_ticket(person, number)


@pytest.fixture
def noted(owner: Person, team: Person) -> Ticket:
    """A ticket with a note, an assignment, and a file in the note and in the reply."""
    ticket_id = builders.ticket(owner).id
    intend_to_write()
    ticket = db.session.get_one(Ticket, ticket_id)
    words = {"by": team, "at": NOON + timedelta(hours=1)}
    service.assign(ticket, db.session.get_one(User, team.id), **words)
    service.add_note(ticket, "She has called twice.", submission=builders.token(), **words)
    service.reply_as_agent(ticket, "Try again.", submission=builders.token(), **words)
    for message in db.session.scalars(select(TicketMessage).where(TicketMessage.kind.in_(("note", "reply")))):
        db.session.add(
            StoredFile(
                owner_id=team.id, submission=builders.token(), message_id=message.id, name=f"{message.kind}.txt",
                media_type="text/plain", kind="text", size=1, sha256="0" * 64, key=builders.token(),
            )
        )  # fmt: skip
    db.session.commit()
    return ticket


def test_a_member_reads_no_note_of_the_team(owner: Person, team: Person, noted: Ticket) -> None:
    read = queries.thread(owner, noted)
    everything = queries.thread(team, noted)

    assert [message.row.kind for message in everything] == ["description", "note", "reply"]
    assert [message.row.kind for message in read] == ["description", "reply"]
    assert [file.name for message in read for file in message.files] == ["reply.txt"]


def test_a_members_history_tells_neither_notes_nor_assignments(owner: Person, team: Person, noted: Ticket) -> None:
    assert [event.what for event in queries.history(owner, noted)] == ["submitted", "replied"]
    assert [event.what for event in queries.history(team, noted)][2:] == ["noted", "replied"]


def test_the_file_of_a_note_is_found_by_the_team_only(owner: Person, team: Person, noted: Ticket) -> None:
    tokens = dict(db.session.execute(select(StoredFile.name, StoredFile.token)).all())

    assert queries.visible_file(team, noted, tokens["note.txt"]).name == "note.txt"
    assert queries.visible_file(owner, noted, tokens["reply.txt"]).name == "reply.txt"
    with pytest.raises(NotFound):
        queries.visible_file(owner, noted, tokens["note.txt"])


@pytest.mark.parametrize("person", ["owner", "team"])
def test_a_file_is_only_found_through_its_own_ticket(
    owner: Person, noted: Ticket, person: str, request: pytest.FixtureRequest
) -> None:
    other = builders.ticket(owner)
    token = db.session.scalar(select(StoredFile.token).where(StoredFile.name == "reply.txt"))
    for wrong in (token or "", "", "0" * 32, "%", (token or "")[:-1]):
        with pytest.raises(NotFound):
            queries.visible_file(request.getfixturevalue(person), other, wrong)


def test_a_section_lists_the_persons_own_tickets_in_one_state(owner: Person, stranger: Person, team: Person) -> None:
    opened, awaiting, closed = builders.ticket(owner), builders.awaiting(owner, team), builders.closed(owner, team)
    builders.ticket(stranger)

    sections = {status: [row.id for row in queries.section(owner, status).rows] for status in Status}

    assert sections == {
        Status.OPEN: [opened.id], Status.AWAITING_FEEDBACK: [awaiting.id], Status.CLOSED: [closed.id]
    }  # fmt: skip


def test_the_latest_to_enter_a_section_stands_first_and_a_note_moves_nothing(owner: Person, team: Person) -> None:
    first, second = builders.ticket(owner, at=NOON), builders.ticket(owner, at=NOON + timedelta(hours=1))
    intend_to_write()
    row = db.session.get_one(Ticket, first.id)
    service.add_note(row, "Hm.", submission=builders.token(), by=team, at=NOON + timedelta(days=1))
    db.session.commit()

    assert [row.id for row in queries.section(owner, Status.OPEN).rows] == [second.id, first.id]


def test_a_submitted_form_is_found_by_the_one_who_sent_it(owner: Person, stranger: Person) -> None:
    ticket = builders.ticket(owner)
    assert queries.submitted(owner, ticket.submission) is not None
    assert queries.submitted(stranger, ticket.submission) is None
