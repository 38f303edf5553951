"""What a list can be filtered by and its tickets be given: the agents and the tags of this site."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, literal, select, union_all

from helpdesk.accounts.models import User
from helpdesk.desk.lists.filters import Known
from helpdesk.extensions import db
from helpdesk.ranks import Role
from helpdesk.tickets.models import Tag

MOST_TAGS = 300

_user, _tag = User.__table__.c, Tag.__table__.c
_AGENTS = select(literal("agent").label("kind"), _user.id, _user.name, _user.disabled_at.label("gone_at")).where(
    _user.role.in_((Role.AGENT.value, Role.ADMIN.value))
)
_TAGS = select(literal("tag"), _tag.id, _tag.name, _tag.retired_at).order_by(_tag.name).limit(MOST_TAGS)
_BOTH = union_all(_AGENTS, select(_TAGS.subquery())).order_by("name", "id")


@dataclass(frozen=True)
class Choices:
    """Agents and tags by name. Those who have left and what is retired can still be filtered by, not given any more."""

    agents: Sequence[Row[Any]]
    tags: Sequence[Row[Any]]

    def known(self, ranks: Sequence[str]) -> Known:
        """What an address can name."""
        return Known(ranks, {row.id for row in self.agents}, {row.id for row in self.tags})


def choices() -> Choices:
    """Everything to choose from: one query."""
    rows = db.session.execute(_BOTH).all()
    return Choices([row for row in rows if row.kind == "agent"], [row for row in rows if row.kind == "tag"])
