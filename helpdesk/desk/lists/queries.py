"""The pages of the team's lists: whose tickets, in which state, with which words; none reads more than its page.

A page is found in one of three ways. Where an index has the list in its order, its first rows are taken from there.
Where several things narrow it and one of them leaves few tickets, these are gathered and sorted. What a search has
found is gathered and sorted as well. What else narrows a list is looked at in the rows.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from sqlalchemy import CTE, Row, Select, bindparam, func, select

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.desk.lists import narrowing
from helpdesk.desk.lists.filters import ME, Filter, Sort
from helpdesk.desk.lists.narrowing import FEW, GATHERED, SEARCHED, WALKED, Shape
from helpdesk.reading import read
from helpdesk.tickets import search
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Tag, Ticket, TicketTag
from helpdesk.tickets.paging import Cursor, Listing, Page, Part, unindexed

PAGE_SIZE = 25
TAG_SIGN = "\x1f"  # stands between the tags of a row; no name of a tag can hold it

# Through the tables' columns and made once, as in tickets/queries.py.
_ticket, _tag, _tagged = Ticket.__table__.c, Tag.__table__.c, TicketTag.__table__.c
_owner, _assignee = User.__table__.alias("owner"), User.__table__.alias("assignee")
_TAGS = (
    select(func.aggregate_strings(_tag.name, TAG_SIGN))
    .join_from(TicketTag.__table__, Tag.__table__, _tag.id == _tagged.tag_id)
    .where(_tagged.ticket_id == _ticket.id)
    .correlate(Ticket.__table__)
    .scalar_subquery()
)
ROWS = (
    select(
        _ticket.id, _ticket.language, _ticket.title, _ticket.status, _ticket.priority, _ticket.updated_at,
        _ticket.opened_at, _ticket.waiting_since, _ticket.due_at, _ticket.warn_at, _ticket.owner_rank,
        _owner.c.name.label("owner"), _owner.c.email, _owner.c.member_id, _assignee.c.name.label("assignee"),
        _TAGS.label("tags"),
    )
    .join_from(Ticket.__table__, _owner, _owner.c.id == _ticket.owner_id)
    .outerjoin(_assignee, _assignee.c.id == _ticket.assignee_id)
)  # fmt: skip
# What stands beside a ticket shows less of each: what is not shown is not looked up.
BRIEF = select(
    _ticket.id, _ticket.language, _ticket.title, _ticket.status, _ticket.updated_at, _ticket.opened_at,
    _ticket.waiting_since, _ticket.due_at, _ticket.warn_at, _owner.c.name.label("owner"),
).join_from(Ticket.__table__, _owner, _owner.c.id == _ticket.owner_id)  # fmt: skip
_KEYS = {
    Sort.UPDATED: _ticket.updated_at,
    Sort.OPENED: _ticket.opened_at,
    Sort.DUE: _ticket.due_at,
    Sort.WAITING: _ticket.waiting_since,
}


@dataclass(frozen=True)
class Listed:
    """A page of a list; `cut` says how many tickets a search has looked through, where there are more; else 0."""

    page: Page[Row[Any]]
    cut: int = 0


def page(
    agent: Person, wanted: Filter, cursor: Cursor | None, *, at: datetime, zone: tzinfo, brief: bool = False
) -> Listed:
    """A page of the tickets that the filter names. `at` is the present moment, `zone` the agent's for days.

    A `brief` row has no tags, nobody who looks after it, and of its owner the name.
    """
    names, values = narrowing.names(wanted), _values(agent, wanted, at, zone)
    states = tuple(state.value for state in wanted.states)
    asked = search.asked_for(wanted.typed)
    if asked is not None:
        shape = Shape(SEARCHED, wanted.order, states, names, asked.sql)
        narrowed = bool(names) or set(wanted.states) != set(Status)
        most = search.MOST_NARROWED if narrowed else search.MOST_FOUND
        values |= {**asked.values, "most": most}
        found = _listing(shape, brief).page(cursor, values)
        number = found.rows[0].number_found if found.rows else read(_number_found(asked.sql), values).scalar_one()
        return Listed(found, most if number > most else 0)
    shape = Shape(WALKED, wanted.order, states, names)
    if shape.is_uncertain:
        counts = read(narrowing.probe(states, names), values).one()._mapping
        fewest = min(names, key=lambda name: counts[name])
        shape = Shape(GATHERED if counts[fewest] <= FEW else WALKED, wanted.order, states, names, fewest)
    return Listed(_listing(shape, brief).page(cursor, values))


# One for each way to filter that somebody uses.
@lru_cache(maxsize=512)
def _listing(shape: Shape, brief: bool) -> Listing:
    rows = BRIEF if brief else ROWS
    key, ascending = _KEYS[shape.order], shape.order in {Sort.DUE, Sort.WAITING}
    if shape.way == WALKED:
        parts = narrowing.walks(shape, key)
        return Listing(rows, key, _ticket.id, PAGE_SIZE, parts, ascending=ascending)
    # Sorted as ids: the names and tags are looked up for the rows of the page, not for all that were gathered.
    ids = select(_ticket.id).where(*narrowing.looked_at(shape), *narrowing.has(shape.order))
    if shape.way == GATHERED:
        ids = ids.where(_ticket.id.in_(narrowing.gathered(shape)))
    else:
        found = search.found(shape.first)
        newest = select(found.c.id).order_by(found.c.id.desc()).limit(bindparam("most")).subquery()
        ids = ids.select_from(newest.join(Ticket.__table__, _ticket.id == newest.c.id))
        rows = rows.add_columns(_number(found).scalar_subquery().label("number_found"))
    return Listing(rows, key, _ticket.id, PAGE_SIZE, [Part(ids, unindexed(key), _ticket.id)], ascending=ascending)


@lru_cache(maxsize=512)
def _number_found(sql: str) -> Select[Any]:
    """How many tickets a search finds that has left none for the page."""
    return _number(search.found(sql))


def _number(found: CTE) -> Select[Any]:
    return select(func.count()).select_from(found)


def _values(agent: Person, wanted: Filter, at: datetime, zone: tzinfo) -> dict[str, object]:
    """What the statements leave open."""
    return {
        "assignee": agent.id if wanted.assignee == ME else int(wanted.assignee) if wanted.assignee.isdigit() else None,
        "language": wanted.language, "rank": wanted.rank, "priority": wanted.priority,
        "tag": int(wanted.tag or 0), "at": at,
        "opened_from": _midnight(wanted.opened_from, zone), "opened_to": _midnight(wanted.opened_to, zone, days=1),
    }  # fmt: skip


def _midnight(day: str, zone: tzinfo, *, days: int = 0) -> datetime | None:
    return datetime.combine(date.fromisoformat(day) + timedelta(days=days), time(), zone) if day else None
