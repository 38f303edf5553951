"""What a list of tickets can be asked for, and how an address says it. Plain rules: no Flask, no database.

Whatever an address cannot mean counts as not given (trust.md, T45).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property

from helpdesk import languages
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.priorities import Priority

MOST_SIGNS = 200
NOT_CLOSED = (Status.OPEN, Status.AWAITING_FEEDBACK)
ANY = "any"
ME, NOBODY = "me", "none"
YEARS = range(2000, 2100)


class Sort(StrEnum):
    """By what a list is in order: the last changed or opened first, what is due or has waited first."""

    UPDATED = "updated"
    OPENED = "opened"
    DUE = "due"
    WAITING = "waiting"


class Due(StrEnum):
    """How near the moment is until which the team is to answer."""

    OVERDUE = "overdue"
    SOON = "soon"


class Column(StrEnum):
    """What a list can show of each ticket, in this order; its title is always there."""

    NUMBER = "number"
    MEMBER = "member"
    RANK = "rank"
    LANGUAGE = "language"
    STATUS = "status"
    PRIORITY = "priority"
    TAGS = "tags"
    ASSIGNEE = "assignee"
    DUE = "due"
    WAITING = "waiting"
    OPENED = "opened"
    UPDATED = "updated"


COLUMNS = (
    Column.NUMBER, Column.MEMBER, Column.STATUS, Column.PRIORITY, Column.TAGS, Column.ASSIGNEE, Column.UPDATED,
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What there is on this site to filter by: the ladder of ranks, and the ids of its agents and tags."""

    ranks: Collection[str] = ()
    agents: Collection[int] = ()
    tags: Collection[int] = ()


@dataclass(frozen=True)
class Filter:
    """What a list shows. An empty `status` means all that are not closed; `any` means all.

    `assignee` is `me`, `none` or an agent's id; `opened_from` and `opened_to` are days, both included.
    """

    status: str = ""
    assignee: str = ""
    language: str = ""
    rank: str = ""
    priority: str = ""
    tag: str = ""
    due: str = ""
    opened_from: str = ""
    opened_to: str = ""
    typed: str = ""
    sort: str = ""
    columns: tuple[str, ...] = field(default=())

    @classmethod
    def read(cls, asked: Mapping[str, str], known: Known | None = None) -> "Filter":
        """The filter that an address names."""
        known = known or Known()
        return cls(
            status=_one_of(asked, "status", {*Status, ANY}),
            assignee=_one_of(asked, "assignee", {ME, NOBODY, *map(str, known.agents)}),
            language=_one_of(asked, "language", languages.CODES),
            rank=_one_of(asked, "rank", known.ranks),
            priority=_one_of(asked, "priority", set(Priority)),
            tag=_one_of(asked, "tag", {*map(str, known.tags)}),
            due=_one_of(asked, "due", set(Due)),
            opened_from=_day(asked.get("from", "")),
            opened_to=_day(asked.get("to", "")),
            typed=asked.get("q", "")[:MOST_SIGNS].strip(),
            sort=_one_of(asked, "sort", set(Sort) - {Sort.UPDATED}),
            columns=_columns(asked.get("columns", "")),
        )

    def arguments(self, **changes: str) -> dict[str, str]:
        """The filter as the arguments of an address, without what is not set."""
        named = {
            "status": self.status, "assignee": self.assignee, "language": self.language, "rank": self.rank,
            "priority": self.priority, "tag": self.tag, "due": self.due, "from": self.opened_from,
            "to": self.opened_to, "q": self.typed, "sort": self.sort, "columns": ".".join(self.columns),
        }  # fmt: skip
        return {name: value for name, value in {**named, **changes}.items() if value}

    @property
    def order(self) -> Sort:
        """How the list is in order. Days of opening are found in that order, which then stands for the last change."""
        wanted = Sort(self.sort or Sort.UPDATED)
        return Sort.OPENED if wanted is Sort.UPDATED and (self.opened_from or self.opened_to) else wanted

    @property
    def states(self) -> tuple[Status, ...]:
        """The states of the tickets that are shown."""
        return {"": NOT_CLOSED, ANY: tuple(Status)}.get(self.status) or (Status(self.status),)

    @property
    def shown(self) -> tuple[Column, ...]:
        """The columns, those of the desk itself where none were chosen."""
        return tuple(Column(name) for name in self.columns) or COLUMNS

    @cached_property
    def narrowed(self) -> int:
        """How many things narrow the list, its order and columns aside."""
        return len(self.bare.arguments())

    @property
    def folded(self) -> int:
        """How many of them stand in the part of the form that is folded away at first."""
        return len(replace(self.bare, typed="", status="", assignee="", sort="").arguments())

    @cached_property
    def bare(self) -> "Filter":
        """The same tickets, in the desk's own order and columns."""
        return replace(self, sort="", columns=())


# The views of the menu; a list that shows the same is the same place.
VIEWS: dict[str, Filter] = {
    "mine": Filter(assignee=ME),
    "unassigned": Filter(assignee=NOBODY),
    "awaiting": Filter(status=Status.AWAITING_FEEDBACK.value),
    "overdue": Filter(due=Due.OVERDUE.value, sort=Sort.DUE.value),
    "all": Filter(),
    "closed": Filter(status=Status.CLOSED.value),
}
_NAMES = {view.bare: name for name, view in VIEWS.items()}


def view_of(wanted: Filter) -> str:
    """Which of the menu's views a list is; empty for one that is none of them."""
    return _NAMES.get(wanted.bare, "")


def _one_of(asked: Mapping[str, str], name: str, known: Collection[str]) -> str:
    value = asked.get(name, "")
    return str(value) if value in known else ""


def _day(typed: str) -> str:
    """A day as a browser sends it, 2026-03-06, and nothing else."""
    try:
        day = date.fromisoformat(typed) if len(typed) == 10 else None
    except ValueError:
        return ""
    return day.isoformat() if day and day.year in YEARS else ""


def _columns(typed: str) -> tuple[str, ...]:
    """The columns in the desk's order; none where they are those of the desk itself."""
    wanted = set(typed[:MOST_SIGNS].split("."))
    columns = tuple(column for column in Column if column.value in wanted)
    return () if columns == COLUMNS else tuple(column.value for column in columns)
