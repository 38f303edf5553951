"""Who of the team has a ticket open, and who is writing in it: known for a while after each sign of life."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.announce import announce
from helpdesk.desk.models import TicketViewer
from helpdesk.extensions import db
from helpdesk.reading import read
from helpdesk.tickets.changes import ticket_changed
from helpdesk.tickets.models import Ticket

# The page gives a sign every 20 seconds: one that is lost on the way does not count.
COUNTS_SECONDS = 45

_viewer, _user = TicketViewer.__table__.c, User.__table__.c
_OTHERS = (
    select(_user.id, _user.name, (_viewer.wrote_at >= bindparam("since")).label("writes"))
    .join_from(TicketViewer.__table__, User.__table__, _user.id == _viewer.agent_id)
    .where(
        _viewer.ticket_id == bindparam("ticket_id"), _viewer.agent_id != bindparam("agent_id"),
        _viewer.seen_at >= bindparam("since"), _user.disabled_at.is_(None),
    )
    .order_by(_user.name, _user.id)
)  # fmt: skip


def others(ticket: Ticket, agent: Person, *, at: datetime) -> Sequence[Row[Any]]:
    """The colleagues who have the ticket open: id, name, and whether they are writing."""
    facts = {"ticket_id": ticket.id, "agent_id": agent.id, "since": since(at)}
    return read(_OTHERS, facts).all()


def sees(ticket: Ticket, *, writing: bool, by: Person, at: datetime) -> None:
    """A sign of life of an agent who has the ticket open. Colleagues are told where it says something new."""
    before = db.session.get(TicketViewer, (ticket.id, by.id))
    was_here = before is not None and before.seen_at >= since(at)
    was_writing = before is not None and before.wrote_at is not None and before.wrote_at >= since(at)
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    values = {"seen_at": at, "wrote_at": at if writing else before.wrote_at if before else None}
    row = insert(TicketViewer).values(ticket_id=ticket.id, agent_id=by.id, **values)
    db.session.execute(row.on_conflict_do_update(index_elements=["ticket_id", "agent_id"], set_=values))
    if not was_here or (writing and not was_writing):
        _tell(ticket)


def leaves(ticket: Ticket, *, by: Person) -> None:
    """An agent has closed the ticket's page."""
    own = (_viewer.ticket_id == ticket.id) & (_viewer.agent_id == by.id)
    if db.session.execute(delete(TicketViewer.__table__).where(own)).rowcount:
        _tell(ticket)


def stops_writing(ticket: Ticket, *, by: Person) -> None:
    """An agent has sent what they wrote."""
    row = db.session.get(TicketViewer, (ticket.id, by.id))
    if row is not None:
        row.wrote_at = None


def forget(*, older_than: datetime) -> None:
    """Removes the signs of those who have gone without one."""
    db.session.execute(delete(TicketViewer.__table__).where(_viewer.seen_at < older_than))


def since(at: datetime) -> datetime:
    """From when on a sign of life counts."""
    return at - timedelta(seconds=COUNTS_SECONDS)


def _tell(ticket: Ticket) -> None:
    announce(ticket_changed, about=db.session(), ticket_id=ticket.id, owner_id=ticket.owner_id, what="viewed")
