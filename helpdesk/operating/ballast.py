"""A file that only takes up room: when the disk is full it is given up, so that the database can be written once more.

On a full disk not even deleting works, because deleting is written down first. What is given up lasts for mails, chats
and what time deletes until somebody makes room; uploads have stopped long before.
"""

import logging
import os
import shutil
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from helpdesk.config import Config
from helpdesk.database import is_full

log = logging.getLogger(__name__)
MOST_BYTES = 32 * 1024 * 1024


def place(config: Config) -> Path:
    """Where it lies."""
    return config.instance / "ballast.bin"


def keep(config: Config) -> None:
    """Has it lie there again, once a fifth of the disk is free. On PostgreSQL there is nothing here to be kept open."""
    path, usage = place(config), shutil.disk_usage(config.instance)
    if config.database_url or path.exists() or usage.free < usage.total // 5:
        return
    fresh = path.with_suffix(".making")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            os.posix_fallocate(file.fileno(), 0, min(MOST_BYTES, usage.total // 20))
        os.rename(fresh, path)
    except OSError:  # a limit of this process, or no room after all
        fresh.unlink(missing_ok=True)


def watch(engine: Engine, config: Config) -> None:
    """Gives it up as soon as this database says that the disk is full."""

    @event.listens_for(engine, "handle_error")
    def _let_go(context: ExceptionContext) -> None:
        if is_full(context.original_exception) and place(config).exists():
            with suppress(OSError):
                place(config).unlink()
            log.error("The disk is full. Its ballast was given up: make room now.")
