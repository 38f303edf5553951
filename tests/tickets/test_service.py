"""What can be done to a ticket, on both databases: the rule, the rows, the history, the announcement."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.files.models import StoredFile
from helpdesk.refusals import AlreadyTaken, Invalid, WrongState
from helpdesk.tickets import changes, counts, service
from helpdesk.tickets.lifecycle import ReopenTimeOver, Status
from helpdesk.tickets.models import Ticket, TicketEvent, TicketMessage
from tests import builders
from tests.builders import NOON

DAYS = 30
Verb = Callable[[Ticket, str, str], None]


@pytest.fixture
def owner(on_both: Flask) -> Person:
    return builders.member()


@pytest.fixture
def team(on_both: Flask) -> Person:
    return builders.agent()


@pytest.fixture
def told(on_both: Flask) -> Iterator[list[str]]:
    """What was announced about tickets, as it was told."""
    heard: list[str] = []

    def hear(what: str, **facts: object) -> None:
        heard.append(what)

    changes.ticket_changed.listen(hear)
    yield heard
    changes.ticket_changed._listeners.remove(hear)


def at(days: float) -> datetime:
    return NOON + timedelta(days=days)


def with_(ticket: Ticket) -> Ticket:
    """The ticket, ready to be changed."""
    db.session.rollback()
    intend_to_write()
    return db.session.get_one(Ticket, ticket.id)


def reply(ticket: Ticket, by: Person, body: str = "Here it is.", *, submission: str = "", day: float = 1) -> None:
    submission = submission or builders.token()
    if by.is_agent:
        service.reply_as_agent(ticket, body, submission=submission, by=by, at=at(day))
    else:
        service.reply_as_owner(ticket, body, submission=submission, by=by, at=at(day), reopen_days=DAYS)
    db.session.commit()


def history(ticket: Ticket) -> list[tuple[str, int | None, str]]:
    rows = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.seq)
    return [(event.what, event.actor_id, event.status) for event in db.session.scalars(rows)]


def messages(ticket: Ticket) -> list[tuple[str, str]]:
    rows = select(TicketMessage).where(TicketMessage.ticket_id == ticket.id).order_by(TicketMessage.seq)
    return [(message.kind, message.body) for message in db.session.scalars(rows)]


def test_a_new_ticket_is_number_1001_and_counts_as_open(owner: Person, told: list[str]) -> None:
    ticket = builders.ticket(owner)

    scope = counts.of_owner(owner.id)
    assert ticket.number == 1001
    assert counts.read([scope])[scope] == {Status.OPEN: 1, Status.AWAITING_FEEDBACK: 0, Status.CLOSED: 0}
    assert messages(ticket) == [("description", "It stops at the payment page.")]
    assert history(ticket) == [("submitted", owner.id, "open")]
    assert (ticket.opened_at, ticket.status_since, ticket.waiting_since, ticket.closed_at) == (NOON, NOON, NOON, None)
    assert told == ["submitted"]


def test_messages_and_events_of_a_ticket_share_one_order(owner: Person, team: Person) -> None:
    ticket = with_(builders.ticket(owner))
    for by in (owner, team, owner):
        reply(ticket, by)

    places = [
        *db.session.scalars(select(TicketMessage.seq).where(TicketMessage.ticket_id == ticket.id)),
        *db.session.scalars(select(TicketEvent.seq).where(TicketEvent.ticket_id == ticket.id)),
    ]
    assert sorted(places) == list(range(1, 9))
    assert db.session.scalar(select(Ticket.last_seq).where(Ticket.id == ticket.id)) == 8


def test_an_agents_reply_answers_and_the_owners_waits_for_the_team_again(owner: Person, team: Person) -> None:
    ticket = with_(builders.ticket(owner))

    reply(ticket, team)
    assert (ticket.status, ticket.waiting_since, ticket.updated_at) == ("open", None, at(1))

    reply(ticket, owner, day=2)
    assert (ticket.status, ticket.waiting_since, ticket.status_since) == ("open", at(2), NOON)

    reply(ticket, owner, day=3)
    assert ticket.waiting_since == at(2), "the team has owed an answer since the first of the two"


def test_a_request_awaits_the_owner_until_they_reply(owner: Person, team: Person, told: list[str]) -> None:
    ticket = with_(builders.ticket(owner))

    service.request_information(ticket, "Which browser?", submission=builders.token(), by=team, at=at(1))
    db.session.commit()
    assert (ticket.status, ticket.status_since, ticket.waiting_since) == ("awaiting_feedback", at(1), None)

    reply(ticket, owner, "Firefox", day=2)
    assert (ticket.status, ticket.status_since, ticket.waiting_since) == ("open", at(2), at(2))
    assert messages(ticket)[1:] == [("request", "Which browser?"), ("reply", "Firefox")]
    assert history(ticket)[1:] == [
        ("requested_information", team.id, "awaiting_feedback"),
        ("replied", owner.id, "open"),
    ]
    assert told == ["submitted", "requested_information", "replied"]


def test_a_request_without_a_text_is_refused(owner: Person, team: Person) -> None:
    ticket = with_(builders.ticket(owner))

    with pytest.raises(Invalid, match="message_missing"):
        service.request_information(ticket, "", submission=builders.token(), by=team, at=at(1))

    db.session.rollback()
    assert history(with_(ticket)) == [("submitted", owner.id, "open")]


def test_an_agents_reply_leaves_a_ticket_awaiting_its_owner(owner: Person, team: Person) -> None:
    ticket = with_(builders.awaiting(owner, team))
    reply(ticket, team)
    assert ticket.status == "awaiting_feedback"


def test_a_note_changes_nothing_but_the_time_of_the_last_change(owner: Person, team: Person) -> None:
    ticket = with_(builders.ticket(owner))

    service.add_note(ticket, "Known bug.", submission=builders.token(), by=team, at=at(1))
    db.session.commit()

    assert (ticket.status, ticket.waiting_since, ticket.status_since) == ("open", NOON, NOON)
    assert messages(ticket)[-1] == ("note", "Known bug.")
    assert history(ticket)[-1] == ("noted", team.id, "open")


@pytest.mark.parametrize("closer", ["owner", "team"])
@pytest.mark.parametrize("body", ["", "Solved by the update."])
def test_owner_and_team_close_with_or_without_words(
    closer: str, body: str, request: pytest.FixtureRequest, owner: Person, team: Person
) -> None:
    by: Person = request.getfixturevalue(closer)
    ticket = with_(builders.ticket(owner))

    service.close(ticket, by=by, at=at(1), body=body, submission=builders.token())
    db.session.commit()

    assert (ticket.status, ticket.closed_at, ticket.status_since, ticket.waiting_since) == (
        "closed",
        at(1),
        at(1),
        None,
    )
    assert messages(ticket)[1:] == ([("reply", body)] if body else [])
    assert history(ticket)[1:] == [("closed", by.id, "closed")]


def test_a_closed_ticket_cannot_be_closed_again(owner: Person, team: Person) -> None:
    ticket = with_(builders.closed(owner, team))
    with pytest.raises(WrongState):
        service.close(ticket, by=owner, at=at(2))


@pytest.mark.parametrize(("day", "reopens"), [(0, True), (29.9, True), (30, True), (30.01, False), (400, False)])
def test_a_reply_reopens_a_closed_ticket_within_the_reopening_time(
    owner: Person, team: Person, day: float, reopens: bool
) -> None:
    ticket = with_(builders.closed(owner, team, closed_at=NOON))

    if not reopens:
        with pytest.raises(ReopenTimeOver):
            reply(ticket, owner, day=day)
        db.session.rollback()
        assert with_(ticket).status == "closed"
        return
    reply(ticket, owner, "It is back.", day=day)

    assert (ticket.status, ticket.closed_at, ticket.waiting_since) == ("open", None, at(day))
    assert history(ticket)[-1] == ("reopened", owner.id, "open")


def test_thanks_are_kept_and_the_ticket_stays_closed(owner: Person, team: Person) -> None:
    ticket = with_(builders.closed(owner, team, closed_at=NOON))

    service.thank(ticket, "Thank you!", submission=builders.token(), by=owner, at=at(400))
    db.session.commit()

    assert (ticket.status, ticket.closed_at, ticket.waiting_since) == ("closed", NOON, None)
    assert messages(ticket)[-1] == ("thanks", "Thank you!")
    assert history(ticket)[-1] == ("thanked", owner.id, "closed")


@pytest.mark.parametrize("state", ["ticket", "awaiting"])
def test_only_a_closed_ticket_is_thanked_for(owner: Person, team: Person, state: str) -> None:
    ticket = with_(builders.ticket(owner) if state == "ticket" else builders.awaiting(owner, team))
    with pytest.raises(WrongState):
        service.thank(ticket, "Thank you!", submission=builders.token(), by=owner, at=at(1))


def test_a_closed_ticket_takes_nothing_but_notes_of_the_team(owner: Person, team: Person) -> None:
    ticket = with_(builders.closed(owner, team, closed_at=NOON))
    words = {"submission": builders.token(), "by": team, "at": at(1)}

    for refused in (service.reply_as_agent, service.request_information):
        with pytest.raises(WrongState):
            refused(ticket, "Hello?", **words)
    with pytest.raises(WrongState):
        service.assign(ticket, db.session.get_one(User, team.id), by=team, at=at(1))

    service.add_note(ticket, "For the record.", **words)
    assert ticket.status == "closed"


def test_a_follow_up_names_the_ticket_that_it_follows(owner: Person, team: Person) -> None:
    first = builders.closed(owner, team, closed_at=NOON)
    intend_to_write()

    second = service.submit(
        submission=builders.token(), language="sv", title="Igen", description="Det kom tillbaka.", by=owner, at=at(60),
        follows_id=first.id,
    )  # fmt: skip
    db.session.commit()

    assert (second.follows_id, second.number) == (first.id, 1002)


def resend(name: str, ticket: Ticket, owner: Person, team: Person, submission: str, day: float) -> None:
    """One verb with one form's token."""
    if name == "reply_as_owner":
        service.reply_as_owner(ticket, "Again", submission=submission, by=owner, at=at(day), reopen_days=DAYS)
    elif name == "close":
        service.close(ticket, by=team, at=at(day), body="Again", submission=submission)
    else:
        by = owner if name == "thank" else team
        getattr(service, name)(ticket, "Again", submission=submission, by=by, at=at(day))
    db.session.commit()


@pytest.mark.parametrize(
    "name", ["reply_as_owner", "reply_as_agent", "add_note", "request_information", "close", "thank"]
)
def test_a_form_that_is_sent_twice_makes_one_message(owner: Person, team: Person, told: list[str], name: str) -> None:
    made = builders.closed(owner, team, closed_at=NOON) if name == "thank" else builders.ticket(owner)
    submission, ticket = builders.token(), with_(made)
    resend(name, ticket, owner, team, submission, 1)
    once = (messages(ticket), history(ticket), list(told), ticket.updated_at, ticket.last_seq)

    resend(name, with_(made), owner, team, submission, 2)

    assert (messages(ticket), history(ticket), list(told), ticket.updated_at, ticket.last_seq) == once


def test_two_people_may_use_the_same_token(owner: Person, team: Person) -> None:
    ticket, submission = with_(builders.ticket(owner)), builders.token()
    reply(ticket, owner, submission=submission)
    reply(ticket, team, submission=submission)
    assert len(messages(ticket)) == 3


def test_a_message_takes_what_its_writer_staged_in_this_ticket_and_no_more(owner: Person, team: Person) -> None:
    ticket, other = with_(builders.ticket(owner)), with_(builders.ticket(owner))
    in_ticket = changes.staging(ticket.id, owner.id)
    mine = _staged(owner, in_ticket)
    others = [
        _staged(owner, changes.staging(other.id, owner.id)),
        _staged(team, changes.staging(ticket.id, team.id)),
        _staged(team, in_ticket),
    ]

    reply(ticket, owner, "Here it is.")

    written = select(TicketMessage.id).where(TicketMessage.ticket_id == ticket.id, TicketMessage.kind == "reply")
    assert mine.message_id == db.session.scalar(written)
    assert [file.message_id for file in others] == [None, None, None]


def test_a_new_ticket_takes_the_files_of_its_draft(owner: Person) -> None:
    submission = builders.token()
    intend_to_write()
    mine, elsewhere = _staged(owner, submission), _staged(owner, builders.token())

    ticket = service.submit(submission=submission, language="en", title="A", description="B", by=owner, at=NOON)
    db.session.commit()

    written = select(TicketMessage.id).where(TicketMessage.ticket_id == ticket.id)
    assert (mine.message_id, elsewhere.message_id) == (db.session.scalar(written), None)


def _staged(by: Person, submission: str) -> StoredFile:
    file = StoredFile(
        owner_id=by.id, submission=submission, name="a.txt", media_type="text/plain", kind="text", size=1,
        sha256="0" * 64, key=builders.token(),
    )  # fmt: skip
    db.session.add(file)
    db.session.flush()
    return file


def test_a_ticket_is_assigned_passed_on_and_given_back(owner: Person, team: Person, told: list[str]) -> None:
    colleague = builders.agent()
    ticket = with_(builders.ticket(owner))

    for agent in (team, colleague, colleague, None):
        user = db.session.get_one(User, agent.id) if agent else None
        service.assign(ticket, user, by=team, at=at(1))
        db.session.commit()
        assert ticket.assignee_id == (agent.id if agent else None)

    about = select(TicketEvent.what, TicketEvent.about_id).where(TicketEvent.ticket_id == ticket.id)
    assert db.session.execute(about.order_by(TicketEvent.seq)).all()[1:] == [
        ("assigned", team.id), ("assigned", colleague.id), ("unassigned", None)
    ]  # fmt: skip
    assert told == ["submitted", "assigned", "assigned", "unassigned"]


def test_only_one_agent_takes_a_ticket(owner: Person, team: Person) -> None:
    colleague = builders.agent()
    ticket = with_(builders.ticket(owner))

    service.take(ticket, db.session.get_one(User, team.id), by=team, at=at(1))
    with pytest.raises(AlreadyTaken):
        service.take(ticket, db.session.get_one(User, colleague.id), by=colleague, at=at(1))
    service.take(ticket, db.session.get_one(User, team.id), by=team, at=at(2))  # a double click
    db.session.commit()

    assert ticket.assignee_id == team.id
    assert len(history(ticket)) == 2


def test_what_is_rolled_back_is_neither_kept_nor_told(owner: Person, team: Person, told: list[str]) -> None:
    ticket = with_(builders.ticket(owner))
    service.reply_as_agent(ticket, "Never said", submission=builders.token(), by=team, at=at(1))
    db.session.rollback()

    assert told == ["submitted"]
    assert messages(ticket) == [("description", "It stops at the payment page.")]
    assert db.session.scalar(select(func.count()).select_from(TicketEvent)) == 1
