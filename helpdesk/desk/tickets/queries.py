"""What a ticket's page shows beside its thread: the member's other tickets and chats, its tags, what is new in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select, union_all

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.chat.models import Chat
from helpdesk.extensions import db
from helpdesk.tickets import counts
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Tag, Ticket, TicketMessage, TicketTag

LATEST = 3

_ticket, _chat, _tag, _on = (table.__table__.c for table in (Ticket, Chat, Tag, TicketTag))
_message = TicketMessage.__table__.c


def _latest(status: Status) -> Any:
    """The last few of one state, by the index of the member's own lists. One more, for one of them is this ticket."""
    last = (
        select(_ticket.id, _ticket.language, _ticket.title, _ticket.status, _ticket.status_since)
        .where(_ticket.owner_id == bindparam("owner_id"), _ticket.status == status.value)
        .order_by(_ticket.status_since.desc(), _ticket.id.desc())
        .limit(LATEST + 1)
        .subquery()
    )
    return select(*last.c)


_OTHER_TICKETS = union_all(*(_latest(status) for status in Status))
_CHATS = (
    select(_chat.id, _chat.began_at, _chat.state)
    .where(_chat.member_id == bindparam("owner_id"))
    .order_by(_chat.id.desc())
    .limit(LATEST)
)
_TAGS = (
    select(_tag.id, _tag.name)
    .join_from(TicketTag.__table__, Tag.__table__, _tag.id == _on.tag_id)
    .where(_on.ticket_id == bindparam("ticket_id"))
    .order_by(_tag.name, _tag.id)
)
_NEWER = (
    select(_message.seq)
    .where(
        _message.ticket_id == bindparam("ticket_id"), _message.seq > bindparam("seen"),
        _message.author_id != bindparam("agent_id"),
    )
    .order_by(_message.seq)
)  # fmt: skip


@dataclass(frozen=True)
class MemberCard:
    """The member that a ticket belongs to, with what else they have with the desk."""

    owner: User
    kept: dict[Status, int]
    tickets: dict[str, list[Row[Any]]]
    chats: Sequence[Row[Any]]


def member_card(ticket: Ticket) -> MemberCard:
    """The member's card: the latest few of their other tickets by state, and their latest chats."""
    scope, whose = counts.of_owner(ticket.owner_id), {"owner_id": ticket.owner_id}
    others: dict[str, list[Row[Any]]] = {status.value: [] for status in Status}
    for row in db.session.execute(_OTHER_TICKETS, whose):
        if row.id != ticket.id and len(others[row.status]) < LATEST:
            others[row.status].append(row)
    return MemberCard(
        db.session.get_one(User, ticket.owner_id), counts.read([scope])[scope],
        {status: rows for status, rows in others.items() if rows}, db.session.execute(_CHATS, whose).all(),
    )  # fmt: skip


def tags_of(ticket: Ticket) -> Sequence[Row[Any]]:
    """The tags on a ticket, by name."""
    return db.session.execute(_TAGS, {"ticket_id": ticket.id}).all()


def newer(ticket: Ticket, agent: Person, seen: int) -> list[int]:
    """The places of the messages that somebody else has written after the place `seen`."""
    facts = {"ticket_id": ticket.id, "agent_id": agent.id, "seen": seen}
    return list(db.session.scalars(_NEWER, facts))
