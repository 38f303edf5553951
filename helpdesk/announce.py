"""Named announcements: told after the commit, dropped on rollback. Knows sessions, not who listens."""

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session, object_session

Listener = Callable[..., None]
_QUEUE = "announcements"


class Announcement:
    """Something that happened at the desk, by name; listeners get its facts (ids and numbers) as keywords."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> Listener:
        self._listeners.append(listener)
        return listener

    def tell(self, **facts: object) -> None:
        for listener in self._listeners:
            listener(**facts)


def announce(announcement: Announcement, *, about: object, **facts: object) -> None:
    """Queues the announcement on the session that holds `about` (or is it), to be told once that has committed."""
    session = about if isinstance(about, Session) else object_session(about)
    if session is None:
        raise RuntimeError(f"{announcement.name}: announced about a row that is in no session")
    session.info.setdefault(_QUEUE, []).append((announcement, facts))


@event.listens_for(Session, "after_commit")
def _tell(session: Session) -> None:
    for announcement, facts in session.info.pop(_QUEUE, ()):
        announcement.tell(**facts)


@event.listens_for(Session, "after_soft_rollback")
def _drop(session: Session, previous: object) -> None:
    session.info.pop(_QUEUE, None)
