"""Which sockets are open in this process, and whose they are. Memory only: what must last is in the database."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import gevent

from helpdesk.extensions import socketio

if TYPE_CHECKING:
    from helpdesk.accounts.person import Person

# More pages than anybody looks at. With one more the oldest is told to go, for the newest is being looked at.
MOST_A_PERSON = 20
# A connection that has become no Socket.IO client by then, or was refused, is of no use to anybody.
JOIN_SECONDS = 20.0


@dataclass(frozen=True)
class Left:
    """Somebody's last socket in this process has closed: the account's id, and whether it was one of the team."""

    person_id: int
    is_agent: bool


_people: dict[str, "Person"] = {}
_of_person: dict[int, dict[str, None]] = {}
_left: set[Left] = set()
_arrived: set[int] = set()
_strangers: dict[str, float] = {}


def arrived(sid: str, person: "Person") -> None:
    """A socket of this person is open. Their oldest one has to go when they have too many."""
    _people[sid] = person
    own = _of_person.setdefault(person.id, {})
    own[sid] = None
    _arrived.add(person.id)
    if len(own) > MOST_A_PERSON:
        send_away(next(iter(own)))


def gone(sid: str) -> None:
    """A socket has closed."""
    person = _people.pop(sid, None)
    if person is None:
        return
    own = _of_person[person.id]
    del own[sid]
    if not own:
        del _of_person[person.id]
        _left.add(Left(person.id, person.is_agent))


def person_of(sid: str) -> "Person | None":
    """Whose socket this is, as they were when it was opened; None once it has been cut."""
    return _people.get(sid)


def open_now() -> dict[str, "Person"]:
    """The person of each open socket, as they were when it was opened."""
    return dict(_people)


def anybody() -> bool:
    """Whether any socket is open."""
    return bool(_people)


def is_here(person_id: int) -> bool:
    """Whether this person has an open socket in this process."""
    return person_id in _of_person


def take_left() -> set[Left]:
    """Who has closed their last socket since this was asked the last time, and has not come back."""
    left = {one for one in _left if one.person_id not in _of_person}
    _left.clear()
    return left


def take_arrived() -> set[int]:
    """Who has opened a socket since this was asked the last time."""
    arrived_now = set(_arrived)
    _arrived.clear()
    return arrived_now


def is_as_before(sid: str, person: "Person") -> bool:
    """Whether the socket's person still is who they were when it was opened: same session, role and rank."""
    before = _people.get(sid)
    return before is not None and _identity(before) == _identity(person)


def _identity(person: "Person") -> tuple[object, ...]:
    return person.id, person.session_id, person.role, person.rank


def cut(sid: str) -> None:
    """Ends the connection itself: Socket.IO's own disconnect only says goodbye and leaves it open."""
    server = socketio.server
    eio_sid = server.manager.eio_sid_from_sid(sid, "/")
    gone(sid)
    transport = server.eio.sockets.get(eio_sid)
    if transport is not None:
        transport.close(wait=False)
    elif eio_sid is not None:
        server.disconnect(sid, namespace="/", ignore_queue=True)


def cut_person(person_id: int) -> None:
    """Ends this person's connections in this process; the others end theirs at their next round (chat/watch.py)."""
    for sid in list(_of_person.get(person_id, ())):
        cut_soon(sid)


def cut_soon(sid: str) -> None:
    """Ends the connection once the answer that is being given has been put on its way."""
    gevent.spawn(cut, sid)


def send_away(sid: str) -> None:
    """Says goodbye in Socket.IO's words first, after which the official client does not come back by itself."""
    gone(sid)
    gevent.spawn(_say_goodbye, sid)


def _say_goodbye(sid: str) -> None:
    server = socketio.server
    transport = server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, "/"))
    server.disconnect(sid, namespace="/", ignore_queue=True)
    if transport is not None:
        transport.close(wait=False)


def cut_strangers() -> None:
    """Ends connections that have not become Socket.IO clients, or were refused, and stay all the same."""
    server, at = socketio.server, time.monotonic()
    unknown = {sid for sid in server.eio.sockets if server.manager.sid_from_eio_sid(sid, "/") is None}
    for sid in _strangers.keys() - unknown:
        del _strangers[sid]
    for sid in unknown:
        if at - _strangers.setdefault(sid, at) > JOIN_SECONDS and (transport := server.eio.sockets.get(sid)):
            transport.close(wait=False)
