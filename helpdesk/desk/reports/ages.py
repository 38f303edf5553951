"""How old the tickets are that are not closed, now. Bounded reads on an index, however many there are."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import BindParameter, ScalarSelect, bindparam, func, select

from helpdesk.reading import read
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Ticket

# Up to these ages, in days; the last group is older.
DAYS = (1, 3, 7, 30, 90)
# No group is counted further in one state: the page then says "more than".
MOST = 1000

_ticket = Ticket.__table__.c


def open_by_age(*, at: datetime) -> list[list[int]]:
    """For each age, how many tickets are open and how many await feedback; one more than MOST means many."""
    bounds = {f"after_{days}": at - timedelta(days=days) for days in (0, *DAYS)}
    row = list(read(_BY_AGE, bounds).one())
    return [row[place : place + 2] for place in range(0, len(row), 2)]


def _counted(state: Status, younger: BindParameter[datetime], older: BindParameter[datetime] | None) -> Any:
    rows = select(_ticket.id).where(_ticket.status == state.value, _ticket.opened_at <= younger)
    if older is not None:
        rows = rows.where(_ticket.opened_at > older)
    found: ScalarSelect[int] = select(func.count()).select_from(rows.limit(MOST + 1).subquery()).scalar_subquery()
    return found.label(f"{state.value}_{younger.key}")


# The groups lie between these moments; the last one has no end.
_BOUNDS = [bindparam(f"after_{days}", type_=_ticket.opened_at.type) for days in (0, *DAYS)]
_BY_AGE = select(
    *(
        _counted(state, younger, older)
        for younger, older in pairwise([*_BOUNDS, None])
        for state in (Status.OPEN, Status.AWAITING_FEEDBACK)
        if younger is not None
    )
)
