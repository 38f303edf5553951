"""What was erased, outside of the database and its backups: replayed after a restore, so that it stays erased.

A line each of JSON with ids, moments and places in texts: never a word of anybody. Knows no table and no request.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

NAME = "tombstones.jsonl"
Tombstone = dict[str, object]
_places: WeakKeyDictionary[Engine, Path] = WeakKeyDictionary()


def use(engine: Engine, instance: Path) -> None:
    """Has the tombstones of this database stand in this folder."""
    _places[engine] = instance / NAME


def add(engine: Engine, *tombstones: Tombstone) -> None:
    """Writes them down, durably, before what they speak of is done: a crash in between erases too much of nothing."""
    path = _places[engine]
    text = "".join(json.dumps(one, separators=(",", ":")) + "\n" for one in tombstones)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, _line_end(path) + text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _line_end(path: Path) -> bytes:
    """What a crash cut short stays a line of its own."""
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return b""
        file.seek(-1, os.SEEK_END)
        return b"" if file.read(1) == b"\n" else b"\n"


def read(engine: Engine) -> Iterator[Tombstone]:
    """All of them, in the order in which they were written. A line that was cut short says nothing."""
    path = _places[engine]
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            yield found
