"""Has the database's own file forget what was deleted from it: free pages, the search index, the log of writes.

SQLite keeps what was deleted in free space until something else takes its place; `secure_delete` (database.py) writes
zeros over it as it goes, and the file made anew once more here holds nothing else of it. PostgreSQL shows nobody what
was deleted, and its own vacuum makes the space anew.
"""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import exists, select, update

from helpdesk.extensions import db
from helpdesk.privacy.models import Erasure, Removal
from helpdesk.tickets import search

# A file larger than this takes seconds in which nobody can write: it is made anew at night.
LARGE_BYTES = 256 * 1024 * 1024
NIGHT = range(1, 5)
WAIT_SECONDS = 5.0


def is_wanted() -> bool:
    """Whether something was deleted since, so that nothing must be left of it."""
    erased = exists().where(Erasure.done_at.is_not(None), Erasure.scrubbed_at.is_(None))
    removed = exists().where(Removal.scrubbed_at.is_(None))
    return bool(db.session.scalar(select(erased | removed)))


def drop_words() -> None:
    """The search index's part of it; in the caller's transaction."""
    search.forget_removed()


def note(*, at: datetime, before: datetime) -> None:
    """Writes down that what was deleted before that moment is gone; in the caller's transaction."""
    done = (Erasure.done_at <= before) & Erasure.scrubbed_at.is_(None)
    db.session.execute(update(Erasure).where(done).values(scrubbed_at=at))
    gone = (Removal.at <= before) & Removal.scrubbed_at.is_(None)
    db.session.execute(update(Removal).where(gone).values(scrubbed_at=at))


def make_anew(path: Path) -> None:
    """Writes the SQLite file anew without its free space, and empties the log of writes beside it.

    Slow (about a second for 100 MB), outside of any transaction and of the hub. Raises sqlite3.OperationalError when
    somebody else writes or reads for too long: then it is tried again.
    """
    with closing(sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
        connection.execute("VACUUM")
    empty_log(path)


def empty_log(path: Path) -> None:
    """Writes what the log of writes holds into the file, and cuts the log to nothing. Raises as `make_anew`."""
    with closing(sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
        busy, *_pages = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise sqlite3.OperationalError("the log of writes is in use")
