"""Looking tickets up. The look-up is the permission: what a person may not see is not found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import aliased

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import MOST_ID
from helpdesk.extensions import db
from helpdesk.files import queries as files
from helpdesk.files.models import StoredFile
from helpdesk.refusals import NotFound
from helpdesk.tickets import search
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import NUMBER_OFFSET, Ticket, TicketEvent, TicketMessage
from helpdesk.tickets.paging import Cursor, Page, page_of

SECTION_SIZE = 10

_ROWS = select(Ticket.id, Ticket.language, Ticket.title, Ticket.status, Ticket.opened_at, Ticket.status_since)


@dataclass(frozen=True)
class Message:
    """One message of a thread, with its author and its files."""

    row: Row[Any]
    files: Sequence[StoredFile]


def visible_ticket(person: Person, number: int) -> Ticket:
    """The ticket with this public number, if the person may see it: their own, or any for an agent.

    Raises NotFound for a missing and for a foreign ticket alike.
    """
    ticket_id = number - NUMBER_OFFSET
    ticket = db.session.get(Ticket, ticket_id) if 0 < ticket_id <= MOST_ID else None
    if ticket is None or not (person.is_agent or ticket.owner_id == person.id):
        raise NotFound()
    return ticket


def visible_file(person: Person, ticket: Ticket, token: str) -> StoredFile:
    """A file of a ticket that was looked up before; files of internal notes are for agents. Raises NotFound."""
    of_ticket = (
        select(StoredFile)
        .join(TicketMessage, TicketMessage.id == StoredFile.message_id)
        .where(TicketMessage.ticket_id == ticket.id, StoredFile.token == token)
    )
    if not person.is_agent:
        of_ticket = of_ticket.where(TicketMessage.kind != "note")
    file = db.session.scalar(of_ticket)
    if file is None:
        raise NotFound()
    return file


def section(person: Person, status: Status, cursor: Cursor | None = None, typed: str = "") -> Page[Row[Any]]:
    """A page of the person's own tickets in one state, the latest to enter it first; `typed` searches in them."""
    rows = _ROWS.where(Ticket.owner_id == person.id, Ticket.status == status.value)
    found = search.matches(typed, owner_id=person.id)
    if found is not None:
        rows = rows.where(found)
    return page_of(rows, Ticket.status_since, Ticket.id, cursor, SECTION_SIZE)


def thread(person: Person, ticket: Ticket) -> list[Message]:
    """The messages of a ticket that the person may read, oldest first, with their files: two queries."""
    rows = db.session.execute(_messages(person, ticket)).all()
    of_messages = files.of_messages([row.id for row in rows])
    return [Message(row, of_messages.get(row.id, ())) for row in rows]


def history(person: Person, ticket: Ticket) -> Sequence[Row[Any]]:
    """What happened to a ticket, oldest first; notes and assignments are the team's own affair."""
    about = aliased(User)
    events = (
        select(
            TicketEvent.what, TicketEvent.at, TicketEvent.actor_id, User.name.label("actor"), about.name.label("about")
        )
        .outerjoin(User, User.id == TicketEvent.actor_id)
        .outerjoin(about, about.id == TicketEvent.about_id)
        .where(TicketEvent.ticket_id == ticket.id)
        .order_by(TicketEvent.seq)
    )
    if not person.is_agent:
        events = events.where(TicketEvent.what.not_in(("noted", "assigned", "unassigned")))
    return db.session.execute(events).all()


def submitted(person: Person, submission: str) -> Ticket | None:
    """The person's ticket that came from this form, if it has been submitted already."""
    same = (Ticket.owner_id == person.id) & (Ticket.submission == submission)
    return db.session.scalar(select(Ticket).where(same))


def assignee_name(ticket: Ticket) -> str | None:
    """Who of the team looks after a ticket."""
    if ticket.assignee_id is None:
        return None
    return db.session.scalar(select(User.name).where(User.id == ticket.assignee_id))


def number_of(ticket_id: int | None) -> int | None:
    """The public number of the ticket with this id."""
    return None if ticket_id is None else ticket_id + NUMBER_OFFSET


def followers(ticket: Ticket) -> list[Ticket]:
    """The tickets that follow this one."""
    return list(db.session.scalars(select(Ticket).where(Ticket.follows_id == ticket.id).order_by(Ticket.id)))


def _messages(person: Person, ticket: Ticket) -> Select[Any]:
    messages = (
        select(
            TicketMessage.id, TicketMessage.seq, TicketMessage.kind, TicketMessage.body, TicketMessage.written_at,
            TicketMessage.author_id, User.name.label("author"), User.role.label("author_role"),
        )
        .join(User, User.id == TicketMessage.author_id)
        .where(TicketMessage.ticket_id == ticket.id)
        .order_by(TicketMessage.seq)
    )  # fmt: skip
    return messages if person.is_agent else messages.where(TicketMessage.kind != "note")
