"""What tickets belong together."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, case, or_, select

from helpdesk.reading import read
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Ticket, TicketLink

MOST_OFFERED = 20

_ticket, _link = Ticket.__table__.c, TicketLink.__table__.c
_COLUMNS = (_ticket.id, _ticket.language, _ticket.title, _ticket.status)
_LINKED = (
    select(*_COLUMNS, _link.kind)
    .join_from(
        TicketLink.__table__,
        Ticket.__table__,
        _ticket.id == case((_link.ticket_id == bindparam("ticket_id"), _link.other_id), else_=_link.ticket_id),
    )
    .where(or_(_link.ticket_id == bindparam("ticket_id"), _link.other_id == bindparam("ticket_id")))
    .order_by(_ticket.id)
)
_OPEN = (
    select(*_COLUMNS)
    .where(
        _ticket.owner_id == bindparam("owner_id"),
        _ticket.status.in_((Status.OPEN.value, Status.AWAITING_FEEDBACK.value)),
        _ticket.id != bindparam("ticket_id"),
    )
    .order_by(_ticket.status_since.desc(), _ticket.id.desc())
    .limit(MOST_OFFERED)
)


def linked(ticket: Ticket) -> Sequence[Row[Any]]:
    """The tickets that are linked with this one, and those that were split off it or it off them."""
    return read(_LINKED, {"ticket_id": ticket.id}).all()


def mergeable(ticket: Ticket) -> Sequence[Row[Any]]:
    """The member's other tickets that are not closed, the last changed first."""
    return read(_OPEN, {"owner_id": ticket.owner_id, "ticket_id": ticket.id}).all()
