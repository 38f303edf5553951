"""What a report is asked for: days, and whose figures. Unknown words mean the usual; only days can be wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from helpdesk import languages
from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.ranks import Role
from helpdesk.refusals import Invalid
from helpdesk.reports import ranges
from helpdesk.reports.queries import Whose
from helpdesk.reports.ranges import Range
from helpdesk.tickets.models import Tag

# As many as the page offers to choose from.
MOST_CHOICES = 300


@dataclass(frozen=True)
class Choices:
    """Whom somebody may look at: agents see the team and themselves, administrators every agent."""

    agents: Sequence[Row[Any]]
    tags: Sequence[Row[Any]]
    sees_all: bool

    def whose(self, asked: str) -> Whose:
        """The one that an address names; whoever is not there to be chosen counts as not asked for."""
        dimension, _, key = asked.partition(":")
        keys = {
            "language": languages.CODES,
            "agent": [str(row.id) for row in self.agents],
            "tag": [str(row.id) for row in self.tags],
        }
        return Whose(dimension, key) if key in keys.get(dimension, ()) else Whose()


@dataclass(frozen=True)
class Asked:
    """What an address asks for. `preset` is the range's name, empty for typed days; `problem` why those are none."""

    days: Range
    whose: Whose
    preset: str
    first: str
    last: str
    problem: Invalid | None

    @property
    def arguments(self) -> dict[str, str]:
        """The same as the arguments of an address."""
        days = {"range": self.preset} if self.preset else {"first": self.first, "last": self.last}
        return {**days, **self.whose_argument}

    @property
    def whose_argument(self) -> dict[str, str]:
        return {"of": f"{self.whose.dimension}:{self.whose.key}"} if self.whose.key else {}


def read(asked: dict[str, str], choices: Choices, *, today: date) -> Asked:
    """What the address asks for; days that are no range are kept as they were typed, with the reason."""
    whose = choices.whose(asked.get("of", ""))
    first, last = asked.get("first", "").strip()[:10], asked.get("last", "").strip()[:10]
    if "range" in asked or not (first or last):
        name = asked.get("range", "")
        preset = name if name in ranges.PRESETS else ranges.DEFAULT
        days = ranges.preset(preset, today)
        return Asked(days, whose, preset, days.first.isoformat(), days.last.isoformat(), None)
    try:
        return Asked(ranges.typed(first, last, today), whose, "", first, last, None)
    except Invalid as problem:
        return Asked(ranges.preset(ranges.DEFAULT, today), whose, "", first, last, problem)


def choices(person: Person) -> Choices:
    """Whom this person may look at: two queries."""
    team = select(User.id, User.name).where(User.role != Role.MEMBER.value)
    if person.role is not Role.ADMIN:
        team = team.where(User.id == person.id)
    tags = select(Tag.id, Tag.name).order_by(Tag.name, Tag.id).limit(MOST_CHOICES)
    agents = db.session.execute(team.order_by(User.name, User.id).limit(MOST_CHOICES)).all()
    return Choices(agents, db.session.execute(tags).all(), person.role is Role.ADMIN)


def names_of_agents(keys: Sequence[str], choices: Choices) -> dict[str, str]:
    """The names of these agents, for administrators also of those who have left the team; others see who is there."""
    if not choices.sees_all:
        return {str(row.id): row.name for row in choices.agents if str(row.id) in keys}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_([int(key) for key in keys])))
    return {str(row.id): row.name for row in rows}
