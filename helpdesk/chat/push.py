"""Sockets out: tells those who may know what has happened, after it was committed. The only place that emits.

Everybody's sockets are in the room of their own account and nowhere else, so no room name ever comes from a client.
"""

from datetime import UTC, datetime

import gevent
from flask import Flask, current_app

from helpdesk.chat import queries, service
from helpdesk.database import now
from helpdesk.extensions import db, socketio

DESK = "desk"
GATHERED_S = 0.2


def room_of(user_id: int) -> str:
    """The room of one account's sockets."""
    return f"user:{user_id}"


def moment(at: datetime) -> str:
    """A time as the protocol writes it: UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@service.message_said.listen
def _message_said(
    *, to: list[int], chat_id: int, seq: int, client_id: str, author_id: int, author: str, body: str, at: datetime
) -> None:
    said = {
        "chat": chat_id, "seq": seq, "client_id": client_id, "kind": "text", "author_id": author_id, "author": author,
        "body": body, "at": moment(at),
    }  # fmt: skip
    for user_id in to:
        socketio.emit("message:said", said, to=room_of(user_id))


@service.chat_changed.listen
def _chat_changed(*, to: list[int], chat_id: int, what: str, state: str) -> None:
    event = {"claim": "chat:claimed", "end": "chat:ended"}.get(what, "chat:changed")
    for user_id in to:
        socketio.emit(event, {"chat": chat_id, "what": what, "state": state}, to=room_of(user_id))


@service.queue_changed.listen
def _queue_changed() -> None:
    current_app.extensions["places"].change()


def init_app(app: Flask) -> None:
    """Gives the application its teller of places."""
    app.extensions["places"] = Places(app)


def caught_up(sid: str, facts: dict[str, object]) -> None:
    """Tells one socket what was said before it came."""
    socketio.emit("chat:caught_up", facts, to=sid)


def typing_started(user_id: int, *, chat_id: int, author: str) -> None:
    """Tells the other side that somebody is typing."""
    socketio.emit("typing:started", {"chat": chat_id, "author": author}, to=room_of(user_id))


class Places:
    """Tells the desk and everybody in the queue that it has moved; changes that come together are told once."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._pending = False

    def change(self) -> None:
        """Something about the queue or about who is available has changed."""
        if not self._pending:
            self._pending = True
            gevent.spawn_later(GATHERED_S, self._tell)

    def _tell(self) -> None:
        self._pending = False
        socketio.emit("queue:changed", {}, to=DESK)
        with self._app.app_context():
            for member_id, chat_id, standing in queries.standings(at=now()):
                facts = {"chat": chat_id, "place": standing.place, "ahead": standing.ahead, "wait_s": standing.wait_s}
                socketio.emit("queue:moved", facts, to=room_of(member_id))
            db.session.remove()
