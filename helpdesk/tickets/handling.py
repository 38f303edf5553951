"""How the team handles a ticket beside answering it: its priority and its tags. Never commits."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.refusals import Invalid, WrongState
from helpdesk.tickets import changes, clock, search
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Tag, Ticket, TicketTag
from helpdesk.tickets.priorities import Priority

TAG_SIGNS = 40
MOST_TAGS = 10


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
    same = select(Tag).where(Tag.key == key)
    tag = db.session.scalar(same)
    if tag is None:
        # Somebody else may make it at this very moment.
        insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
        db.session.execute(insert(Tag).values(name=name[:TAG_SIGNS].strip(), key=key).on_conflict_do_nothing())
        tag = db.session.scalars(same).one()
    return tag


def add_tag(ticket: Ticket, tag: Tag, *, by: Person, at: datetime) -> None:
    """Puts a tag on the ticket, in whatever state it is. Raises Invalid for a retired one and for one too many."""
    changes.lock(ticket)
    if db.session.get(TicketTag, (ticket.id, tag.id)) is not None:
        return
    if tag.retired_at is not None:
        raise Invalid("tag_retired", name=tag.name)
    if (db.session.scalar(select(func.count()).where(TicketTag.ticket_id == ticket.id)) or 0) >= MOST_TAGS:
        raise Invalid("tags_too_many", most=MOST_TAGS)
    db.session.add(TicketTag(ticket_id=ticket.id, tag_id=tag.id, status=ticket.status, updated_at=at))
    db.session.flush()
    changes.remember(ticket, "tagged", by=by, at=at, detail=tag.name)


def remove_tag(ticket: Ticket, tag: Tag, *, by: Person, at: datetime) -> None:
    """Takes a tag off the ticket."""
    changes.lock(ticket)
    mine = (TicketTag.ticket_id == ticket.id) & (TicketTag.tag_id == tag.id)
    if db.session.execute(delete(TicketTag).where(mine)).rowcount:
        changes.remember(ticket, "untagged", by=by, at=at, detail=tag.name)
