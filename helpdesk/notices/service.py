"""What can be done to notices. Never commits, never reads the request."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite

from helpdesk.announce import Announcement, announce
from helpdesk.extensions import db
from helpdesk.notices.models import Notice

notices_changed = Announcement("notices_changed")


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
    db.session.execute(insert(Notice).values(rows).on_conflict_do_nothing(index_elements=["key"]))
    announce(notices_changed, about=db.session(), user_ids=[row["user_id"] for row in rows])
