"""The file of a copy: a ZIP below the instance folder, readable by the desk alone. Knows paths, not what is in it."""

import os
import shutil
import time
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from helpdesk.refusals import Busy, NotFound

FOLDER = "exports"
UNFINISHED = ".part"
CHUNK = 256 * 1024
GIB = 1024**3


def path(instance: Path, token: str) -> Path:
    return instance / FOLDER / f"{token}.zip"


@contextmanager
def writing(target: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, to be written; in its place only when it is whole. Raises Busy (disk_full)."""
    target.parent.mkdir(mode=0o700, exist_ok=True)
    space = shutil.disk_usage(target.parent)
    if space.free < min(space.total // 10, GIB):
        raise Busy("disk_full")
    part = target.with_name(target.name + UNFINISHED)
    part.unlink(missing_ok=True)
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                yield archive
            file.flush()
            os.fsync(file.fileno())
        os.rename(part, target)
    finally:
        part.unlink(missing_ok=True)


def copy(source: BinaryIO, archive: zipfile.ZipFile, name: str) -> None:
    """Puts a file into the archive as it is, in small pieces between which pages have their turn."""
    entry = zipfile.ZipInfo(name, time.gmtime()[:6])
    entry.external_attr = 0o600 << 16
    with archive.open(entry, "w") as target:
        while chunk := source.read(CHUNK):
            target.write(chunk)
            time.sleep(0)


def read(target: Path) -> BinaryIO:
    """The archive's bytes, to be closed by the caller. Raises NotFound."""
    try:
        return target.open("rb")
    except FileNotFoundError:
        raise NotFound from None


def sweep(instance: Path, wanted: Collection[str]) -> None:
    """Deletes every archive that is not one of these tokens', whole or begun."""
    for found in (instance / FOLDER).glob("*"):
        if found.name.split(".")[0] not in wanted:
            found.unlink(missing_ok=True)
