"""How the database is opened: SQLite's settings, write transactions, and UTC times. Knows no table.

SQLite is one file and one process. Every transaction that may write begins with BEGIN IMMEDIATE under one lock that
yields to other greenlets while it waits: without it a waiting writer sleeps inside SQLite and the whole process with
it. For the same reason a serving process asks again and again for what another process holds, and sleeps in between.
Rule for every door: nothing slow (hashing, pictures, network) between the first query and the commit.
"""

import sqlite3
import time
from datetime import UTC, datetime

# threading.RLock is gevent's own after the monkey patch, and a plain one in commands and tests.
from threading import RLock
from weakref import WeakKeyDictionary

from flask import g, has_app_context
from sqlalchemy import DateTime, Dialect, Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.types import TypeDecorator

# How long SQLite waits for another process. It waits in C, and a serving process stands still meanwhile: so hardly at
# all there, and long in a command.
BUSY_MS = 5000
BUSY_MS_SERVING = 10
# How long a writer waits in all before it is told that the database is locked; pages wait 8 seconds for an answer.
PATIENCE_SECONDS = 5.0
AGAIN_SECONDS = 0.03
_busy_ms: WeakKeyDictionary[Engine, int] = WeakKeyDictionary()
# The largest id that a row can have on either database: whatever an address says beyond it is nobody.
MOST_ID = 2**31 - 1
_LOCK_HELD = "helpdesk_write_lock"
# Made in SQL by the migrations, because each database has its own kind of full-text index.
NOT_MODELS = ("ticket_words",)


class UTCDateTime(TypeDecorator[datetime]):
    """A moment with its zone, stored as UTC. Naive times are refused: they would be a guess."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC).replace(tzinfo=None) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """This moment, in UTC with its zone."""
    return datetime.now(UTC)


def intend_to_write() -> None:
    """Makes the transactions of this request or command that begin from here on write transactions."""
    g.intends_to_write = True


def intend_to_read() -> None:
    """Takes that back: an answer that tells of a failed write must not wait for the same lock again."""
    g.intends_to_write = False


def open_engine(engine: Engine) -> None:
    """Sets an SQLite engine up as the module says; other databases need nothing."""
    if engine.dialect.name != "sqlite":
        return
    writing = RLock()

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, record: object) -> None:
        connection.isolation_level = None  # sqlite3 must not begin transactions by itself
        for pragma in (
            "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_busy_ms.get(engine, BUSY_MS)}",
            "cache_size=-16000", "temp_store=MEMORY",
            "secure_delete=ON",  # what is deleted is overwritten with zeros, not only marked as free
        ):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not (has_app_context() and g.get("intends_to_write")):
            connection.exec_driver_sql("BEGIN")
            return
        deadline = time.monotonic() + PATIENCE_SECONDS
        if not connection.info.get(_LOCK_HELD):
            if not writing.acquire(timeout=PATIENCE_SECONDS):
                raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))
            connection.info[_LOCK_HELD] = True
        _begin_writing(connection, deadline)

    @event.listens_for(engine, "checkin")
    def _release(connection: object, record: object) -> None:
        if record.info.pop(_LOCK_HELD, False):  # type: ignore[attr-defined]
            writing.release()


def _begin_writing(connection: Connection, deadline: float) -> None:
    """Begins once no other process writes. Raises OperationalError when one still does after the deadline."""
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return
        except OperationalError:
            if time.monotonic() > deadline:
                raise
        time.sleep(AGAIN_SECONDS)


def is_full(fault: BaseException | None) -> bool:
    """Whether a database says by this that its disk, or what its process may write, is full."""
    told = str(fault)
    return "disk is full" in told or "disk I/O error" in told or type(fault).__name__ == "DiskFull"


def wait_briefly(engine: Engine) -> None:
    """Has this process, which is about to serve, wait for the database only as long as nobody notices."""
    _busy_ms[engine] = BUSY_MS_SERVING
    engine.dispose()


def is_a_models(item: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
    """Whether a model says what this table is to be: Alembic asks, when it compares the two."""
    return not (kind == "table" and (name or "").startswith(NOT_MODELS))
