"""The form of the log: one line of JSON a record for machines, plain text for a developer's terminal.

A record holds when, how bad, from where and what, and of a request which one, whose and at which door. What people
wrote is in none: a fault of the database tells its kind and not its values.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

from flask import Flask
from flask.logging import default_handler
from sqlalchemy.exc import DBAPIError

from helpdesk.config import Config
from helpdesk.web import journal

LONGEST = 500
SERVERS = ("gunicorn.error", "gunicorn.access")


class Lines(logging.Formatter):
    """One line of ASCII a record, whatever stands in it: what is no plain sign is escaped."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z",
            "level": record.levelname.lower(),
            "from": record.name,
            "says": record.getMessage()[:LONGEST],
            **journal.facts(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line |= _fault(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True, default=str)


def _fault(fault: BaseException) -> dict[str, object]:
    """What happened and where, innermost last; without the values of a statement, which may be somebody's words."""
    told = fault.orig if isinstance(fault, DBAPIError) and fault.orig is not None else fault
    words = str(told).splitlines()[:1] if isinstance(fault, DBAPIError) else [str(told)]
    frames = traceback.extract_tb(fault.__traceback__)[-12:]
    return {
        "fault": f"{type(told).__name__}: {''.join(words)[:LONGEST]}",
        "Traceback": [
            f"{frame.filename.rsplit('/site-packages/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames
        ],
    }


def wanted(config: Config) -> str:
    """`json` or `text`: as it is set, otherwise by who reads."""
    return config.log or ("text" if sys.stderr.isatty() else "json")


def use(app: Flask) -> None:
    """Gives the log of this process its form. Nothing changes where a developer's terminal reads it."""
    if wanted(app.config["HELPDESK"]) == "text":
        return
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    app.logger.removeHandler(default_handler)
    logging.getLogger().handlers[:] = [handler]
    for name in ("helpdesk.requests", "helpdesk.security"):
        logging.getLogger(name).setLevel(logging.INFO)
    for name in SERVERS:
        for theirs in logging.getLogger(name).handlers:
            theirs.setFormatter(handler.formatter)
