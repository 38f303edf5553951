"""What a list can be filtered by and its tickets be given: the agents and the tags of this site."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import g
from sqlalchemy import Row, literal, select, union_all

from helpdesk.accounts.models import User
from helpdesk.desk.lists.filters import Known
from helpdesk.ranks import Role
from helpdesk.reading import read
from helpdesk.tickets.models import Tag

MOST_TAGS = 300

_user, _tag = User.__table__.c, Tag.__table__.c
_AGENTS = select(
    literal("agent").label("kind"), _user.id, _user.name, _user.username, _user.disabled_at.label("gone_at")
).where(_user.role.in_([literal(Role.AGENT.value), literal(Role.ADMIN.value)]))
_TAGS = (
    select(literal("tag"), _tag.id, _tag.name, literal("").label("username"), _tag.retired_at)
    .order_by(_tag.name)
    .limit(MOST_TAGS)
)
_BOTH = union_all(_AGENTS, select(_TAGS.subquery())).order_by("name", "id")


@dataclass(frozen=True)
class Choices:
    """Agents and tags by name. Those who have left and what is retired can still be filtered by, not given any more."""

    agents: Sequence[Row[Any]]
    tags: Sequence[Row[Any]]

    def known(self, ranks: Sequence[str]) -> Known:
        """What an address can name."""
        return Known(ranks, {row.id for row in self.agents}, {row.id for row in self.tags})

    @property
    def team(self) -> list[Row[Any]]:
        """To whom a ticket can be given: id, name and username."""
        return [row for row in self.agents if row.gone_at is None]

    def others(self, agent_id: int) -> tuple[tuple[int, str], ...]:
        """To whom this agent can give a ticket, beside themself: ids and names."""
        return tuple((row.id, row.name) for row in self.team if row.id != agent_id)

    @property
    def tag_names(self) -> tuple[str, ...]:
        """What a tag that is put on a ticket can be called, if it is to be one that there is."""
        return tuple(row.name for row in self.tags if row.gone_at is None)


def choices() -> Choices:
    """Everything to choose from: one query, once a page, for a ticket's page has a list beside it."""
    if "desk_choices" not in g:
        rows = read(_BOTH).all()
        g.desk_choices = Choices(
            [row for row in rows if row.kind == "agent"], [row for row in rows if row.kind == "tag"]
        )
    return g.desk_choices
