"""A copy of the database at one moment, made while others write, and which files its rows name at that moment.

Commits stand still only for the moment in which the files are held; the copy is then made in peace, of that moment.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.dialects import sqlite as sqlite_dialect

from helpdesk.files.queries import KEYS

# How long the copy waits for its turn among those who write.
WAIT_SECONDS = 20
VERSION = "SELECT version_num FROM alembic_version"
Hold = Callable[[set[str]], None]


class NotCopied(Exception):
    """The database could not be copied; the message says why."""


def copy_sqlite(source: Path, target: Path, hold: Hold | None = None) -> str | None:
    """Copies an SQLite file that may be written meanwhile, whole and checked; the version of its schema.

    `hold` is called with the keys of the files that the copy names, while nobody can commit. Raises NotCopied.
    """
    try:
        with (
            closing(_connect(source)) as reader,
            closing(_connect(source)) as writer,
            closing(sqlite3.connect(target)) as copy,
        ):
            target.chmod(0o600)
            if hold is not None:
                writer.execute("BEGIN IMMEDIATE")
            reader.execute("BEGIN")
            version = _version(reader)  # the first read decides of which moment the copy is
            if hold is not None:
                hold(_keys(reader.execute(str(KEYS.compile(dialect=sqlite_dialect.dialect()))).fetchall()))
                writer.execute("ROLLBACK")
            reader.backup(copy)
            found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise NotCopied(f"SQLite finds the database damaged: {found}")
    except sqlite3.Error as fault:
        raise NotCopied(f"{fault}") from fault
    flush(target)
    return version


def _connect(source: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{source.absolute().as_uri()}?mode=rw", uri=True, timeout=WAIT_SECONDS, isolation_level=None
    )


def _version(connection: sqlite3.Connection) -> str | None:
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone() is None:
        return None
    row = connection.execute(VERSION).fetchone()
    return row[0] if row else None


def _keys(rows: object) -> set[str]:
    return {key for row in rows for key in row if key is not None}  # type: ignore[attr-defined]


def flush(path: Path) -> None:
    """Makes a file's bytes, or a folder's names, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy_postgresql(engine: Engine, address: str, target: Path, hold: Hold) -> str | None:
    """Writes what pg_dump makes of a PostgreSQL database at one moment; the version of its schema. Raises NotCopied."""
    with engine.connect() as blocker, engine.connect().execution_options(isolation_level="REPEATABLE READ") as reader:
        blocker.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
        blocker.exec_driver_sql("LOCK TABLE stored_file IN SHARE MODE")
        moment = reader.scalar(select(func.pg_export_snapshot()))
        hold(_keys(reader.execute(KEYS).all()))
        blocker.rollback()
        version = reader.exec_driver_sql(VERSION).scalar()
        program(
            "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}", f"--file={target}",
            address=address,
        )  # fmt: skip
    target.chmod(0o600)
    flush(target)
    return version


def program(name: str, *arguments: str, address: str) -> None:
    """Runs one of PostgreSQL's programs at a database, without its password on the command line. Raises NotCopied."""
    path = shutil.which(name)
    if path is None:
        raise NotCopied(f"{name} is not installed: install PostgreSQL's client programs (Debian: postgresql-client)")
    done = subprocess.run(
        [path, *arguments], capture_output=True, text=True, env={**os.environ, **_environment(address)}
    )
    if done.returncode != 0:
        raise NotCopied(f"{name} failed: {done.stderr.strip().splitlines()[-1:] or done.returncode}")


def _environment(address: str) -> Mapping[str, str]:
    """The address in libpq's own variables, which no other user of the machine can read."""
    from psycopg.conninfo import conninfo_to_dict  # only installed where PostgreSQL is used

    names = {
        "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "dbname": "PGDATABASE", "password": "PGPASSWORD",
        "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "connect_timeout": "PGCONNECT_TIMEOUT",
    }  # fmt: skip
    given = conninfo_to_dict(address.replace("+psycopg", "", 1))
    return {names[name]: str(value) for name, value in given.items() if name in names}
