"""Upgrades copies of a database, each in a process of its own that ends itself with SIGKILL at one statement.

Reads lines of `instance database_url statement`; prints the number of statements that were begun, or `killed`, of each.
"""

import os
import signal
import sys
from pathlib import Path

from sqlalchemy import Engine, event

from helpdesk import create_app, serving
from helpdesk.config import Config


def upgrade(instance: str, address: str, last: int) -> None:
    """Brings one database to this version, or dies at its statement number `last`."""
    begun = 0

    @event.listens_for(Engine, "before_cursor_execute")
    def _count(*_arguments: object) -> None:
        nonlocal begun
        begun += 1
        if begun == last:
            os.kill(os.getpid(), signal.SIGKILL)

    app = create_app(
        Config(instance=Path(instance), secret_key="k" * 8 + instance[-40:].rjust(40, "x"), database_url=address)
    )
    begun = 0
    serving.prepare(app)
    print(begun, flush=True)


for line in sys.stdin:
    where, database, number = line.split(" ")
    if (child := os.fork()) == 0:
        upgrade(where, database, int(number))
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL:
        print("killed", flush=True)
