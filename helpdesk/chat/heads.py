"""The heartbeat of the chats: how far each one is, told to its people when that has changed since the last look.

Everybody is told of a message when it is said; if that was lost on its way, or came to another process, this is how a
page learns that it has to ask. The database is what is told.
"""

import time

import gevent
from flask import Flask

from helpdesk import connections
from helpdesk.chat import presence, push

# One process has told everybody itself already.
ALONE_SECONDS = 20.0
AT_ONCE = 50


class Heads:
    """The heads as they were at the last look. The first one tells them all: something may have been said before it."""

    def __init__(self, app: Flask) -> None:
        config = app.config["HELPDESK"]
        self._every = 0.0 if config.redis_url or config.database_url else ALONE_SECONDS
        self._known: dict[int, int] = {}
        self._looked = 0.0

    def tell(self) -> None:
        """Looks, if it is time, and tells those who are here."""
        if time.monotonic() < self._looked + self._every or not connections.anybody():
            return
        self._looked = time.monotonic()
        known, rows = self._known, list(presence.heads())
        self._known = {row.id: row.last_seq for row in rows}
        over = known.keys() - self._known.keys()
        changed = [row for row in [*rows, *presence.heads(over)] if known.get(row.id) != row.last_seq]
        for number, row in enumerate(changed, start=1):
            people = [one for one in (row.member_id, row.agent_id) if one and connections.is_here(one)]
            push.head(row.id, people, row.last_seq)
            if number % AT_ONCE == 0:
                gevent.sleep(0)  # with many chats nobody else would have a turn meanwhile
