"""Looking saved views up: one's own and the shared ones. The look-up is the permission."""

from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import Row, bindparam, func, or_, select

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import MOST_ID
from helpdesk.desk.models import SavedView
from helpdesk.extensions import db
from helpdesk.ranks import Role
from helpdesk.reading import read
from helpdesk.refusals import NotFound

# Of each agent; and how many of them all the menu shows.
MOST_VIEWS = 20
MOST_SHOWN = 40

_view, _user = SavedView.__table__.c, User.__table__.c
_is_seen = or_(_view.owner_id == bindparam("agent_id"), _view.shared.is_(True))
_VIEWS = (
    select(SavedView.__table__, _user.name.label("owner"))
    .join_from(SavedView.__table__, User.__table__, _user.id == _view.owner_id)
    .where(_is_seen)
    .order_by(_view.name, _view.id)
    .limit(MOST_SHOWN)
)
_OWN = select(func.count()).select_from(SavedView.__table__).where(_view.owner_id == bindparam("agent_id"))


def visible_views(agent: Person) -> list[Row[Any]]:
    """The agent's own views and the shared ones, by name: what the menu shows."""
    return list(read(_VIEWS, {"agent_id": agent.id}).all())


def changeable_view(agent: Person, view_id: int) -> SavedView:
    """A view that the agent may change: their own, for an administrator a shared one too. Raises NotFound."""
    found = db.session.get(SavedView, view_id) if 0 < view_id <= MOST_ID else None
    if found is None or not may_change(agent, found.owner_id, found.shared):
        raise NotFound()
    return found


def may_change(agent: Person, owner_id: int, shared: bool) -> bool:
    """Whose view may be changed by whom."""
    return owner_id == agent.id or (shared and agent.role is Role.ADMIN)


def how_many(agent: Person) -> int:
    """How many views the agent has."""
    return db.session.execute(_OWN, {"agent_id": agent.id}).scalar_one()


def address(view: Row[Any] | SavedView) -> dict[str, str]:
    """What the address of the list says for this view."""
    return {**dict(parse_qsl(view.arguments)), **({"columns": view.columns} if view.columns else {})}
