"""Makes a backup while the desk serves: the database of one moment, and every file that its rows name."""

import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask

from helpdesk.config import Config
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.files import queries
from helpdesk.files.holding import Held, holding
from helpdesk.files.store import Store
from helpdesk.operating import archive, snapshot
from helpdesk.operating.archive import Manifest
from helpdesk.version import VERSION

# The folder in which a backup is made, beside where it goes; one that was killed leaves it to the next.
UNFINISHED = ".backup-"
FORGOTTEN_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Made:
    """A backup that is whole and checked."""

    path: Path
    manifest: Manifest


def default_path(config: Config, at: datetime) -> Path:
    """Where a backup goes whose operator names no place."""
    return config.instance / "backups" / f"helpdesk-{at:%Y%m%d-%H%M%S}.zip"


def make(app: Flask, path: Path) -> Made:
    """Writes a backup; others may write meanwhile. Raises NotCopied, BadArchive, OSError; then nothing is left."""
    config: Config = app.config["HELPDESK"]
    store: Store = app.config["FILES_STORE"]
    manifest = Manifest(VERSION, None, "postgresql" if config.database_url else "sqlite", f"{now():%Y-%m-%dT%H:%M:%SZ}")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(path.parent)
    with (
        tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=path.parent) as folder,
        holding(store) as held,
        archive.writing(path, manifest, folder=Path(folder)) as writer,
    ):
        copy = Path(folder) / "database"
        manifest.schema = _copy(app, copy, held)
        manifest.missing = sorted(held.missing)
        writer.add(archive.DATABASE, copy, compressed=not config.database_url)
        copy.unlink()
        for name in (archive.KEY, archive.TOMBSTONES):
            if (config.instance / name).exists():
                writer.add(name, config.instance / name)
        for key in sorted(held.keys):
            writer.add(archive.FILES + key, held.path(key))
    snapshot.flush(path.parent)
    return Made(path, manifest)


def _sweep(folder: Path) -> None:
    """Removes what a backup that was killed a day ago has left."""
    for left in folder.glob(f"{UNFINISHED}*"):
        if left.stat().st_mtime < now().timestamp() - FORGOTTEN_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def _copy(app: Flask, target: Path, held: Held) -> str | None:
    """Copies the database and holds its files; the version of its schema."""
    config: Config = app.config["HELPDESK"]

    def hold(keys: set[str]) -> None:
        held.add(keys)
        held.drop_all_but(keys)

    with app.app_context():
        # Nearly all of them before the moment at which nobody can commit: then only the newest are left to do.
        held.add(queries.known_keys())
        db.session.remove()
        if config.database_url:
            return snapshot.copy_postgresql(db.engine, config.database, target, hold)
        return snapshot.copy_sqlite(config.instance / "helpdesk.sqlite", target, hold)
