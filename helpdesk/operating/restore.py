"""Brings a backup back into an empty place: checked first, put there whole, brought up to date, and made to forget
those who were erased since.

From the first file on until the last step a mark stands in the instance folder, with which nothing is served: a restore
that was killed is run again, and begins anew.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module, util
from pathlib import Path

from flask import Flask
from sqlalchemy import inspect

from helpdesk import serving
from helpdesk.config import Config
from helpdesk.extensions import db
from helpdesk.files.store import Store
from helpdesk.operating import archive, snapshot
from helpdesk.operating.archive import BadArchive, Manifest, Reader

NEWER = "it was made by a newer version of this program: install that one first"
CreateApp = Callable[[Config], Flask]


@dataclass(frozen=True)
class Restored:
    """What was brought back, and the application that is to serve it. `forgotten` counts who was erased again."""

    app: Flask
    manifest: Manifest
    forgotten: int


class NotEmpty(Exception):
    """There is something already where the backup was to go; the message says what."""


def take(app: Flask, path: Path, *, into: Path | None = None, at: datetime) -> Restored:
    """Restores an archive into the instance of this application, or into another folder.

    Nothing is changed when it raises BadArchive (damaged, newer, of the other kind of database), NotEmpty or BadSetting
    (a server is running there).
    """
    config: Config = app.config["HELPDESK"]
    if into is not None:
        config = replace(config, instance=into)
    with archive.reading(path) as reader:
        _check(app, reader)
        config.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        with serving.held(config):
            again = (config.instance / serving.RESTORING).exists()
            if not again:
                _check_empty(app, config, reader.manifest)
            (config.instance / serving.RESTORING).touch(mode=0o600)
            _put_back(config, reader)
    target = app if into is None else app.extensions["create_app"](config)
    serving.prepare(target)
    forgotten = _replay(target, at)
    (config.instance / serving.RESTORING).unlink()
    return Restored(target, reader.manifest, forgotten)


def _check(app: Flask, reader: Reader) -> None:
    """Raises BadArchive for what this program and its database cannot take; reads every byte of the archive."""
    manifest, kind = reader.manifest, "postgresql" if app.config["HELPDESK"].database_url else "sqlite"
    if manifest.schema is not None and manifest.schema not in serving.known_versions(app):
        raise BadArchive(NEWER)
    if manifest.database != kind:
        raise BadArchive(f"it is of a {manifest.database} database, and this one is {kind}: see DATABASE_URL")
    reader.verify()


def _check_empty(app: Flask, config: Config, manifest: Manifest) -> None:
    if _has_tables(app, config):
        raise NotEmpty(f"{_place(config)} has a database already. Restore into a new folder, or move that one away.")
    if Store(config.instance.absolute() / "files").kept_keys() - set(manifest.keys):
        raise NotEmpty(f"{config.instance}/files has files of another desk. Restore into a new folder.")


def _has_tables(app: Flask, config: Config) -> bool:
    if not config.database_url:
        file = config.instance / "helpdesk.sqlite"
        return file.exists() and file.stat().st_size > 0
    with app.app_context():
        return bool(inspect(db.engine).get_table_names())


def _place(config: Config) -> str:
    return "The database of DATABASE_URL" if config.database_url else str(config.instance)


def _put_back(config: Config, reader: Reader) -> None:
    """The files first and the database last, as in a running desk: no row is ever without its file."""
    store = Store(config.instance.absolute() / "files", group_reads=bool(config.x_accel))
    for key in reader.manifest.keys:
        with reader.open(archive.FILES + key) as stream:
            store.bring_back(key, stream)
    if archive.KEY in reader.manifest.members:
        _write(reader, archive.KEY, config.instance / archive.KEY)
    if archive.TOMBSTONES in reader.manifest.members:
        _add_tombstones(reader, config.instance / archive.TOMBSTONES)
    copy = config.instance / "database.restoring"
    _write(reader, archive.DATABASE, copy)
    os.sync()  # many small files: all at once
    if config.database_url:
        snapshot.program(
            "pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", "--clean",
            "--if-exists", "--dbname=", str(copy), address=config.database,
        )  # fmt: skip
        copy.unlink()
    else:
        for beside in ("-wal", "-shm"):
            (config.instance / f"helpdesk.sqlite{beside}").unlink(missing_ok=True)
        os.rename(copy, config.instance / "helpdesk.sqlite")
        snapshot.flush(config.instance)


def _write(reader: Reader, name: str, target: Path) -> None:
    target.unlink(missing_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "wb") as file, reader.open(name) as stream:
        shutil.copyfileobj(stream, file)
        file.flush()
        os.fsync(file.fileno())


def _add_tombstones(reader: Reader, target: Path) -> None:
    """Those of the archive and those that are here: whoever was erased before or since stays erased."""
    here = target.read_bytes().splitlines() if target.exists() else []
    with reader.open(archive.TOMBSTONES) as stream:
        lines = list(dict.fromkeys([*stream.read().splitlines(), *here]))
    fresh = target.with_suffix(".restoring")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(b"".join(line + b"\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
    os.rename(fresh, target)


def _replay(app: Flask, at: datetime) -> int:
    """Erases again those who were erased after the backup was made; how many."""
    if util.find_spec("helpdesk.privacy") is None or util.find_spec("helpdesk.privacy.service") is None:
        return 0
    service = import_module("helpdesk.privacy.service")
    replay = getattr(service, "replay_tombstones", None)
    if replay is None:
        return 0
    with app.app_context():
        return int(replay(at=at) or 0)
