"""The one file that a backup is: a ZIP with the database, the files, the key and a manifest that names each of them.

Knows what an archive holds and how it is checked; not where any of it comes from or goes to.
"""

import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

FORMAT = 1
PRODUCT = "helpdesk"
MANIFEST = "manifest.json"
DATABASE, KEY, TOMBSTONES = "database", "secret_key", "tombstones.jsonl"
FILES = "files/"
_NAME = re.compile(rf"{DATABASE}|{KEY}|{re.escape(TOMBSTONES)}|{FILES}[0-9a-f]{{32}}")
_CHUNK = 1024 * 1024


class BadArchive(Exception):
    """The archive cannot be used; the message says why."""


@dataclass(frozen=True)
class Member:
    """What the manifest says of one member: its size in bytes and its SHA-256 in hex."""

    size: int
    sha256: str


@dataclass
class Manifest:
    """What a backup is of. `missing` are keys that rows name and the store had no file for."""

    version: str
    schema: str | None
    database: str
    made_at: str
    members: dict[str, Member] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    format: int = FORMAT
    product: str = PRODUCT

    @property
    def keys(self) -> list[str]:
        """The keys of the files."""
        return [name.removeprefix(FILES) for name in self.members if name.startswith(FILES)]

    @property
    def size(self) -> int:
        """Bytes of all members together."""
        return sum(member.size for member in self.members.values())


class Writer:
    """Puts members into an archive that is being made."""

    def __init__(self, file: IO[bytes], manifest: Manifest) -> None:
        self._zip = zipfile.ZipFile(file, "w", allowZip64=True)
        self._manifest = manifest

    def add(self, name: str, source: Path, *, compressed: bool = False) -> None:
        """Copies a file into the archive, under one of the names above."""
        entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        entry.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with source.open("rb") as file, self._zip.open(entry, "w", force_zip64=True) as member:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                member.write(chunk)
        self._manifest.members[name] = Member(size, digest.hexdigest())

    def close(self) -> None:
        """Writes the manifest, last: an archive without it was not finished."""
        entry = zipfile.ZipInfo(MANIFEST, (1980, 1, 1, 0, 0, 0))
        entry.external_attr = 0o600 << 16
        self._zip.writestr(entry, json.dumps(asdict(self._manifest), indent=1, sort_keys=True))
        self._zip.close()

    def abandon(self) -> None:
        """Lets go of what was not finished; what was is left as it is."""
        with suppress(OSError, ValueError):
            self._zip.close()


@contextmanager
def writing(path: Path, manifest: Manifest, *, folder: Path) -> Iterator[Writer]:
    """An archive that appears under its name when it is whole, durable and checked, and otherwise not at all.

    It is made in a folder on the same file system, whose owner removes it.
    """
    part = folder / "archive.zip"
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        writer = Writer(file, manifest)
        try:
            yield writer
            writer.close()
        finally:
            writer.abandon()
        file.flush()
        os.fsync(file.fileno())
    with reading(part) as archive:
        archive.verify()
    os.rename(part, path)


class Reader:
    """An archive that is read."""

    def __init__(self, file: zipfile.ZipFile, manifest: Manifest) -> None:
        self._zip = file
        self.manifest = manifest

    def verify(self) -> None:
        """Reads every byte. Raises BadArchive unless all that the manifest names is there as it says, and no more."""
        names = self._zip.namelist()
        if len(names) != len(set(names)) or set(names) - {MANIFEST} != set(self.manifest.members):
            raise BadArchive("its members are not those that its manifest names")
        for name, member in self.manifest.members.items():
            digest, size = hashlib.sha256(), 0
            with self.open(name) as file:
                while chunk := _read(file, name):
                    digest.update(chunk)
                    size += len(chunk)
            if Member(size, digest.hexdigest()) != member:
                raise BadArchive(f"{name} is damaged")

    def open(self, name: str) -> IO[bytes]:
        """A member's bytes. Raises BadArchive."""
        try:
            return self._zip.open(name)
        except (zipfile.BadZipFile, KeyError, OSError) as fault:
            raise BadArchive(f"{name} is damaged") from fault


def _read(file: IO[bytes], name: str) -> bytes:
    try:
        return file.read(_CHUNK)
    except (zipfile.BadZipFile, zlib.error, EOFError) as fault:
        raise BadArchive(f"{name} is damaged") from fault


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """An archive with its manifest read; its members are checked by `verify`. Raises BadArchive."""
    try:
        file = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, EOFError) as fault:
        raise BadArchive("it is not a backup, or it is damaged") from fault
    with file:
        yield Reader(file, _manifest(file))


def _manifest(file: zipfile.ZipFile) -> Manifest:
    try:
        told = json.loads(file.read(MANIFEST))
        if told["product"] != PRODUCT:
            raise BadArchive("it is not a backup of this program")
        if told["format"] > FORMAT:
            raise BadArchive("it was made by a newer version of this program")
        members = {name: Member(**facts) for name, facts in told.pop("members").items()}
        manifest = Manifest(members=members, **told)
    except BadArchive:
        raise
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error, EOFError) as fault:
        raise BadArchive("its manifest is missing or damaged") from fault
    if DATABASE not in members or not all(_NAME.fullmatch(name) for name in members):
        raise BadArchive("its manifest names what no backup holds")
    return manifest
