"""The key that signs cookies, where no setting gives one: a file in the instance folder. Plain; knows no setting."""

import os
import secrets
from pathlib import Path

NAME = "secret_key"


def read(instance: Path) -> str:
    """The key of this instance; the first one who asks makes it."""
    path = instance / NAME
    if not path.exists():
        _make(path)
    return path.read_text().strip()


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Linked into place when it is whole: of two processes starting at once one makes the key, the other reads it.
    fresh = path.with_name(f"{NAME}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
