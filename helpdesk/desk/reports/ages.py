"""How old the tickets are that are not closed, now. Bounded reads on an index, however many there are."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import ScalarSelect, func, select

from helpdesk.extensions import db
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Ticket

# Up to these ages, in days; the last group is older.
DAYS = (1, 3, 7, 30, 90)
# No group is counted further in one state: the page then says "more than".
MOST = 1000

_ticket = Ticket.__table__.c


def open_by_age(*, at: datetime) -> list[list[int]]:
    """For each age, how many tickets are open and how many await feedback; one more than MOST means many."""
    bounds = [at, *(at - timedelta(days=days) for days in DAYS), None]
    groups = [
        _counted(state, older, younger).label(f"{state.value}_{place}")
        for place, (younger, older) in enumerate(pairwise(bounds))
        for state in (Status.OPEN, Status.AWAITING_FEEDBACK)
    ]
    row = list(db.session.execute(select(*groups)).one())
    return [row[place : place + 2] for place in range(0, len(row), 2)]


def _counted(state: Status, older: datetime | None, younger: datetime | None) -> ScalarSelect[Any]:
    rows = select(_ticket.id).where(_ticket.status == state.value)
    if younger is not None:
        rows = rows.where(_ticket.opened_at <= younger)
    if older is not None:
        rows = rows.where(_ticket.opened_at > older)
    return select(func.count()).select_from(rows.limit(MOST + 1).subquery()).scalar_subquery()
