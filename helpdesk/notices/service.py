"""What can be done to notices: given, read, settled, forgotten. Never commits, never reads the request."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, delete, update
from sqlalchemy.dialects import postgresql, sqlite

from helpdesk.accounts.person import Person
from helpdesk.announce import Announcement, announce
from helpdesk.database import MOST_ID
from helpdesk.extensions import db
from helpdesk.notices.models import IS_UNREAD, Notice
from helpdesk.refusals import NotFound

notices_given = Announcement("notices_given")
notices_read = Announcement("notices_read")


def give(
    kind: str,
    *,
    to: Iterable[int],
    key: str,
    at: datetime,
    ticket_id: int | None = None,
    chat_id: int | None = None,
    actor_id: int | None = None,
) -> None:
    """Gives these people a notice each. The same `key` for the same person is the same notice, however often."""
    rows = [
        {
            "user_id": user_id, "kind": kind, "key": f"{user_id}:{key}", "ticket_id": ticket_id, "chat_id": chat_id,
            "actor_id": actor_id, "at": at,
        }
        for user_id in sorted(set(to))
    ]  # fmt: skip
    if not rows:
        return
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    given = insert(Notice).values(rows).on_conflict_do_nothing(index_elements=["key"]).returning(Notice.user_id)
    to_whom = sorted(db.session.scalars(given))
    if to_whom:
        announce(notices_given, about=db.session(), user_ids=to_whom)


def read_about(*, ticket_id: int | None = None, chat_id: int | None = None, by: Person, at: datetime) -> int:
    """Somebody has opened a ticket or a chat: what the bell says of it is read. How many notices those are."""
    return _read((Notice.user_id == by.id) & _is_about(ticket_id, chat_id), at)


def read_one(notice_id: int, *, by: Person, at: datetime) -> None:
    """Somebody has read one of their own notices. Raises NotFound for a missing and for a foreign one alike."""
    own = db.session.get(Notice, notice_id) if 0 < notice_id <= MOST_ID else None
    if own is None or own.user_id != by.id:
        raise NotFound()
    _read(Notice.id == notice_id, at)


def read_all(*, by: Person, at: datetime) -> int:
    """Somebody has read everything."""
    return _read(Notice.user_id == by.id, at)


def settle(kind: str, *, ticket_id: int | None = None, chat_id: int | None = None, at: datetime) -> None:
    """Somebody sees to what was told to several: nobody needs to be told of it any more."""
    _read((Notice.kind == kind) & _is_about(ticket_id, chat_id), at)


def forget(*, read_before: datetime) -> None:
    """Removes what was read before that moment."""
    db.session.execute(delete(Notice).where(Notice.read_at < read_before))


def _is_about(ticket_id: int | None, chat_id: int | None) -> ColumnElement[bool]:
    return Notice.ticket_id == ticket_id if ticket_id is not None else Notice.chat_id == chat_id


def _read(which: ColumnElement[bool], at: datetime) -> int:
    read = update(Notice).where(which, IS_UNREAD).values(read_at=at).returning(Notice.user_id)
    whose = list(db.session.scalars(read.execution_options(synchronize_session=False)))
    if whose:
        announce(notices_read, about=db.session(), user_ids=sorted(set(whose)))
    return len(whose)
