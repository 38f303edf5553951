"""What is done with files: receive, stage, remove, claim, sweep. Knows no request and never commits.

Receiving is slow (disk, child process) and touches no database: a door does it before its first query, or after a
rollback. What was received and then not staged is given back with `discard`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import column, func, select, table

from helpdesk.announce import Announcement, announce
from helpdesk.extensions import db
from helpdesk.refusals import Invalid, NotFound, WrongState

from . import images, policy, queries
from .models import StoredFile
from .policy import Kind, Limits
from .store import Readable, Staged, Store

files_removed = Announcement("files_removed")

# Named only, as models.py does: this feature needs nothing of a person but the row that stands for them.
_user = table("user", column("id"))


class Person(Protocol):
    """Who acts."""

    @property
    def id(self) -> int: ...


@dataclass(frozen=True)
class Prepared:
    """A file that has passed every check and is in the store, and has no row yet."""

    name: str
    kind: Kind
    size: int
    sha256: str
    key: str
    limits: Limits
    view_key: str | None = None
    thumb_key: str | None = None
    width: int | None = None
    height: int | None = None


def receive(stream: Readable, filename: str, *, store: Store, limits: Limits) -> Prepared:
    """Takes one file in. Slow; no database. Raises Invalid with `name` (policy.py, images.py says why), or Busy."""
    name = policy.display_name(filename)
    try:
        staged = store.receive(stream, limits.max_bytes)
        try:
            kind = policy.check_name_and_head(name, staged.head, staged.size, limits)
            return (_picture if kind.is_image else _plain)(name, kind, staged, store, limits)
        finally:
            store.drop(staged.path)
    except Invalid as refusal:
        raise Invalid(refusal.code, **{**refusal.params, "name": name}) from None


def discard(prepared: Prepared, *, store: Store) -> None:
    """Gives back what was received and then refused a place."""
    for key in (prepared.key, prepared.view_key, prepared.thumb_key):
        if key is not None:
            store.discard(key)


def check_room(submission: str, *, by: Person, limits: Limits, size: int = 0, name: str = "") -> None:
    """Whether one more file fits, as of now. `stage` asks again; doors ask first, to spare the slow part.

    Raises Invalid: files_too_many, files_too_large, files_no_room.
    """
    files, submission_bytes = db.session.execute(
        select(func.count(), func.coalesce(func.sum(StoredFile.size), 0)).where(
            StoredFile.owner_id == by.id, StoredFile.submission == submission, StoredFile.message_id.is_(None)
        )
    ).one()
    owner_bytes = db.session.scalar(
        select(func.coalesce(func.sum(StoredFile.size), 0)).where(StoredFile.owner_id == by.id)
    )
    policy.check_room(
        limits, name=name, size=size, files=files, submission_bytes=submission_bytes, owner_bytes=owner_bytes or 0
    )


def stage(prepared: Prepared, *, submission: str, by: Person) -> StoredFile:
    """Puts a received file to the form it was sent with. Raises Invalid as `check_room` does; then discard it."""
    # Counting and adding must be one step: SQLite's writers come one by one, PostgreSQL's wait for the owner's row.
    db.session.execute(select(_user.c.id).where(_user.c.id == by.id).with_for_update())
    check_room(submission, by=by, limits=prepared.limits, size=prepared.size, name=prepared.name)
    file = StoredFile(
        owner_id=by.id, submission=submission, name=prepared.name, media_type=prepared.kind.media_type,
        kind=prepared.kind.name, size=prepared.size, sha256=prepared.sha256, key=prepared.key,
        view_key=prepared.view_key, thumb_key=prepared.thumb_key, width=prepared.width, height=prepared.height,
    )  # fmt: skip
    db.session.add(file)
    db.session.flush()
    return file


def remove(file: StoredFile, *, by: Person) -> None:
    """Takes a staged file out again: the row now, its bytes after the commit. Raises NotFound, WrongState."""
    if file.owner_id != by.id:
        raise NotFound
    if file.message_id is not None:
        raise WrongState
    announce(files_removed, about=file, keys=file.keys)
    db.session.delete(file)
    db.session.flush()


def purge(files: Iterable[StoredFile]) -> None:
    """Takes files away wherever they belong: the rows now, their bytes after the commit. The caller knows why."""
    for file in files:
        announce(files_removed, about=file, keys=file.keys)
        db.session.delete(file)
    db.session.flush()


def claim(submission: str, *, message_id: int, by: Person) -> list[StoredFile]:
    """Makes all that this person has staged with this form part of the message that the form has become."""
    files = queries.staged(by.id, submission)
    for file in files:
        file.message_id = message_id
    db.session.flush()
    return files


def sweep(*, older_than: datetime) -> int:
    """Removes what was staged before that moment and never sent; returns how many. Their bytes go after the commit."""
    forgotten = select(StoredFile).where(StoredFile.message_id.is_(None), StoredFile.created_at < older_than)
    files = list(db.session.scalars(forgotten))
    purge(files)
    return len(files)


def sweep_store(*, store: Store, older_than: datetime) -> int:
    """Deletes bytes that no row names and that are older than that moment: left by a crash before a commit."""
    return store.sweep(older_than, queries.known_keys())


def _plain(name: str, kind: Kind, staged: Staged, store: Store, limits: Limits) -> Prepared:
    return Prepared(name, kind, staged.size, staged.sha256, store.keep(staged.path), limits)


def _picture(name: str, kind: Kind, staged: Staged, store: Store, limits: Limits) -> Prepared:
    made = images.recode(staged.path, kind, store.staging_path(), limits)
    keys: dict[Path, str] = {}
    try:
        for path in made.paths:
            keys[path] = store.keep(path)
    except BaseException:
        for key in keys.values():
            store.discard(key)
        for path in made.paths:
            store.drop(path)
        raise
    return Prepared(
        name, kind, made.size, made.sha256, keys[made.full], limits,
        view_key=keys.get(made.view) if made.view else None, thumb_key=keys[made.thumb],
        width=made.width, height=made.height,
    )  # fmt: skip
