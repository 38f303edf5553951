"""Looking notices up: one's own, the latest first. Members never see what only the team is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import MOST_ID
from helpdesk.extensions import db
from helpdesk.notices.kinds import OF_MEMBERS, SHOWN_OUTSIDE
from helpdesk.notices.models import Notice
from helpdesk.reading import read

LATEST = 10
PAGE_SIZE = 25

# Through the tables' columns and made once: pages ask it often.
_notice, _actor = Notice.__table__.c, User.__table__.c
_ROWS = (
    select(
        _notice.id, _notice.kind, _notice.ticket_id, _notice.chat_id, _notice.at, _notice.read_at,
        _actor.name.label("actor"),
    )
    .outerjoin_from(Notice.__table__, User.__table__, _actor.id == _notice.actor_id)
    .where(_notice.user_id == bindparam("user_id"))
)  # fmt: skip
_LATER = _ROWS.where(_notice.id < bindparam("before")).order_by(_notice.id.desc()).limit(bindparam("most"))
_EARLIER = _ROWS.where(_notice.id > bindparam("after")).order_by(_notice.id).limit(bindparam("most"))
_IS_OF_MEMBERS = _notice.kind.in_(OF_MEMBERS)
_TO_SHOW = (
    _ROWS.where(_notice.id > bindparam("after"), _notice.read_at.is_(None), _notice.kind.in_(sorted(SHOWN_OUTSIDE)))
    .order_by(_notice.id.desc())
    .limit(1)
)
_UNREAD = select(_notice.id).where(_notice.user_id == bindparam("user_id"), _notice.read_at.is_(None))
_UNREAD_ABOUT = _UNREAD.where(
    (_notice.ticket_id == bindparam("ticket_id")) | (_notice.chat_id == bindparam("chat_id"))
).limit(1)


@dataclass(frozen=True)
class Page:
    """One page of notices. `newer` and `older` are the ids that the neighbours begin at, None at the ends."""

    rows: Sequence[Row[Any]]
    newer: int | None
    older: int | None


def page(person: Person, *, before: int | None = None, after: int | None = None) -> Page:
    """A page of the person's notices: those before the notice with this id, or those after it; else the latest."""
    most = PAGE_SIZE + 1
    if after is not None:
        found = _rows(person, _EARLIER, after=min(after, MOST_ID), most=most)
        shown = list(reversed(found[:PAGE_SIZE]))
        return Page(shown, _first(shown) if len(found) == most else None, _last(shown))
    found = _rows(person, _LATER, before=min(before or MOST_ID, MOST_ID), most=most)
    shown = list(found[:PAGE_SIZE])
    return Page(shown, _first(shown) if before else None, _last(shown) if len(found) == most else None)


def latest(person: Person) -> Sequence[Row[Any]]:
    """The person's last few notices."""
    return _rows(person, _LATER, before=MOST_ID, most=LATEST)


def last_to_show(person: Person, *, after: int) -> Row[Any] | None:
    """The last unread notice after the one with this id that the browser itself may show."""
    return next(iter(_rows(person, _TO_SHOW, after=min(after, MOST_ID))), None)


def is_unread(person: Person, *, ticket_id: int | None = None, chat_id: int | None = None) -> bool:
    """Whether the bell says something of this ticket or chat that the person has not read."""
    if not 0 < (ticket_id or chat_id or 0) <= MOST_ID:
        return False
    about = {"user_id": person.id, "ticket_id": ticket_id, "chat_id": chat_id}
    return db.session.scalar(_UNREAD_ABOUT, about) is not None


def unread(person: Person, *, most: int) -> int:
    """How many notices the person has not read, counted to `most` at the most."""
    asked = _for(person, _UNREAD).limit(most)
    return len(db.session.scalars(asked, {"user_id": person.id}).all())


def _rows(person: Person, asked: Any, **values: object) -> Sequence[Row[Any]]:
    return read(_for(person, asked), {"user_id": person.id, **values}).all()


def _for(person: Person, asked: Any) -> Any:
    return asked if person.is_agent else asked.where(_IS_OF_MEMBERS)


def _first(rows: Sequence[Row[Any]]) -> int | None:
    return rows[0].id if rows else None


def _last(rows: Sequence[Row[Any]]) -> int | None:
    return rows[-1].id if rows else None
