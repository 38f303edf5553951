"""Who is in the team, what each writes and takes, and when they were last there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from helpdesk.accounts.models import AgentProfile, User, UserSession
from helpdesk.chat.models import AgentPresence
from helpdesk.extensions import db
from helpdesk.ranks import Role
from helpdesk.tickets import counts
from helpdesk.tickets.lifecycle import Status


@dataclass(frozen=True)
class Colleague:
    """One of the team. `in_hand` is how many tickets they look after that are not closed."""

    id: int
    name: str
    role: str
    disabled_at: datetime | None
    languages: tuple[str, ...]
    takes_tickets: bool
    seen_at: datetime | None
    in_hand: int


def colleagues() -> list[Colleague]:
    """The team, administrators first, those without access last: two queries."""
    return _found(User.role.in_((Role.AGENT.value, Role.ADMIN.value)))


def colleague(user: User) -> Colleague:
    """One account as the team's page shows it, whatever it is at present."""
    return _found(User.id == user.id)[0]


def _found(which: object) -> list[Colleague]:
    session = select(func.max(UserSession.seen_at)).where(UserSession.user_id == User.id).scalar_subquery()
    rows = db.session.execute(
        select(
            User.id, User.name, User.role, User.disabled_at, AgentProfile.languages, AgentProfile.takes_tickets,
            session.label("session"), AgentPresence.seen_at,
        )
        .outerjoin(AgentProfile, AgentProfile.agent_id == User.id)
        .outerjoin(AgentPresence, AgentPresence.agent_id == User.id)
        .where(which)  # type: ignore[arg-type]
        .order_by(User.disabled_at.is_not(None), User.role, User.name, User.id)
    ).all()  # fmt: skip
    kept = counts.read(counts.of_assignee(row.id) for row in rows)
    return [
        Colleague(
            row.id, row.name, row.role, row.disabled_at, _codes(row.languages), bool(row.takes_tickets),
            _latest([row.session, row.seen_at]), _open(kept[counts.of_assignee(row.id)]),
        )
        for row in rows
    ]  # fmt: skip


def _codes(languages: str | None) -> tuple[str, ...]:
    return tuple(code for code in (languages or "").split(",") if code)


def _latest(moments: Sequence[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)


def _open(kept: dict[Status, int]) -> int:
    return sum(number for status, number in kept.items() if status is not Status.CLOSED)
