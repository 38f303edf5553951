"""Sockets out: tells those who may know what has happened, after it was committed. The only place that emits.

Everybody's sockets are in the room of their own account and nowhere else, so no room name ever comes from a client.
What happens to a chat goes to all processes, through Redis where there is one. What each process finds out by itself
(places, heads, who is there) goes to its own sockets only.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from flask import current_app

from helpdesk.accounts.person import Person
from helpdesk.chat import service
from helpdesk.extensions import socketio
from helpdesk.notices.service import notices_given, notices_read
from helpdesk.tickets.changes import ticket_changed

DESK = "desk"
HERE = {"ignore_queue": True}


def room_of(user_id: int) -> str:
    """The room of one account's sockets."""
    return f"user:{user_id}"


def moment(at: datetime) -> str:
    """A time as the protocol writes it: UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def join(sid: str, person: Person) -> None:
    """Puts a socket into the rooms of its person."""
    for room in (room_of(person.id), *([DESK] if person.is_agent else [])):
        socketio.server.enter_room(sid, room, namespace="/")


@service.message_said.listen
def _message_said(
    *, to: list[int], chat_id: int, seq: int, client_id: str, author_id: int, author: str, body: str, at: datetime
) -> None:
    said = {
        "chat": chat_id, "seq": seq, "client_id": client_id, "kind": "text", "author_id": author_id, "author": author,
        "body": body, "at": moment(at),
    }  # fmt: skip
    # To all rooms at once: the packet is encoded once, however many sockets it goes to.
    socketio.emit("message:said", said, to=[room_of(user_id) for user_id in to])


@service.chat_changed.listen
def _chat_changed(*, to: list[int], chat_id: int, what: str, state: str) -> None:
    event = {"claim": "chat:claimed", "end": "chat:ended"}.get(what, "chat:changed")
    for user_id in to:
        socketio.emit(event, {"chat": chat_id, "what": what, "state": state}, to=room_of(user_id))


@service.queue_changed.listen
def _queue_changed() -> None:
    current_app.extensions["places"].change()


@ticket_changed.listen
def _ticket_changed(*, ticket_id: int, owner_id: int, what: str) -> None:
    # To the team alone. Its owner's pages ask by themselves, and must not hear of notes and assignments.
    socketio.emit("ticket:changed", {"ticket": ticket_id, "what": what}, to=DESK)


@notices_given.listen
def _notices_given(*, user_ids: list[int]) -> None:
    socketio.emit("notice:given", {}, to=[room_of(user_id) for user_id in user_ids])


@notices_read.listen
def _notices_read(*, user_ids: list[int]) -> None:
    socketio.emit("notice:read", {}, to=[room_of(user_id) for user_id in user_ids])


def caught_up(sid: str, facts: dict[str, object]) -> None:
    """Tells one socket what was said before it came."""
    socketio.emit("chat:caught_up", facts, to=sid, **HERE)


def typing_started(user_id: int, *, chat_id: int, author: str) -> None:
    """Tells the other side that somebody is typing."""
    socketio.emit("typing:started", {"chat": chat_id, "author": author}, to=room_of(user_id))


def queue_changed(*, everywhere: bool) -> None:
    """Tells the desk that the queue is another one; the other processes see it by themselves a little later."""
    socketio.emit("queue:changed", {}, to=DESK, ignore_queue=not everywhere)


def queue_moved(member_id: int, facts: dict[str, object]) -> None:
    """Tells a member where they stand now."""
    socketio.emit("queue:moved", facts, to=room_of(member_id), **HERE)


def presence_changed(agents: int, members: Iterable[int]) -> None:
    """Tells the desk and these members how many agents are available now."""
    for room in (DESK, *map(room_of, members)):
        socketio.emit("presence:changed", {"agents": agents}, to=room, **HERE)


def head(chat_id: int, to: Iterable[int], seq: int) -> None:
    """Tells these people how far a chat is; whoever is not as far asks for the rest."""
    for user_id in to:
        socketio.emit("chat:head", {"chat": chat_id, "head": seq}, to=room_of(user_id), **HERE)


def server_stopping() -> None:
    """Tells everybody here that this process is about to end, and that they should come back."""
    socketio.emit("server:stopping", {}, **HERE)
