"""What a ticket's page shows beside its thread: the member's other tickets and chats, its tags, what is new in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, union_all

from helpdesk.accounts.person import Person
from helpdesk.chat.models import Chat
from helpdesk.desk.joining import queries as joining
from helpdesk.desk.tickets.around import Around
from helpdesk.desk.unsent import viewers
from helpdesk.extensions import db
from helpdesk.reading import read
from helpdesk.tickets import queries as tickets
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
    """What else the member that a ticket belongs to has with the desk."""

    tickets: dict[str, list[Row[Any]]]
    chats: Sequence[Row[Any]]


def member_card(ticket: Ticket, there: Around) -> MemberCard:
    """The member's card: the latest few of their other tickets by state, and their latest chats."""
    whose = {"owner_id": ticket.owner_id}
    others: dict[str, list[Row[Any]]] = {status.value: [] for status in Status}
    for row in read(_OTHER_TICKETS, whose) if sum(there.kept.values()) > 1 else ():
        if row.id != ticket.id and len(others[row.status]) < LATEST:
            others[row.status].append(row)
    chats = read(_CHATS, whose).all() if there.owner.has_chats else ()
    return MemberCard({status: rows for status, rows in others.items() if rows}, chats)


def tags_of(ticket: Ticket) -> Sequence[Row[Any]]:
    """The tags on a ticket, by name."""
    return read(_TAGS, {"ticket_id": ticket.id}).all()


def related(ticket: Ticket, agent: Person, there: Around, *, at: datetime) -> dict[str, Sequence[Any]]:
    """The other tickets, tags and colleagues that a ticket has to do with, asked for where there are any."""
    return {
        "followers": tickets.followers(ticket) if there.owner.is_followed else (),
        "linked": joining.linked(ticket) if there.owner.is_linked else (),
        "tags": tags_of(ticket) if there.owner.is_tagged else (),
        "viewers": viewers.others(ticket, agent, at=at) if there.owner.is_viewed else (),
    }


def newer(ticket: Ticket, agent: Person, seen: int) -> list[int]:
    """The places of the messages that somebody else has written after the place `seen`."""
    facts = {"ticket_id": ticket.id, "agent_id": agent.id, "seen": seen}
    return list(db.session.scalars(_NEWER, facts))
