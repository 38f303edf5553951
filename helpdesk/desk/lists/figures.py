"""What presses, in figures that are counted no further than they are shown, and the tickets that wait the longest."""

from typing import Any

from sqlalchemy import ColumnElement, Label, Row, bindparam, func, literal, select

from helpdesk.accounts.person import Person
from helpdesk.desk.lists.queries import ROWS
from helpdesk.reading import read
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.paging import unindexed

MOST_COUNTED = 99
FIRST_WAITING = 8

_ticket = Ticket.__table__.c
_at = bindparam("at", type_=_ticket.due_at.type)


def _bounded(condition: ColumnElement[bool], name: str) -> Label[int]:
    """How many tickets fulfil it, to one more than is shown: 99+."""
    some = select(literal(1).label("one")).select_from(Ticket.__table__).where(condition).limit(MOST_COUNTED + 1)
    return select(func.count()).select_from(some.subquery()).scalar_subquery().label(name)


# Both by the index of the tickets that have a deadline. `at` is the present moment.
OVERDUE = _bounded(_ticket.due_at < _at, "overdue")
SOON = _bounded((_ticket.due_at >= _at) & (_ticket.warn_at <= _at), "soon")
_WAITING = (
    ROWS.add_columns(_ticket.assignee_id)
    .where(
        _ticket.waiting_since.is_not(None),
        # Looked at in the rows: its index would give all that the agent has, and sort it.
        (unindexed(_ticket.assignee_id) == bindparam("agent_id")) | unindexed(_ticket.assignee_id).is_(None),
    )
    .order_by(_ticket.waiting_since, _ticket.id)
    .limit(FIRST_WAITING)
)


def longest_waiting(agent: Person) -> list[Row[Any]]:
    """The open tickets that have waited longest for the team, those of others left out."""
    return list(read(_WAITING, {"agent_id": agent.id}).all())
