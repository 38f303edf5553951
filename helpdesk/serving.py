"""Starting and stopping: the instance folder, the upgrade with its backup, the checks before the first request."""

import errno
import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import gevent
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from gevent.event import Event
from gevent.pool import Pool
from sqlalchemy import inspect, select

from helpdesk import database, draining, janitor, languages, work
from helpdesk.accounts.models import User
from helpdesk.chat import push, watch
from helpdesk.config import BadSetting, Config
from helpdesk.extensions import db
from helpdesk.operating import metrics, snapshot
from helpdesk.web import pieces

DRAIN_SECONDS = 8
BACKUPS_KEPT = 5
# Stands in the instance folder while a backup is brought back: what is there meanwhile must not be served.
RESTORING = "restore-unfinished"
# Each connection costs memory, so there is an end to them; a site that needs more has gunicorn (deploy/).
CONNECTIONS = 1000


class AlreadyServed(BadSetting):
    """Another process holds the SQLite instance."""

    def __init__(self) -> None:
        super().__init__(
            "Another process already serves this SQLite database. Stop it first; for several processes use PostgreSQL: "
            "set DATABASE_URL."
        )


def prepare(app: Flask) -> bool:
    """Makes the instance folder and brings the database to this version, after a backup. True if it was empty before.

    Safe to run again: nothing happens to a database that is up to date. Raises BadSetting when the database is newer
    than this program, when it is being served, or when the backup fails.
    """
    config: Config = app.config["HELPDESK"]
    config.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    with app.app_context():
        present = present_version()
        if present == head(app):
            return False
        if present is not None and present not in known_versions(app):
            raise BadSetting("The database belongs to a newer version of this program: nothing was changed.")
        with held(config):
            if present is not None:
                back_up(config)
            upgrade(directory=app.extensions["migrate"].directory)
        db.session.remove()
        return present is None


def _scripts(app: Flask) -> ScriptDirectory:
    return ScriptDirectory(app.extensions["migrate"].directory)


def head(app: Flask) -> str | None:
    """The version of the schema that this program needs."""
    return _scripts(app).get_current_head()


def present_version() -> str | None:
    """The version of the database's schema; None if it has none yet."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def known_versions(app: Flask) -> set[str]:
    """Every version of the schema that this program can bring up to date."""
    return {script.revision for script in _scripts(app).walk_revisions()}


@contextmanager
def held(config: Config) -> Iterator[None]:
    """Holds the SQLite instance for a while, so that nobody serves it. Raises AlreadyServed."""
    handle = claim(config)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def back_up(config: Config) -> Path | None:
    """A consistent copy of the SQLite file beside it, the newest few kept; PostgreSQL is its operator's to back up.

    Raises BadSetting when it cannot be written whole.
    """
    source = config.instance / "helpdesk.sqlite"
    if config.database_url or not source.exists():
        return None
    folder = config.instance / "backups"
    target = folder / f"helpdesk-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.sqlite"
    try:
        folder.mkdir(exist_ok=True, mode=0o700)
        snapshot.copy_sqlite(source, target)
    except (OSError, snapshot.NotCopied) as fault:
        with suppress(OSError):
            target.unlink(missing_ok=True)
        raise BadSetting(f"The backup before the upgrade failed, so nothing was changed: {fault}.") from fault
    for old in sorted(folder.glob("helpdesk-*.sqlite"))[:-BACKUPS_KEPT]:
        old.unlink()
    return target


def check(app: Flask) -> None:
    """Raises BadSetting for what must not be served: missing catalogues, demo accounts in production, an old schema.

    Afterwards this process waits for the database as one that serves does.
    """
    config: Config = app.config["HELPDESK"]
    translations = Path(app.config["BABEL_TRANSLATION_DIRECTORIES"])
    missing = [
        code for code in languages.CODES
        if code != languages.DEFAULT and not (translations / code / "LC_MESSAGES" / "messages.mo").is_file()
    ]  # fmt: skip
    if missing:
        raise BadSetting(f"The translations {', '.join(missing)} are missing: run `make translate`.")
    if (config.instance / RESTORING).exists():
        raise BadSetting("A restore was not finished: run `flask restore` again with the same archive.")
    with app.app_context():
        if present_version() != head(app):
            raise BadSetting("The database is not at this version: run `flask prepare` first.")
        demo = db.session.scalar(select(User.id).where(User.origin == "demo").limit(1))
        db.session.remove()
    if demo is not None and not config.demo:
        raise BadSetting("This instance holds demo accounts, whose password everybody knows: start with an empty one.")
    with app.app_context():
        database.wait_briefly(db.engine)


def claim(config: Config) -> int | None:
    """Holds the SQLite instance for this process until it ends. Raises AlreadyServed when another one serves it.

    Two serving processes on one SQLite file would each believe that it holds the only writer's lock.
    """
    if config.database_url:
        return None
    handle = os.open(config.instance / "serving.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise AlreadyServed from None
    return handle


def is_empty(app: Flask) -> bool:
    """Whether the database has the tables but not a single account."""
    with app.app_context():
        empty = inspect(db.engine).has_table("user") and db.session.scalar(select(User.id).limit(1)) is None
        db.session.remove()
        return empty


def listen(app: Flask) -> draining.Server:
    """A server that holds its port and answers nobody yet. Raises BadSetting when the port cannot be had."""
    config: Config = app.config["HELPDESK"]
    # Not app.logger for the errors: its handler writes to the server's own error log, and would write to itself.
    server = draining.Server((config.host, config.port), app, spawn=Pool(CONNECTIONS), log=None)
    try:
        server.init_socket()
    except OSError as fault:
        if fault.errno == errno.EADDRINUSE:
            raise BadSetting(f"Port {config.port} is in use: choose another one, as in PORT=5001.") from fault
        raise BadSetting(f"{config.host}, port {config.port}: {fault.strerror}.") from fault
    return server


def address(server: draining.Server) -> str:
    """Where a browser finds the server."""
    host = server.server_host
    return f"http://{f'[{host}]' if ':' in host else host}:{server.server_port}/"


def begin_work(app: Flask) -> list[gevent.Greenlet]:
    """Starts what a serving process does besides answering."""
    return [janitor.start(app), pieces.start(app), watch.start(app), *work.start(app), *metrics.start(app)]


def end_work(at_work: list[gevent.Greenlet]) -> None:
    """Ends that, so that nobody counts as absent because of the stop, and tells all clients of the chat to come back.

    They hear it before their connections end, so that their pages say what happens instead of that something broke.
    """
    gevent.killall(at_work)
    push.server_stopping()


def serve(server: draining.Server, app: Flask) -> None:
    """Serves until SIGINT or SIGTERM: then takes no new connection, lets the present requests end, and returns."""
    stopping = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, stopping.set)
    server.start()
    at_work = begin_work(app)
    stopping.wait()
    end_work(at_work)
    server.close()
    draining.say_goodbye(app.logger)
    server.stop(timeout=DRAIN_SECONDS)
