"""Starting and stopping: the instance folder, the upgrade with its backup, the checks before the first request."""

import fcntl
import os
import signal
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import gevent
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from gevent.pywsgi import WSGIServer
from sqlalchemy import inspect, select

from helpdesk import languages
from helpdesk.accounts.models import User
from helpdesk.config import BadSetting, Config
from helpdesk.extensions import db

DRAIN_SECONDS = 8
BACKUPS_KEPT = 5


def prepare(app: Flask) -> bool:
    """Makes the instance folder and brings the database to this version, after a backup. True if it was empty before.

    Safe to run again: nothing happens to a database that is up to date.
    """
    config: Config = app.config["HELPDESK"]
    config.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    with app.app_context():
        present, newest = _versions(app)
        if present == newest:
            return False
        if present is not None:
            back_up(config)
        upgrade()
        db.session.remove()
        return present is None


def _versions(app: Flask) -> tuple[str | None, str | None]:
    """The schema's version in the database, None if it has none, and the newest one that this program knows."""
    with db.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory(app.extensions["migrate"].directory)
    return present, scripts.get_current_head()


def back_up(config: Config) -> Path | None:
    """A consistent copy of the SQLite file beside it, the newest few kept; PostgreSQL is its operator's to back up."""
    source = config.instance / "helpdesk.sqlite"
    if config.database_url or not source.exists():
        return None
    folder = config.instance / "backups"
    folder.mkdir(exist_ok=True, mode=0o700)
    target = folder / f"helpdesk-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.sqlite"
    with sqlite3.connect(source) as reader, sqlite3.connect(target) as writer:
        reader.backup(writer)
    target.chmod(0o600)
    for old in sorted(folder.glob("helpdesk-*.sqlite"))[:-BACKUPS_KEPT]:
        old.unlink()
    return target


def check(app: Flask) -> None:
    """Raises BadSetting for what must not be served: missing catalogues, demo accounts in production, an old schema."""
    config: Config = app.config["HELPDESK"]
    translations = Path(app.config["BABEL_TRANSLATION_DIRECTORIES"])
    missing = [
        code for code in languages.CODES
        if code != languages.DEFAULT and not (translations / code / "LC_MESSAGES" / "messages.mo").is_file()
    ]  # fmt: skip
    if missing:
        raise BadSetting(f"The translations {', '.join(missing)} are missing: run `make translate`.")
    with app.app_context():
        present, newest = _versions(app)
        if present != newest:
            raise BadSetting("The database is not at this version: run `flask prepare` first.")
        demo = db.session.scalar(select(User.id).where(User.origin == "demo").limit(1))
        db.session.remove()
    if demo is not None and not config.demo:
        raise BadSetting("This instance holds demo accounts, whose password everybody knows: start with an empty one.")


def claim(config: Config) -> int | None:
    """Holds the SQLite instance for this process until it ends. Raises BadSetting when another one serves it.

    Two serving processes on one SQLite file would each believe that it holds the only writer's lock.
    """
    if config.database_url:
        return None
    handle = os.open(config.instance / "serving.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise BadSetting(
            "Another process already serves this SQLite database. For several processes use PostgreSQL: set DATABASE_URL."
        ) from None
    return handle


def is_empty(app: Flask) -> bool:
    """Whether the database has the tables but not a single account."""
    with app.app_context():
        empty = inspect(db.engine).has_table("user") and db.session.scalar(select(User.id).limit(1)) is None
        db.session.remove()
        return empty


def serve(app: Flask) -> None:
    """Serves until SIGINT or SIGTERM: then takes no new connection, lets the present requests end, and returns."""
    config: Config = app.config["HELPDESK"]
    server = WSGIServer((config.host, config.port), app, log=None, error_log=app.logger)
    stopping = gevent.event.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, stopping.set)
    server.start()
    stopping.wait()
    server.stop(timeout=DRAIN_SECONDS)
