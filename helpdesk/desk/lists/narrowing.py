"""What narrows a list, as conditions: taken from an index where that leads to the list, else looked at in the rows.

SQLite keeps no figures of how often a value stands in a column, so the desk says itself where a list begins: the
indexes are chosen here, and `unindexed` keeps the others out.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, bindparam, exists, func, literal, select

from helpdesk.desk.lists.filters import NOBODY, Due, Filter, Sort
from helpdesk.tickets.models import Ticket, TicketTag
from helpdesk.tickets.paging import Part, unindexed

# How many tickets are few enough to be gathered and sorted for one page.
FEW = 1000
WALKED, GATHERED, SEARCHED = "walked", "gathered", "searched"
TAG = "tag"
# What has an index of its own in the order of the last change, state by state.
BY_UPDATE = frozenset({"assignee", "nobody", "language", "rank", "priority", TAG})
# What an order's own index answers by itself.
BY_ORDER = {
    Sort.UPDATED: BY_UPDATE,
    Sort.OPENED: frozenset({"opened_from", "opened_to"}),
    Sort.DUE: frozenset({Due.OVERDUE.value, Due.SOON.value}),
    Sort.WAITING: frozenset[str](),
}

_ticket, _tagged = Ticket.__table__.c, TicketTag.__table__.c


def _given(name: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
    return bindparam(name, type_=column.type)


@dataclass(frozen=True)
class Shape:
    """A list without its values: how it is found, in which order, in which states, narrowed by what.

    `first` is what it is found by, where that is not the order itself.
    """

    way: str
    order: Sort
    states: tuple[str, ...]
    names: tuple[str, ...]
    first: str = ""

    @property
    def is_uncertain(self) -> bool:
        """Whether it has to be looked up what leaves the fewest tickets: no one index has the list in its order."""
        if self.order is Sort.UPDATED:
            return len(self.names) > 1 or not BY_UPDATE.issuperset(self.names)
        return not BY_ORDER[self.order].issuperset(self.names)


def names(wanted: Filter) -> tuple[str, ...]:
    """What narrows the list beside its state and its words."""
    given = {
        "nobody": wanted.assignee == NOBODY, "assignee": wanted.assignee not in {"", NOBODY},
        "language": wanted.language, "rank": wanted.rank, "priority": wanted.priority, TAG: wanted.tag,
        "opened_from": wanted.opened_from, "opened_to": wanted.opened_to,
    }  # fmt: skip
    return tuple(name for name, value in given.items() if value) + ((wanted.due,) if wanted.due else ())


@lru_cache(maxsize=512)
def probe(states: tuple[str, ...], names: tuple[str, ...]) -> Select[Any]:
    """Asks of each thing how many tickets it leaves, counting no further than one more than few."""

    def counted(name: str) -> ColumnElement[int]:
        some = _ids(name, states).with_only_columns(literal(1).label("one")).limit(FEW + 1).subquery()
        return select(func.count()).select_from(some).scalar_subquery().label(name)

    return select(*(counted(name) for name in names))


def gathered(shape: Shape) -> Select[Any]:
    """The few tickets that the first thing leaves."""
    return _ids(shape.first, shape.states).limit(FEW)


def looked_at(shape: Shape, but: str = "") -> list[ColumnElement[bool]]:
    """All that narrows the list, looked at in the rows; `but` has been answered by an index."""
    conditions = [_condition(name, unindexed) for name in shape.names if name != but]
    if shape.way != WALKED or shape.order in {Sort.DUE, Sort.WAITING}:
        conditions.append(unindexed(_ticket.status).in_(shape.states))
    return conditions


def has(order: Sort) -> list[ColumnElement[bool]]:
    """A list by deadline or by wait shows the tickets that have one."""
    return {
        Sort.DUE: [unindexed(_ticket.due_at).is_not(None)],
        Sort.WAITING: [unindexed(_ticket.waiting_since).is_not(None)],
    }.get(order, [])


def walks(shape: Shape, key: Column[Any]) -> list[Part]:
    """The parts of the list that an index has in its order: state by state, for the indexes begin with the state."""
    if shape.order in {Sort.DUE, Sort.WAITING}:
        own = [_condition(name, _as_it_is) for name in shape.names if name in BY_ORDER[shape.order]]
        rest = [_condition(name, unindexed) for name in shape.names if name not in BY_ORDER[shape.order]]
        ids = select(_ticket.id).where(key.is_not(None), *own, *rest)
        return [Part(ids.where(unindexed(_ticket.status).in_(shape.states)), key, _ticket.id)]
    if shape.order is Sort.OPENED:
        own = [_condition(name, _as_it_is) for name in shape.names if name in BY_ORDER[shape.order]]
        rest = [_condition(name, unindexed) for name in shape.names if name not in BY_ORDER[shape.order]]
        ids = select(_ticket.id).where(*own, *rest)
        return [Part(ids.where(_ticket.status == state), key, _ticket.id) for state in shape.states]
    first = shape.first if shape.first in BY_UPDATE else next((one for one in shape.names if one in BY_UPDATE), "")
    rest = [_condition(name, unindexed) for name in shape.names if name != first]
    if first == TAG:
        return [_tagged_part(state, rest) for state in shape.states]
    ids = select(_ticket.id).where(*([_condition(first, _as_it_is)] if first else []), *rest)
    return [Part(ids.where(_ticket.status == state), key, _ticket.id) for state in shape.states]


def _tagged_part(state: str, rest: list[ColumnElement[bool]]) -> Part:
    """The tag's own index holds state and time of its tickets (migration 0005)."""
    ids = select(_tagged.ticket_id).where(_tagged.tag_id == _given(TAG, _tagged.tag_id), _tagged.status == state)
    if rest:
        ids = ids.join(Ticket.__table__, unindexed(_tagged.ticket_id) == _ticket.id).where(*rest)
    return Part(ids, _tagged.updated_at, _tagged.ticket_id)


def _ids(name: str, states: tuple[str, ...]) -> Select[Any]:
    """The tickets that one thing leaves, by its index, in no order."""
    if name == TAG:
        mine = _tagged.tag_id == _given(TAG, _tagged.tag_id)
        return select(_tagged.ticket_id).where(mine, _tagged.status.in_(states))
    ids = select(_ticket.id).where(_condition(name, _as_it_is))
    if name in {Due.OVERDUE, Due.SOON}:
        return ids
    return ids.where(_ticket.status.in_(states))


def _as_it_is(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return column


def _condition(name: str, seen: Any) -> ColumnElement[bool]:
    """One thing as a condition; `seen` says whether its columns may be looked for in an index."""
    if name == TAG:
        mine = (_tagged.ticket_id == _ticket.id) & (_tagged.tag_id == _given(TAG, _tagged.tag_id))
        return exists().where(mine).correlate(Ticket.__table__)
    return {
        "assignee": lambda: seen(_ticket.assignee_id) == _given("assignee", _ticket.assignee_id),
        "nobody": lambda: seen(_ticket.assignee_id).is_(None),
        "language": lambda: seen(_ticket.language) == _given("language", _ticket.language),
        "rank": lambda: seen(_ticket.owner_rank) == _given("rank", _ticket.owner_rank),
        "priority": lambda: seen(_ticket.priority) == _given("priority", _ticket.priority),
        "opened_from": lambda: seen(_ticket.opened_at) >= _given("opened_from", _ticket.opened_at),
        "opened_to": lambda: seen(_ticket.opened_at) < _given("opened_to", _ticket.opened_at),
        Due.OVERDUE.value: lambda: seen(_ticket.due_at) < _given("at", _ticket.due_at),
        Due.SOON.value: lambda: (
            (seen(_ticket.due_at) >= _given("at", _ticket.due_at))
            & (unindexed(_ticket.warn_at) <= _given("at", _ticket.due_at))
        ),
    }[name]()
