"""Goes round every few seconds: cuts sockets whose session has ended, notices who is there and who has gone away.

A round reads a little, and writes only when there is something to write.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import gevent
from flask import Flask
from sqlalchemy import Row

from helpdesk import connections
from helpdesk.chat import impatience, places, presence, queue, service
from helpdesk.chat.heads import Heads
from helpdesk.chat.impatience import Late
from helpdesk.chat.models import Chat
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.refusals import WrongState

# A session that ends is noticed at the next round: within 5 seconds (trust.md, G8).
EVERY_SECONDS = 4.0
# Sockets that are looked at in one go: with thousands of them nobody else would have a turn for a tenth of a second.
AT_ONCE = 100


@dataclass(frozen=True)
class Found:
    """What a round has found that is to be written: ids of chats and of agents."""

    waiting_here: list[int]
    agents_here: list[int]
    agents_closed: list[int]
    waiting_absent: list[int]
    late: list[Late]
    without_agent: bool
    forgotten: bool

    def __bool__(self) -> bool:
        return any(vars(self).values())


class Watch:
    """The rounds of one process. Nobody counts as absent before `began`: while no server ran, nobody could be there."""

    def __init__(self, app: Flask, *, began: datetime) -> None:
        self._app = app
        self._began = began
        self._heads = Heads(app)
        # Who has been told of, so that no round writes for nothing.
        self._told: set[Late] = set()

    def keep_going(self) -> None:
        """Goes round until the greenlet is killed. A failure is logged and tried again."""
        while True:
            gevent.sleep(EVERY_SECONDS)
            try:
                self.go_round(at=now())
            except Exception:
                self._app.logger.exception("Watching the chat failed; it is tried again.")

    def go_round(self, *, at: datetime) -> None:
        """One round at the moment `at`."""
        with self._app.app_context():
            cut_ended(at)
            connections.cut_strangers()
            found = self._look(at)
            if found:
                intend_to_write()
                db.session.rollback()
                self._write(found, at)
                db.session.commit()
                db.session.remove()
        with self._app.app_context():
            self._heads.tell()
            order = tuple(row.id for row in presence.waiting())
            agents = places.agents_now(at=at)
            db.session.remove()
            self._app.extensions["places"].look(order, agents, connections.take_arrived())

    def _look(self, at: datetime) -> Found:
        people = connections.open_now().values()
        members = {person.id for person in people if not person.is_agent}
        team = {person.id for person in people if person.is_agent}
        left = {one.person_id for one in connections.take_left()}
        seen_before, agents, waiting = at - presence.SEEN_EVERY, presence.agents(), presence.waiting()
        return Found(
            [
                row.id
                for row in waiting
                if row.member_id in left or (row.member_id in members and row.seen_at < seen_before)
            ],
            [one for one in team if one not in agents or agents[one].seen_at < seen_before or _has_closed(agents[one])],
            [one for one in left if one in agents],
            [row.id for row in waiting if row.member_id not in members | left and self._is_gone(row.seen_at, at)],
            self._late(at) if waiting else [],
            self._looks_since(at, presence.AGENT_GONE) and bool(presence.without_agent(at - presence.AGENT_GONE)),
            self._looks_since(at, presence.AVAILABLE_FOR)
            and any(row.available and row.seen_at < at - presence.AVAILABLE_FOR for row in agents.values()),
        )

    def _late(self, at: datetime) -> list[Late]:
        found = impatience.late(at=at, minutes=self._app.config["HELPDESK"].chat_wait_minutes)
        self._told.intersection_update(found)
        untold = [one for one in found if one not in self._told]
        return untold if untold and presence.available(at=at) else []

    def _is_gone(self, seen_at: datetime, at: datetime) -> bool:
        return queue.is_gone(max(seen_at, self._began), at)

    def _looks_since(self, at: datetime, patience: timedelta) -> bool:
        """Whether this process has been looking for as long as that."""
        return self._began < at - patience

    def _write(self, found: Found, at: datetime) -> None:
        presence.see_waiting(found.waiting_here, at=at)
        presence.see_agents(found.agents_here, at=at)
        presence.close_agents(found.agents_closed, at=at)
        if found.late and impatience.tell(found.late, at=at):
            self._told.update(found.late)
        if found.forgotten:
            presence.forget_available(before=at - presence.AVAILABLE_FOR)
        # Asked again inside this transaction: somebody may have come back, or another process has been quicker.
        for chat in presence.still_absent(found.waiting_absent, before=at - queue.ABSENCE):
            with suppress(WrongState):
                service.leave(chat, by=None, at=at)
        if found.without_agent:
            for chat_id in presence.without_agent(at - presence.AGENT_GONE):
                with suppress(WrongState):
                    service.hand_back(db.session.get_one(Chat, chat_id), by=None, at=at)


def _has_closed(agent: Row[Any]) -> bool:
    return agent.left_at is not None and agent.left_at >= agent.seen_at


def cut_ended(at: datetime) -> None:
    """Closes the sockets of sessions that have ended, of disabled accounts, and of whom another role or rank has.

    The page of somebody whose rank has changed asks anew, and passes the gate or does not.
    """
    sockets = list(connections.open_now().items())
    for start in range(0, len(sockets), AT_ONCE):
        some = sockets[start : start + AT_ONCE]
        present = presence.signed_in({person.session_id for _, person in some}, at=at)
        for sid, person in some:
            if present.get(person.session_id) != (person.id, person.role.value, person.rank):
                connections.cut(sid)
        gevent.sleep(0)


def start(app: Flask) -> gevent.Greenlet:
    """Goes round every few seconds, until the greenlet is killed."""
    return gevent.spawn(Watch(app, began=now()).keep_going)
