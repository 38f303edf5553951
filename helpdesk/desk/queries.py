"""The IT team's lists of tickets: whose, in which state and language, with which words."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, select

from helpdesk import languages
from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.tickets import counts, search
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.paging import Cursor, Listing, Page

PAGE_SIZE = 25
FIRST_WAITING = 8
NOT_CLOSED = (Status.OPEN, Status.AWAITING_FEEDBACK)

# Through the tables' columns and made once, as in tickets/queries.py.
_ticket = Ticket.__table__.c
_owner, _assignee = User.__table__.alias("owner"), User.__table__.alias("assignee")
_ROWS = (
    select(
        _ticket.id, _ticket.language, _ticket.title, _ticket.status, _ticket.updated_at, _ticket.waiting_since,
        _owner.c.name.label("owner"), _assignee.c.name.label("assignee"),
    )
    .join_from(Ticket.__table__, _owner, _owner.c.id == _ticket.owner_id)
    .outerjoin(_assignee, _assignee.c.id == _ticket.assignee_id)
)  # fmt: skip
_WAITING = (
    select(
        _ticket.id, _ticket.language, _ticket.title, _ticket.status, _ticket.waiting_since, _ticket.assignee_id,
        _owner.c.name.label("owner"),
    )
    .join_from(Ticket.__table__, _owner, _owner.c.id == _ticket.owner_id)
    .where(
        _ticket.waiting_since.is_not(None),
        (_ticket.assignee_id == bindparam("agent_id")) | _ticket.assignee_id.is_(None),
    )
    .order_by(_ticket.waiting_since, _ticket.id)
    .limit(FIRST_WAITING)
)  # fmt: skip


class View(StrEnum):
    """Whose tickets a list shows."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    ALL = "all"


@dataclass(frozen=True)
class Filter:
    """What a list shows. An empty `status` means all that are not closed; `any` means all."""

    view: View = View.ALL
    status: str = ""
    language: str = ""
    typed: str = ""

    @classmethod
    def read(cls, asked: dict[str, str]) -> "Filter":
        """The filter that an address names; whatever it cannot mean counts as not given (trust.md, T45)."""
        view, status, language = asked.get("view", ""), asked.get("status", ""), asked.get("language", "")
        return cls(
            View(view) if view in set(View) else View.ALL,
            status if status in {*Status, "any"} else "",
            language if language in languages.CODES else "",
            asked.get("q", "")[: search.MOST_SIGNS].strip(),
        )

    def arguments(self, **changes: str) -> dict[str, str]:
        """The filter as the arguments of an address, without what is not set."""
        named = {"view": self.view.value, "status": self.status, "language": self.language, "q": self.typed} | changes
        return {name: value for name, value in named.items() if value}

    @property
    def narrowed(self) -> bool:
        return bool(self.status or self.language or self.typed)


def page(agent: Person, wanted: Filter, cursor: Cursor | None) -> Page[Row[Any]]:
    """A page of the tickets that the filter names, the last changed first."""
    found = search.matches(wanted.typed)
    shape = (wanted.view, wanted.status, bool(wanted.language))
    listing = _kept_listing(*shape) if found is None else _listing(*shape, found)
    return listing.page(cursor, {"agent_id": agent.id, "language": wanted.language})


def _listing(view: View, status: str, by_language: bool, found: ColumnElement[bool] | None = None) -> Listing:
    ids = select(_ticket.id)
    if view is View.MINE:
        ids = ids.where(_ticket.assignee_id == bindparam("agent_id"))
    if view is View.UNASSIGNED:
        ids = ids.where(_ticket.assignee_id.is_(None))
    if by_language:
        ids = ids.where(_ticket.language == bindparam("language"))
    if found is not None:
        ids = ids.where(found)
    # State by state: the indexes begin with the state, and no one index has several states in the order of the list.
    states = {"": NOT_CLOSED, "any": tuple(Status)}.get(status) or (Status(status),)
    parts = [ids.where(_ticket.status == state.value) for state in states]
    return Listing(_ROWS, _ticket.updated_at, _ticket.id, PAGE_SIZE, parts)


# One for each way to filter without words: some thirty.
_kept_listing = cache(_listing)


def longest_waiting(agent: Person) -> list[Row[Any]]:
    """The open tickets that have waited longest for the team, those of others left out."""
    return list(db.session.execute(_WAITING, {"agent_id": agent.id}).all())


def member_card(owner_id: int) -> tuple[User, dict[Status, int]]:
    """The member that a ticket belongs to, and how many tickets they have."""
    owner = db.session.get_one(User, owner_id)
    scope = counts.of_owner(owner_id)
    return owner, counts.read([scope])[scope]
