"""Sockets in, as all features take them: one gate, one pace, one way to answer. Knows no feature.

Every event is answered: `{"ok": true, …}` or `{"ok": false, "error": code, …}`. Nothing that a client sends is an
exception in the log, and no client ever names a room.
"""

import logging
from collections.abc import Callable
from functools import partial, wraps

from flask import Flask, request
from flask_login import current_user
from sqlalchemy.exc import OperationalError

from helpdesk import connections
from helpdesk.database import MOST_ID, intend_to_write
from helpdesk.extensions import db, socketio
from helpdesk.pace import Pace
from helpdesk.ranks import Action
from helpdesk.refusals import Busy, Invalid, NotAllowed, NotSignedIn, Refusal, TooMany
from helpdesk.web import gate
from helpdesk.web.gate import Somebody

log = logging.getLogger(__name__)
Facts = dict[str, object]
Handler = Callable[[Facts], Facts]
# Whoever is refused this often for going too fast is no person any more: their socket is cut.
FLOOD = Pace("flood", 200, 600)
FAULT = "fault"
_hot: dict[str, Callable[..., Facts]] = {}


def on(name: str, action: Action, pace: Pace, *, writes: bool = False) -> Callable[[Handler], Callable[..., Facts]]:
    """Registers a handler of an event behind the gate. It is given the event's one object, and answers with facts.

    With `writes` its first query begins a write transaction; it commits itself, as every door does.
    """

    def register(handler: Handler) -> Callable[..., Facts]:
        @wraps(handler)
        def guarded(*payload: object) -> Facts:
            try:
                admit(action, pace)
                if writes:
                    db.session.rollback()
                    intend_to_write()
                return {"ok": True, **handler(the_one(payload))}
            except Exception as fault:
                return refused(fault)

        guarded.requires = action  # type: ignore[attr-defined]
        socketio.on(name)(guarded)
        return guarded

    return register


def hot(name: str, action: Action, pace: Pace) -> Callable[[Callable[..., Facts]], Callable[..., Facts]]:
    """Registers a handler as `on` does, for the one event that comes all the time: nobody makes a request of it first,
    which is more than half of what an event costs.

    Instead of a request it is given the event's object, the socket's person as they were when it was opened, and its
    gate: a function that is to be called with the person as they are now, from the database. It commits itself.
    """

    def register(handler: Callable[..., Facts]) -> Callable[..., Facts]:
        @wraps(handler)
        def guarded(app: Flask, sid: str, *payload: object) -> Facts:
            known = connections.person_of(sid)

            def admit_now(person: Somebody) -> None:
                nonlocal known
                known = person
                _admit(person, sid, action)

            with app.app_context():
                try:
                    if known is None:
                        raise NotSignedIn()
                    pace.keep(known)
                    return {"ok": True, **handler(the_one(payload), known, admit_now)}
                except Exception as fault:
                    return _answer(fault, sid, known)

        guarded.requires = action  # type: ignore[attr-defined]
        _hot[name] = guarded
        return guarded

    return register


def init_app(app: Flask) -> None:
    """Gives the hot handlers to the Socket.IO server that this application has been given."""
    for name, guarded in _hot.items():
        handler = partial(guarded, app)
        handler.requires = guarded.requires  # type: ignore[attr-defined]
        socketio.server.on(name, handler)


def admit(action: Action, pace: Pace) -> None:
    """Raises the refusal that keeps the present person from doing this now. Reads their session's row anew.

    A socket whose person has signed out, or is no longer what they were when it was opened, is cut.
    """
    _admit(current_user, request.sid, action)  # type: ignore[attr-defined]
    pace.keep(current_user)


def _admit(person: Somebody, sid: str, action: Action) -> None:
    gate.check_person(person, action)
    if not connections.is_as_before(sid, person):
        raise NotAllowed()


def refused(fault: Exception) -> Facts:
    """The answer to whoever caused this. What is our own mistake is logged, and told as such."""
    db.session.rollback()
    return _answer(fault, request.sid, current_user)  # type: ignore[attr-defined]


def _answer(fault: Exception, sid: str, person: Somebody | None) -> Facts:
    if isinstance(fault, Refusal):
        _cut_if_it_must_be(fault, sid, person)
        return {"ok": False, "error": fault.code, **fault.params}
    if isinstance(fault, OperationalError):
        log.error("the database did not answer", exc_info=fault)
        return {"ok": False, "error": Busy.code}
    log.error("an event failed", exc_info=fault)
    return {"ok": False, "error": FAULT}


def _cut_if_it_must_be(refusal: Refusal, sid: str, person: Somebody | None) -> None:
    if person is None or isinstance(refusal, NotSignedIn) or not connections.is_as_before(sid, person):
        connections.cut_soon(sid)
    elif isinstance(refusal, TooMany):
        try:
            FLOOD.keep(person)
        except TooMany:
            connections.cut_soon(sid)


def the_one(payload: tuple[object, ...]) -> Facts:
    """The object that an event consists of. Raises Invalid for anything else, and for more or less than one."""
    match payload:
        case (dict() as facts,):
            return facts
    raise Invalid("bad_payload")


def number(facts: Facts, name: str, *, otherwise: int | None = None) -> int:
    """A whole number, as an id or a `seq` is one. Raises Invalid for anything else, as `true`, 1.0 or 10**30."""
    value = facts.get(name, otherwise)
    if type(value) is not int or not 0 <= value <= MOST_ID:
        raise Invalid("bad_payload")
    return value


def yes_or_no(facts: Facts, name: str) -> bool:
    """True or false. Raises Invalid for anything else."""
    value = facts.get(name)
    if not isinstance(value, bool):
        raise Invalid("bad_payload")
    return value


def string(facts: Facts, name: str, *, most: int) -> str:
    """Text that both databases can store. Raises Invalid for anything else, and for more than `most` signs."""
    value = facts.get(name)
    if not isinstance(value, str) or len(value) > most or "\x00" in value:
        raise Invalid("bad_payload")
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a pair of surrogates
        raise Invalid("bad_payload") from None
    return value
