"""Tells the desk and everybody in the queue that it has moved: changes that come together are told once.

Each process tells its own people, from the database. What another process has changed is seen at the next look.
"""

from datetime import datetime

import gevent
from flask import Flask

from helpdesk import connections
from helpdesk.chat import presence, push, queries
from helpdesk.chat.opening import hours_now
from helpdesk.database import now
from helpdesk.extensions import db

GATHERED_S = 0.2
Facts = dict[str, object]


class Places:
    """Where everybody stood when they were told the last time, and how many agents there were."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._pending = self._changed_here = False
        self._order: tuple[int, ...] = ()
        self._agents: int | None = None
        self._told: dict[int, Facts] = {}

    def change(self) -> None:
        """Something about the queue or about who is available has been changed by this process."""
        self._changed_here = True
        self._tell_soon()

    def look(self, order: tuple[int, ...], agents: int, came: set[int]) -> None:
        """Compares what the database has now with what was told: the chats in order, and the number of agents.

        Who `came` has a page that may not know where it stands, and is told again.
        """
        for member_id in came:
            self._told.pop(member_id, None)
        if came or order != self._order or agents != self._agents:
            self._tell_soon()

    def _tell_soon(self) -> None:
        if not self._pending:
            self._pending = True
            gevent.spawn_later(GATHERED_S, self._tell)

    def _tell(self) -> None:
        self._pending = False
        try:
            with self._app.app_context():
                self.tell(at=now())
                db.session.remove()
        except Exception:
            # The next look sees that it was not told.
            self._app.logger.exception("The places in the queue could not be told.")

    def tell(self, *, at: datetime) -> None:
        """Tells those for whom something is another one now. Three queries, however many wait."""
        standings, agents = queries.standings(at=at), agents_now(at=at)
        order = tuple(chat_id for _, chat_id, _ in standings)
        if self._changed_here or order != self._order:
            push.queue_changed(everywhere=self._changed_here)
        if agents != self._agents:
            push.presence_changed(agents, [who for who, _, _ in standings if connections.is_here(who)])
        self._order, self._agents, self._changed_here = order, agents, False
        told: dict[int, Facts] = {}
        for member_id, chat_id, standing in standings:
            if connections.is_here(member_id):
                facts = {
                    "chat": chat_id, "place": standing.place, "ahead": standing.ahead, "wait_s": standing.wait_s
                }  # fmt: skip
                if self._told.get(member_id) != facts:
                    push.queue_moved(member_id, facts)
                told[member_id] = facts
        self._told = told


def agents_now(*, at: datetime) -> int:
    """How many agents take chats: none outside the hours."""
    return presence.available(at=at) if hours_now().is_open(at) else 0


def init_app(app: Flask) -> None:
    """Gives the application its places."""
    app.extensions["places"] = Places(app)
