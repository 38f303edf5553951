"""Keeps kept files readable for as long as a backup copies them, whatever is deleted meanwhile. Knows no row.

Each gets a second name (a hard link) in a folder of the backup's own; where the file system knows no links, a copy.
"""

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .store import Store


class Held:
    """The files that one backup holds: key by key, each once."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store, self._folder = store, folder
        self.keys: set[str] = set()
        self.missing: set[str] = set()

    def add(self, keys: Iterable[str]) -> None:
        """Holds these too. What the store does not have is put down as missing, until a later call finds it."""
        for key in set(keys) - self.keys:
            source, target = self._store.path(key), self.path(key)
            try:
                os.link(source, target)
            except FileNotFoundError:
                self.missing.add(key)
                continue
            except OSError:
                shutil.copyfile(source, target)
            self.keys.add(key)
            self.missing.discard(key)

    def drop_all_but(self, keys: set[str]) -> None:
        """Lets go of what turned out to be deleted before the moment of the backup."""
        for key in self.keys - keys:
            self.path(key).unlink()
        self.keys &= keys
        self.missing &= keys

    def path(self, key: str) -> Path:
        """Where a held file can be read."""
        return self._folder / key


@contextmanager
def holding(store: Store) -> Iterator[Held]:
    """Somewhere to hold files, gone at the end. What a killed backup leaves is swept with what was staged."""
    folder = store.held / secrets.token_hex(8)
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield Held(store, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
