"""How the team handles a ticket beside answering it: its priority and its tags. Never commits."""

from datetime import datetime

from sqlalchemy import delete, select

from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.refusals import Invalid, WrongState
from helpdesk.tickets import changes, clock, search
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Tag, Ticket, TicketTag
from helpdesk.tickets.priorities import Priority

TAG_SIGNS = 40


def set_priority(ticket: Ticket, priority: str, *, by: Person, at: datetime) -> None:
    """Sets how urgent the ticket is; its deadline follows. Raises WrongState for a closed one."""
    changes.lock(ticket)
    if Status(ticket.status) is Status.CLOSED:
        raise WrongState(status=ticket.status, verb="set_priority")
    wanted = Priority(priority)
    if ticket.priority == wanted.value:
        return
    ticket.priority = wanted.value
    clock.reckon(ticket)
    changes.remember(ticket, "priority_changed", by=by, at=at, detail=wanted.value)


def tag_named(name: str) -> Tag:
    """The tag of this name, however it is spelled; made if there is none. Raises Invalid for a name without a word."""
    key = search.fold(name)[:TAG_SIGNS]
    if not key:
        raise Invalid("tag_missing")
    tag = db.session.scalar(select(Tag).where(Tag.key == key))
    if tag is None:
        tag = Tag(name=name[:TAG_SIGNS].strip(), key=key)
        db.session.add(tag)
        db.session.flush()
    return tag


def add_tag(ticket: Ticket, tag: Tag, *, by: Person, at: datetime) -> None:
    """Puts a tag on the ticket, in whatever state it is."""
    changes.lock(ticket)
    if db.session.get(TicketTag, (ticket.id, tag.id)) is not None:
        return
    db.session.add(TicketTag(ticket_id=ticket.id, tag_id=tag.id, status=ticket.status, updated_at=at))
    db.session.flush()
    changes.remember(ticket, "tagged", by=by, at=at, detail=tag.name)


def remove_tag(ticket: Ticket, tag: Tag, *, by: Person, at: datetime) -> None:
    """Takes a tag off the ticket."""
    changes.lock(ticket)
    mine = (TicketTag.ticket_id == ticket.id) & (TicketTag.tag_id == tag.id)
    if db.session.execute(delete(TicketTag).where(mine)).rowcount:
        changes.remember(ticket, "untagged", by=by, at=at, detail=tag.name)
