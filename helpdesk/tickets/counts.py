"""The kept counts of tickets by owner, assignee and state: changed with each change, never counted on a page."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from helpdesk import reading
from helpdesk.extensions import db
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Ticket, TicketCount

ALL = "all"
UNASSIGNED = "unassigned"

_count = TicketCount.__table__.c


@lru_cache(maxsize=8)
def _of_scopes(number: int) -> Select[Any]:
    """With a place for each scope: an open list is written anew each time that it is asked for, on every page."""
    places = [bindparam(f"scope_{place}", type_=_count.scope.type) for place in range(number)]
    return select(_count.scope, _count.status, _count.tickets).where(_count.scope.in_(places))


def of_owner(user_id: int) -> str:
    return f"owner:{user_id}"


def of_assignee(user_id: int | None) -> str:
    return UNASSIGNED if user_id is None else f"assignee:{user_id}"


def read(scopes: Iterable[str]) -> dict[str, dict[Status, int]]:
    """The counts of these scopes: one query, every state present."""
    wanted = list(scopes)
    counts = {scope: dict.fromkeys(Status, 0) for scope in wanted}
    asked = {f"scope_{place}": scope for place, scope in enumerate(wanted)}
    for scope, status, tickets in reading.read(_of_scopes(len(wanted)), asked):
        counts[scope][Status(status)] = tickets
    return counts


def add(ticket: Ticket) -> None:
    """Counts a new ticket."""
    _apply(Counter(_keys(ticket)))


@contextmanager
def kept(ticket: Ticket) -> Iterator[None]:
    """While a ticket changes its state or assignee: it is taken off where it was and counted where it then is."""
    change = Counter(dict.fromkeys(_keys(ticket), -1))
    yield
    change.update(_keys(ticket))
    _apply(change)


def _keys(ticket: Ticket) -> list[tuple[str, str]]:
    return [(scope, ticket.status) for scope in (ALL, of_assignee(ticket.assignee_id), of_owner(ticket.owner_id))]


def _apply(change: Counter[tuple[str, str]]) -> None:
    # All rows of a change in one order, so that two changes at once wait for each other instead of locking each
    # other out: one ticket that closes and one that opens touch the same rows from both ends.
    for (scope, status), by in sorted(change.items()):
        if by:
            _add_to(scope, status, by)


def _add_to(scope: str, status: str, by: int) -> None:
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    row = insert(TicketCount).values(scope=scope, status=status, tickets=by)
    db.session.execute(
        row.on_conflict_do_update(
            index_elements=["scope", "status"], set_={"tickets": TicketCount.tickets + row.excluded.tickets}
        )
    )
