"""The IT team's lists of tickets: whose, in which state and language, with which words."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import aliased

from helpdesk import languages
from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.tickets import counts, search
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.paging import Cursor, Page, page_of

PAGE_SIZE = 25
FIRST_WAITING = 8
NOT_CLOSED = (Status.OPEN, Status.AWAITING_FEEDBACK)

_owner, _assignee = aliased(User), aliased(User)
_ROWS = (
    select(
        Ticket.id, Ticket.language, Ticket.title, Ticket.status, Ticket.updated_at, Ticket.waiting_since,
        _owner.name.label("owner"), _assignee.name.label("assignee"),
    )
    .join(_owner, _owner.id == Ticket.owner_id)
    .outerjoin(_assignee, _assignee.id == Ticket.assignee_id)
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
    # State by state: the indexes begin with the state, and no one index has several states in the order of the list.
    return page_of(_ROWS, Ticket.updated_at, Ticket.id, cursor, PAGE_SIZE, parts=_ids_by_state(agent, wanted))


def _ids_by_state(agent: Person, wanted: Filter) -> list[Select[Any]]:
    ids = select(Ticket.id)
    if wanted.view is View.MINE:
        ids = ids.where(Ticket.assignee_id == agent.id)
    if wanted.view is View.UNASSIGNED:
        ids = ids.where(Ticket.assignee_id.is_(None))
    if wanted.language:
        ids = ids.where(Ticket.language == wanted.language)
    found = search.matches(wanted.typed)
    if found is not None:
        ids = ids.where(found)
    states = {"": NOT_CLOSED, "any": tuple(Status)}.get(wanted.status) or (Status(wanted.status),)
    return [ids.where(Ticket.status == state.value) for state in states]


def longest_waiting(agent: Person) -> list[Row[Any]]:
    """The open tickets that have waited longest for the team, those of others left out."""
    owner = aliased(User)
    mine_or_nobodys = (Ticket.assignee_id == agent.id) | Ticket.assignee_id.is_(None)
    rows = (
        select(
            Ticket.id,
            Ticket.language,
            Ticket.title,
            Ticket.status,
            Ticket.waiting_since,
            Ticket.assignee_id,
            owner.name.label("owner"),
        )
        .join(owner, owner.id == Ticket.owner_id)
        .where(Ticket.waiting_since.is_not(None), mine_or_nobodys)
        .order_by(Ticket.waiting_since, Ticket.id)
        .limit(FIRST_WAITING)
    )
    return list(db.session.execute(rows).all())


def figures(agent: Person) -> dict[str, dict[Status, int]]:
    """The kept counts of all tickets, of the agent's own and of nobody's."""
    own = counts.of_assignee(agent.id)
    kept = counts.read([counts.ALL, counts.UNASSIGNED, own])
    return {"all": kept[counts.ALL], "unassigned": kept[counts.UNASSIGNED], "mine": kept[own]}


def member_card(owner_id: int) -> tuple[User, dict[Status, int]]:
    """The member that a ticket belongs to, and how many tickets they have."""
    owner = db.session.get_one(User, owner_id)
    scope = counts.of_owner(owner_id)
    return owner, counts.read([scope])[scope]
