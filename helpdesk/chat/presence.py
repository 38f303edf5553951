"""Who is there, as the database knows it, so that all processes agree: members in the queue, and agents.

`seen_at` is written while a page is open, at most every SEEN_EVERY; `left_at` when an agent's last page was closed.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, not_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from helpdesk.accounts import sessions
from helpdesk.accounts.models import User, UserSession
from helpdesk.chat.models import AgentPresence, Chat
from helpdesk.chat.queue import State
from helpdesk.extensions import db
from helpdesk.ranks import Role

SEEN_EVERY = timedelta(seconds=15)
# After this an agent's chats go back to the queue. A page that loads anew takes a moment only.
AGENT_GONE = timedelta(seconds=60)
# And after this nobody in the queue is promised them any more, if they have closed their last page.
CLOSED_FOR = timedelta(seconds=5)
# Who comes back later than this has to say again that they take chats.
AVAILABLE_FOR = timedelta(minutes=15)
# How many values one statement names at most.
BATCH = 500

_chat, _agent, _user, _session = Chat.__table__.c, AgentPresence.__table__.c, User.__table__.c, UserSession.__table__.c
_WAITING = select(_chat.id, _chat.member_id, _chat.seen_at).where(_chat.state == State.WAITING.value)
_OPEN = select(_chat.id, _chat.last_seq, _chat.member_id, _chat.agent_id)


def is_there(at: datetime) -> ColumnElement[bool]:
    """The condition that an agent is there at the moment `at`."""
    closed = and_(_agent.left_at.is_not(None), _agent.left_at >= _agent.seen_at, _agent.left_at < at - CLOSED_FOR)
    return and_(_agent.seen_at > at - AGENT_GONE, not_(func.coalesce(closed, False)))


def available(*, at: datetime) -> int:
    """How many agents take chats and are there."""
    here = select(func.count()).select_from(AgentPresence.__table__).where(_agent.available.is_(True), is_there(at))
    return db.session.scalar(here) or 0


def available_agents(*, at: datetime) -> list[int]:
    """Which agents take chats and are there."""
    here = select(_agent.agent_id).where(_agent.available.is_(True), is_there(at)).order_by(_agent.agent_id)
    return list(db.session.scalars(here))


def waiting() -> Sequence[Row[Any]]:
    """Everybody in the queue, the next one first: the chat, its member, when they were seen."""
    return db.session.execute(_WAITING.order_by(_chat.place, _chat.id)).all()


def agents() -> dict[int, Row[Any]]:
    """The presence of every agent who has one."""
    rows = db.session.execute(select(_agent.agent_id, _agent.available, _agent.seen_at, _agent.left_at))
    return {row.agent_id: row for row in rows}


def without_agent(before: datetime) -> list[int]:
    """Chats that go on with an agent who was not seen since `before`."""
    seen = func.coalesce(_agent.seen_at, _chat.accepted_at, _chat.began_at)
    rows = (
        select(_chat.id)
        .outerjoin_from(Chat.__table__, AgentPresence.__table__, _agent.agent_id == _chat.agent_id)
        .where(_chat.state == State.ACTIVE.value, seen < before)
        .order_by(_chat.id)
    )
    return list(db.session.scalars(rows))


def still_absent(chats: Collection[int], *, before: datetime) -> list[Chat]:
    """Those of these chats that still wait for a member who was not seen since `before`."""
    found: list[Chat] = []
    for some in _some(chats):
        absent = select(Chat).where(Chat.id.in_(some), Chat.state == State.WAITING.value, Chat.seen_at < before)
        found.extend(db.session.scalars(absent.order_by(Chat.id)))
    return found


def see_waiting(chats: Collection[int], *, at: datetime) -> None:
    """These chats' members are there."""
    for some in _some(chats):
        db.session.execute(update(Chat.__table__).where(_chat.id.in_(some)).values(seen_at=at))


def see_agents(agent_ids: Collection[int], *, at: datetime) -> None:
    """These agents are there. Who never said whether they take chats does not take them."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    for some in _some(agent_ids):
        rows = [{"agent_id": agent_id, "available": False, "seen_at": at} for agent_id in some]
        new = insert(AgentPresence.__table__).values(rows)
        seen, newer = {"seen_at": new.excluded.seen_at}, _agent.seen_at < new.excluded.seen_at
        db.session.execute(new.on_conflict_do_update(index_elements=["agent_id"], set_=seen, where=newer))


def close_agents(agent_ids: Collection[int], *, at: datetime) -> None:
    """These agents have closed their last page."""
    for some in _some(agent_ids):
        db.session.execute(update(AgentPresence.__table__).where(_agent.agent_id.in_(some)).values(left_at=at))


def forget_available(*, before: datetime) -> None:
    """Who was not seen since then takes no chats any more."""
    old = and_(_agent.available.is_(True), _agent.seen_at < before)
    db.session.execute(update(AgentPresence.__table__).where(old).values(available=False))


def heads(chats: Iterable[int] | None = None) -> Iterator[Row[Any]]:
    """How far the open chats are, or those with these ids: the chat, its head, its member, its agent."""
    if chats is None:
        yield from db.session.execute(_OPEN.where(_chat.state.in_((State.WAITING.value, State.ACTIVE.value))))
        return
    for some in _some(chats):
        yield from db.session.execute(_OPEN.where(_chat.id.in_(some)))


def signed_in(session_ids: Collection[int], *, at: datetime) -> dict[int, tuple[int, str, str | None]]:
    """The account, its role and its rank, of each of these sessions that is not over and whose account is not disabled.

    The account too: on SQLite the number of a session that has ended may be given to somebody else's.
    """
    found: dict[int, tuple[int, str, str | None]] = {}
    for some in _some(session_ids):
        rows = db.session.execute(
            select(_session.id, _session.seen_at, _session.ends_at, _session.user_id, _user.role, _user.rank)
            .join_from(UserSession.__table__, User.__table__, _user.id == _session.user_id)
            .where(_session.id.in_(some), _user.disabled_at.is_(None))
        )
        for row in rows:
            if not sessions.is_over(Role(row.role), seen_at=row.seen_at, ends_at=row.ends_at, at=at):
                found[row.id] = (row.user_id, row.role, row.rank)
    return found


def _some(ids: Iterable[int]) -> Iterator[list[int]]:
    """The ids, as many at a time as one statement should name, in one order for all processes."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]
