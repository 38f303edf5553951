"""The IT team's lists of tickets: whose, in which state and language, with which words."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select
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
    owner, assignee = aliased(User), aliased(User)
    rows = (
        select(
            Ticket.id, Ticket.language, Ticket.title, Ticket.status, Ticket.updated_at, Ticket.waiting_since,
            owner.name.label("owner"), assignee.name.label("assignee"),
        )
        .join(owner, owner.id == Ticket.owner_id)
        .outerjoin(assignee, assignee.id == Ticket.assignee_id)
    )  # fmt: skip
    if wanted.view is View.MINE:
        rows = rows.where(Ticket.assignee_id == agent.id)
    if wanted.view is View.UNASSIGNED:
        rows = rows.where(Ticket.assignee_id.is_(None))
    if wanted.status != "any":
        states = [wanted.status] if wanted.status else [Status.OPEN.value, Status.AWAITING_FEEDBACK.value]
        rows = rows.where(Ticket.status.in_(states))
    if wanted.language:
        rows = rows.where(Ticket.language == wanted.language)
    found = search.matches(wanted.typed)
    if found is not None:
        rows = rows.where(found)
    return page_of(rows, Ticket.updated_at, Ticket.id, cursor, PAGE_SIZE)


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
