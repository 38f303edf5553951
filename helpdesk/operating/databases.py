"""How the database is: whether it answers, is whole and at this version, and whether SQLite has a known fault."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import func, select

from helpdesk import serving
from helpdesk.accounts.models import UserSession
from helpdesk.config import Config
from helpdesk.extensions import db
from helpdesk.operating.findings import Finding, fail, ok, warn

Version = tuple[int, int, int]
# Two connections that write and checkpoint at the same moment could damage a file in WAL mode before these.
WAL_MENDED: Version = (3, 51, 3)
WAL_BACKPORTS: tuple[Version, ...] = ((3, 50, 7), (3, 44, 6))
ASTRAY = timedelta(minutes=5)


def look(app: Flask) -> Iterator[Finding]:
    """The database's findings; the first failure ends them."""
    config: Config = app.config["HELPDESK"]
    if (config.instance / serving.RESTORING).exists():
        yield fail("database", "A restore was not finished: run `flask restore` again with the same archive.")
        return
    try:
        present = serving.present_version()
    except Exception as fault:
        yield fail("database", f"It does not answer: {type(fault).__name__}.")
        return
    if present != serving.head(app):
        yield fail(
            "database", f"Its schema is {present or 'missing'}, this version needs {serving.head(app)}: flask prepare."
        )
        return
    yield ok("database", f"It answers, at schema {present}.")
    yield from _postgresql() if config.database_url else _sqlite(config)


def _postgresql() -> Iterator[Finding]:
    yield ok("database", f"PostgreSQL {db.session.scalar(select(func.current_setting('server_version')))}.")
    kept = db.session.scalar(select(func.current_setting("synchronous_commit")))
    if kept == "off":
        yield fail("database", "synchronous_commit is off: what was acknowledged can be lost.")


def _sqlite(config: Config) -> Iterator[Finding]:
    file = config.instance / "helpdesk.sqlite"
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=5)) as connection:
        found = connection.execute("PRAGMA quick_check(3)").fetchall()
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    wrong = [row[0] for row in found if row[0] != "ok"]
    yield (
        fail("database", f"It is damaged: {'; '.join(wrong)}. Restore a backup.")
        if wrong
        else ok("database", "SQLite finds it whole.")
    )
    if mode != "wal":
        yield fail("database", f"Its journal mode is {mode}, not WAL: start the desk once.")
    yield wal_fault(sqlite3.sqlite_version_info)


def wal_fault(version: Version) -> Finding:
    """Whether this SQLite has the fault by which a file in WAL mode could be damaged (mended in March 2026)."""
    name = ".".join(map(str, version))
    if version >= WAL_MENDED or any(version[:2] == port[:2] and version >= port for port in WAL_BACKPORTS):
        return ok("sqlite", f"SQLite {name} has no known fault that concerns the desk.")
    return warn(
        "sqlite",
        f"SQLite {name} can damage a database that several processes write at the same moment (mended in 3.51.3, "
        "3.50.7 and 3.44.6). The desk is one process; run commands that write while it is stopped, or use PostgreSQL.",
    )


def clock(*, at: datetime) -> Finding:
    """Whether this machine's clock is behind what was written before."""
    newest = db.session.scalar(select(func.max(UserSession.seen_at)))
    if newest is not None and newest > at + ASTRAY:
        return fail("clock", f"It says {at:%Y-%m-%d %H:%M} UTC, and somebody was seen at {newest:%Y-%m-%d %H:%M}.")
    return ok("clock", f"It says {at:%Y-%m-%d %H:%M} UTC.")
