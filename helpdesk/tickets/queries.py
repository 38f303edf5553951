"""Looking tickets up. The look-up is the permission: what a person may not see is not found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import MOST_ID
from helpdesk.extensions import db
from helpdesk.files import queries as files
from helpdesk.files.models import StoredFile
from helpdesk.reading import read
from helpdesk.refusals import NotFound
from helpdesk.tickets import search
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import NUMBER_OFFSET, Ticket, TicketEvent, TicketMessage
from helpdesk.tickets.paging import Cursor, Listing, Page

SECTION_SIZE = 10

# Plain rows are asked for through the tables' columns: by way of the classes each question costs half as much again.
# What is asked the same way each time is made here once, and its values are given when it is asked.
_ticket, _message, _event, _user, _file = (
    table.__table__.c for table in (Ticket, TicketMessage, TicketEvent, User, StoredFile)
)  # fmt: skip
_about = User.__table__.alias("about")
_ROWS = select(
    _ticket.id, _ticket.language, _ticket.title, _ticket.status, _ticket.opened_at, _ticket.status_since
).where(_ticket.owner_id == bindparam("owner_id"), _ticket.status == bindparam("status"))
_SECTION = Listing(_ROWS, _ticket.status_since, _ticket.id, SECTION_SIZE)
_MESSAGES = (
    select(
        _message.id, _message.seq, _message.kind, _message.body, _message.written_at, _message.author_id,
        _user.name.label("author"), _user.role.label("author_role"),
        select(1).where(_file.message_id == _message.id).exists().label("has_files"),
    )
    .join_from(TicketMessage.__table__, User.__table__, _user.id == _message.author_id)
    .where(_message.ticket_id == bindparam("ticket_id"))
    .order_by(_message.seq)
)  # fmt: skip
_MESSAGES_OF_OWNER = _MESSAGES.where(_message.kind != "note")
_HISTORY = (
    select(
        _event.what, _event.at, _event.actor_id, _event.other_id, _event.detail, _user.name.label("actor"),
        _about.c.name.label("about"),
    )
    .join_from(TicketEvent.__table__, User.__table__, _user.id == _event.actor_id, isouter=True)
    .outerjoin(_about, _about.c.id == _event.about_id)
    .where(_event.ticket_id == bindparam("ticket_id"))
    .order_by(_event.seq)
)  # fmt: skip
_NAME = select(_user.name).where(_user.id == bindparam("user_id"))
_FOLLOWERS = select(Ticket).where(Ticket.follows_id == bindparam("ticket_id")).order_by(Ticket.id)
# What its owner may know of; all else is the team's own affair.
OF_OWNER = (
    "submitted", "replied", "requested_information", "closed", "reopened", "close_undone", "thanked", "reminded",
    "auto_closed", "merged", "merged_from", "split_off", "split_from",
    "passage_removed", "file_removed", "emptied", "erased",
)  # fmt: skip
_HISTORY_OF_OWNER = _HISTORY.where(_event.what.in_(OF_OWNER))


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
    found = search.matches(typed, owner_id=person.id)
    listing = _SECTION if found is None else Listing(_ROWS.where(found), _ticket.status_since, _ticket.id, SECTION_SIZE)
    return listing.page(cursor, {"owner_id": person.id, "status": status.value})


def thread(person: Person, ticket: Ticket) -> list[Message]:
    """The messages of a ticket that the person may read, oldest first, with their files: two queries."""
    asked = _MESSAGES if person.is_agent else _MESSAGES_OF_OWNER
    rows = read(asked, {"ticket_id": ticket.id}).all()
    of_messages = files.of_messages([row.id for row in rows if row.has_files])
    return [Message(row, of_messages.get(row.id, ())) for row in rows]


def history(person: Person, ticket: Ticket) -> Sequence[Row[Any]]:
    """What happened to a ticket, oldest first, as far as the person may know it."""
    asked = _HISTORY if person.is_agent else _HISTORY_OF_OWNER
    return read(asked, {"ticket_id": ticket.id}).all()


def submitted(person: Person, submission: str) -> Ticket | None:
    """The person's ticket that came from this form, if it has been submitted already."""
    same = (Ticket.owner_id == person.id) & (Ticket.submission == submission)
    return db.session.scalar(select(Ticket).where(same))


def assignee_name(ticket: Ticket) -> str | None:
    """Who of the team looks after a ticket."""
    if ticket.assignee_id is None:
        return None
    return db.session.scalar(_NAME, {"user_id": ticket.assignee_id})


def number_of(ticket_id: int | None) -> int | None:
    """The public number of the ticket with this id."""
    return None if ticket_id is None else ticket_id + NUMBER_OFFSET


def followers(ticket: Ticket) -> list[Ticket]:
    """The tickets that follow this one."""
    return list(db.session.scalars(_FOLLOWERS, {"ticket_id": ticket.id}))
