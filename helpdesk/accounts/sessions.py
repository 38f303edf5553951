"""Signed-in browsers: rows of our own, so that signing out and disabling an account end them on the server."""

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Integer, String, bindparam, column, delete, func, or_, select, table, update

from helpdesk.accounts.factors.models import SecondStep
from helpdesk.accounts.models import User, UserSession
from helpdesk.accounts.person import Person
from helpdesk.database import MOST_ID, UTCDateTime
from helpdesk.extensions import db
from helpdesk.ranks import Role
from helpdesk.reading import read
from helpdesk.refusals import NotFound

# Idle and absolute limits (trust.md, section 2.2, line 17).
IDLE = {Role.MEMBER: timedelta(days=14), Role.AGENT: timedelta(hours=12), Role.ADMIN: timedelta(hours=12)}
LONGEST = {Role.MEMBER: timedelta(days=90), Role.AGENT: timedelta(days=7), Role.ADMIN: timedelta(days=7)}
TOUCH_AFTER = timedelta(minutes=5)
# A session that is over tells for a while whose it was: what is still being typed in its tab is kept for them.
REMEMBERED = timedelta(days=14)

# What the bell has to say is counted so far: more is "9+".
MOST_UNREAD = 10

# Through the tables' columns, because every request asks it: by way of the classes it costs half as much again.
_user, _session = User.__table__.c, UserSession.__table__.c
# Every page shows the bell, and so the number comes with the session. Of the notices, which stand above accounts, only
# what this question needs; a member is told of tickets, the team of more (notices/kinds.py).
_notice = table(
    "notice", column("id", Integer), column("user_id", Integer), column("kind", String), column("read_at", UTCDateTime)
)
_unread = (
    select(_notice.c.id)
    .where(
        _notice.c.user_id == _user.id,
        _notice.c.read_at.is_(None),
        or_(_user.role != Role.MEMBER.value, _notice.c.kind.startswith("ticket_", autoescape=True)),
    )
    .order_by(_notice.c.id.desc())
    .limit(MOST_UNREAD)
    .correlate(User.__table__)
    .subquery()
)
_UNREAD = select(func.count(_unread.c.id)).scalar_subquery()
_NEWEST = select(func.max(_unread.c.id)).scalar_subquery()
_BY_TOKEN = (
    select(
        _user.id, _user.username, _user.name, _user.email, _user.member_id, _user.role, _user.rank, _user.language,
        _user.time_zone, _user.theme, _user.disabled_at, _session.id.label("session_id"), _session.seen_at,
        _session.ends_at, _user.second_factor_at, _session.proved_at, _UNREAD.label("unread"), _NEWEST.label("newest"),
    )
    .join_from(User.__table__, UserSession.__table__, _session.user_id == _user.id)
    .where(_session.token_hash == bindparam("token_hash"))
)  # fmt: skip


class Found:
    """What a token leads to: the person, or whose session has ended (`ended_for`), and whether it was idle a while.

    `unread` is how many notices the person has not read, at most MOST_UNREAD; `newest` is the id of the last of them.
    """

    def __init__(
        self,
        person: Person | None,
        *,
        ended_for: int | None = None,
        to_touch: bool = False,
        unread: int = 0,
        newest: int = 0,
    ) -> None:
        self.person = person
        self.ended_for = ended_for
        self.to_touch = to_touch
        self.unread = unread
        self.newest = newest


def token_hash(token: str) -> str:
    """What is stored of a token: enough to find it, useless to whoever reads the database."""
    return hashlib.sha256(token.encode()).hexdigest()


def find(token: str, *, at: datetime) -> Found:
    """Whose session this token is at the moment `at`. A disabled account and an ended session give no person."""
    row = read(_BY_TOKEN, {"token_hash": token_hash(token)}).first()
    if row is None or row.disabled_at is not None:
        return Found(None)
    role = Role(row.role)
    if is_over(role, seen_at=row.seen_at, ends_at=row.ends_at, at=at):
        return Found(None, ended_for=row.id)
    person = Person(
        *row[:5], role, *row[6:10], session_id=row.session_id, second_factor=row.second_factor_at is not None,
        proved_at=row.proved_at,
    )  # fmt: skip
    to_touch = at >= row.seen_at + TOUCH_AFTER
    return Found(person, to_touch=to_touch, unread=row.unread, newest=row.newest or 0)


def is_over(role: Role, *, seen_at: datetime, ends_at: datetime, at: datetime) -> bool:
    """Whether a session has reached its longest time, or has not been used for too long."""
    return at >= ends_at or at >= seen_at + IDLE[role]


def start(user: User, *, browser: str, at: datetime) -> Person:
    """Signs a person in: a new session row with a new token, which only the returned person knows."""
    token = secrets.token_urlsafe(32)
    role = Role(user.role)
    user.last_seen_at = at
    row = UserSession(
        token_hash=token_hash(token), user_id=user.id, browser=browser[:200], created_at=at, seen_at=at,
        ends_at=at + LONGEST[role], proved_at=at,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return replace(person_of(user), session_id=row.id, token=token, proved_at=at)


def prove(person: Person, *, at: datetime) -> Person:
    """They have shown again that it is them: their session goes on under a new token, and the old one is void."""
    token = secrets.token_urlsafe(32)
    own = update(UserSession).where(UserSession.id == person.session_id, UserSession.user_id == person.id)
    db.session.execute(own.values(token_hash=token_hash(token), proved_at=at))
    return replace(person, token=token, proved_at=at)


def person_of(user: User) -> Person:
    """The plain facts about an account."""
    return Person(
        user.id, user.username, user.name, user.email, user.member_id, Role(user.role), user.rank, user.language,
        user.time_zone, user.theme, second_factor=user.second_factor_at is not None,
    )  # fmt: skip


def touch(session_id: int, *, at: datetime) -> None:
    """Remembers that this session was used."""
    db.session.execute(update(UserSession).where(UserSession.id == session_id).values(seen_at=at))


def of_person(person: Person) -> list[UserSession]:
    """The person's own sessions, the last used first."""
    own = select(UserSession).where(UserSession.user_id == person.id).order_by(UserSession.seen_at.desc())
    return list(db.session.scalars(own))


def end(session_id: int, *, by: Person) -> None:
    """Ends one of the person's own sessions. Raises NotFound for any other."""
    own = delete(UserSession).where(UserSession.id == session_id, UserSession.user_id == by.id)
    if not 0 < session_id <= MOST_ID or db.session.execute(own).rowcount == 0:
        raise NotFound()


def end_all(user_id: int, *, but: int | None = None) -> None:
    """Ends all sessions of an account, except the one with the id `but`, and sign-ins that are under way."""
    db.session.execute(delete(SecondStep).where(SecondStep.user_id == user_id))
    db.session.execute(delete(UserSession).where(UserSession.user_id == user_id, UserSession.id != (but or 0)))


def forget_ended(*, at: datetime) -> None:
    """Removes sessions whose longest time is over."""
    db.session.execute(delete(UserSession).where(UserSession.ends_at <= at))
