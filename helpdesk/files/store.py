"""Where the bytes of files live: a folder of randomly named files. The only module that touches file storage.

A file is written under `staging/`, made durable and renamed to `store/ab/cd/<key>` before any row names it, so that no
row is ever without its file. What no row names is swept later. Knows nothing of names, kinds, owners or the database.
"""

import errno
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from helpdesk.refusals import Busy, Invalid, NotFound

from .policy import HEAD_BYTES

_CHUNK = 256 * 1024
_GIB = 1024**3
_KEY = re.compile(r"[0-9a-f]{32}")
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Readable(Protocol):
    """Anything bytes can be read from."""

    def read(self, size: int, /) -> bytes: ...


class Space(NamedTuple):
    """Bytes of a disk: all, and those still free."""

    total: int
    free: int


@dataclass(frozen=True)
class Staged:
    """A file that has arrived: where it is, its size in bytes, its SHA-256 in hex, and its first bytes."""

    path: Path
    size: int
    sha256: str
    head: bytes


class Store:
    """One folder of files, on one file system, for this process alone."""

    def __init__(
        self, root: Path, *, free_space: Callable[[Path], Space] | None = None, group_reads: bool = False
    ) -> None:
        """With `group_reads` the folder's group may read what is kept, as a front server that sends it has to."""
        self.root, self._group_reads = root, group_reads
        self._staging = root / "staging"
        self._kept = root / "store"
        self.held = root / "held"  # what backups hold while they copy (holding.py); nothing else is there
        self._free_space = free_space or _disk_space
        for folder in (root, self._staging, self._kept):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if group_reads:
            root.chmod(0o710)
            self._kept.chmod(0o750)

    def receive(self, stream: Readable, max_bytes: int) -> Staged:
        """Writes a stream to staging. Raises Invalid (file_too_large) at the first byte too many, Busy (disk_full)."""
        self._check_space()
        path = self.staging_path()
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                return _copy(stream, file, path, max_bytes)
        except BaseException as error:
            path.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.errno in _DISK_FULL:
                raise Busy("disk_full") from error
            raise

    def staging_path(self) -> Path:
        """A name in staging that nobody has; nothing is created."""
        return self._staging / secrets.token_hex(16)

    def keep(self, path: Path) -> str:
        """Moves a staged file, durably, to where it stays, and returns its key. Raises Busy (disk_full)."""
        key = secrets.token_hex(16)
        target = self.path(key)
        try:
            _flush(path)
            self._make_way(path, target)
            os.rename(path, target)
            for folder in (target.parent, target.parent.parent, self._kept):
                _flush(folder)
        except OSError as error:
            if error.errno in _DISK_FULL:
                raise Busy("disk_full") from error
            raise
        return key

    def bring_back(self, key: str, stream: Readable) -> None:
        """Writes a file of a backup under the key that it had; whoever brings many back makes them durable at once."""
        path, target = self.staging_path(), self.path(key)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            shutil.copyfileobj(stream, file, _CHUNK)
        self._make_way(path, target)
        os.rename(path, target)

    def _make_way(self, path: Path, target: Path) -> None:
        """Makes the folders above the place of a file; whoever may read it can, whatever the umask is."""
        for folder in (target.parent.parent, target.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
            if self._group_reads:
                folder.chmod(0o750)
        if self._group_reads:
            path.chmod(0o640)

    def kept_keys(self) -> set[str]:
        """Every key under which something is kept."""
        return {path.name for path in self._kept.glob("??/??/*")}

    def open(self, key: str) -> BinaryIO:
        """The bytes of a kept file, to be closed by the caller. Raises NotFound."""
        try:
            return self.path(key).open("rb")
        except FileNotFoundError:
            raise NotFound from None

    def size(self, key: str) -> int:
        """How many bytes a kept file has. Raises NotFound."""
        try:
            return self.path(key).stat().st_size
        except FileNotFoundError:
            raise NotFound from None

    def path(self, key: str) -> Path:
        """Where a kept file is, or would be. Raises NotFound for what is not a key: no path is ever made of it."""
        return self._kept / self.place(key)

    def place(self, key: str) -> str:
        """The same below the store's folder, as a front server that sends the bytes for us asks for it."""
        if not _KEY.fullmatch(key):
            raise NotFound
        return f"{key[:2]}/{key[2:4]}/{key}"

    def discard(self, key: str) -> None:
        """Deletes a kept file; one that is gone already is fine."""
        self.path(key).unlink(missing_ok=True)

    def drop(self, path: Path) -> None:
        """Deletes a staged file; one that is gone already is fine."""
        if path.parent != self._staging:
            raise ValueError("not a staged file")
        path.unlink(missing_ok=True)

    def sweep(self, older_than: datetime, known_keys: Container[str]) -> int:
        """Deletes what was last written before that moment and is staged, or kept under a key that is not known."""
        swept = 0
        for path in self._files():
            unknown = path.parent == self._staging or path.name not in known_keys
            if unknown and path.stat().st_mtime < older_than.timestamp():
                path.unlink(missing_ok=True)
                swept += 1
        for folder in self.held.glob("*"):  # of a backup that was killed
            if folder.stat().st_mtime < older_than.timestamp():
                shutil.rmtree(folder, ignore_errors=True)
        return swept

    def _check_space(self) -> None:
        space = self._free_space(self.root)
        if space.free < min(space.total // 10, _GIB):
            raise Busy("disk_full")

    def _files(self) -> Iterator[Path]:
        yield from self._staging.iterdir()
        yield from self._kept.glob("??/??/*")


def _disk_space(root: Path) -> Space:
    usage = shutil.disk_usage(root)
    return Space(usage.total, usage.free)


def _copy(stream: Readable, file: BinaryIO, path: Path, max_bytes: int) -> Staged:
    digest, size, head = hashlib.sha256(), 0, b""
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > max_bytes:
            raise Invalid("file_too_large", size=max_bytes)
        if len(head) < HEAD_BYTES:
            head = (head + chunk)[:HEAD_BYTES]
        digest.update(chunk)
        file.write(chunk)
        time.sleep(0)  # lets other greenlets run: hashing and writing a large file would hold them all up
    return Staged(path, size, digest.hexdigest(), head)


def _flush(path: Path) -> None:
    """Makes a file's bytes, or a folder's names, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
