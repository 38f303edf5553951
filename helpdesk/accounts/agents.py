"""How people of the team work: the languages they write, whether new tickets are given to them, their shortcuts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from helpdesk import languages as known
from helpdesk.accounts.models import AgentProfile, User
from helpdesk.extensions import db
from helpdesk.ranks import Role

_profile, _user = AgentProfile.__table__.c, User.__table__.c
_ONE = select(_profile.languages, _profile.takes_tickets, _profile.shortcuts).where(
    _profile.agent_id == bindparam("agent_id")
)
# Locked, in one order: of two who look for the next one at the same time, the second one sees whom the first has taken.
_TAKERS = (
    select(_profile.agent_id, _profile.languages, _profile.assigned_at)
    .join_from(AgentProfile.__table__, User.__table__, _user.id == _profile.agent_id)
    .where(_profile.takes_tickets.is_(True), _user.role != Role.MEMBER.value, _user.disabled_at.is_(None))
    .order_by(_profile.agent_id)
    .with_for_update(of=AgentProfile.__table__)
)


@dataclass(frozen=True)
class Profile:
    """How somebody works. `languages` are codes, in the order of the product."""

    languages: tuple[str, ...] = ()
    takes_tickets: bool = False
    shortcuts: bool = True


def profile(agent_id: int) -> Profile:
    """How this agent works; who never said so writes nothing, takes nothing and has the shortcuts on."""
    row = db.session.execute(_ONE, {"agent_id": agent_id}).first()
    return Profile(codes(row.languages), row.takes_tickets, row.shortcuts) if row else Profile()


def set_profile(
    agent_id: int, *, languages: Sequence[str], takes_tickets: bool, shortcuts: bool | None = None
) -> None:  # fmt: skip
    """Keeps how somebody works. Languages that the product does not have are left out; None leaves the shortcuts."""
    values: dict[str, object] = {
        "languages": ",".join(code for code in known.CODES if code in languages), "takes_tickets": takes_tickets,
    }  # fmt: skip
    if shortcuts is not None:
        values["shortcuts"] = shortcuts
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    row = insert(AgentProfile).values({"agent_id": agent_id, "shortcuts": True, **values})
    db.session.execute(row.on_conflict_do_update(index_elements=["agent_id"], set_=values))


def takers() -> Sequence[Row[Any]]:
    """Everybody to whom new tickets may be given, for this transaction alone: id, languages, when they had the last."""
    return db.session.execute(_TAKERS).all()


def was_given(agent_id: int, *, at: datetime) -> None:
    """A new ticket has been given to this agent."""
    db.session.execute(update(AgentProfile.__table__).where(_profile.agent_id == agent_id).values(assigned_at=at))


def codes(text: str) -> tuple[str, ...]:
    """The languages of a profile, as it keeps them."""
    return tuple(code for code in text.split(",") if code)
