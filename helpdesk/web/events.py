"""Sockets in, as all features take them: one gate, one pace, one way to answer. Knows no feature.

Every event is answered: `{"ok": true, …}` or `{"ok": false, "error": code, …}`. Nothing that a client sends is an
exception in the log, and no client ever names a room.
"""

import logging
from collections.abc import Callable
from functools import wraps

from flask import request
from flask_login import current_user
from sqlalchemy.exc import OperationalError

from helpdesk import connections
from helpdesk.database import MOST_ID, intend_to_write
from helpdesk.extensions import db, socketio
from helpdesk.pace import Pace
from helpdesk.ranks import Action
from helpdesk.refusals import Busy, Invalid, NotAllowed, NotSignedIn, Refusal, TooMany
from helpdesk.web import gate

log = logging.getLogger(__name__)
Facts = dict[str, object]
Handler = Callable[[Facts], Facts]
# Whoever is refused this often for going too fast is no person any more: their socket is cut.
FLOOD = Pace("flood", 200, 600)
FAULT = "fault"


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


def admit(action: Action, pace: Pace) -> None:
    """Raises the refusal that keeps the present person from doing this now. Reads their session's row anew.

    A socket whose person has signed out, or is no longer what they were when it was opened, is cut.
    """
    gate.check(action)
    if not connections.is_as_before(request.sid, current_user):  # type: ignore[attr-defined]
        raise NotAllowed()
    pace.keep(current_user)


def refused(fault: Exception) -> Facts:
    """The answer to whoever caused this. What is our own mistake is logged, and told as such."""
    db.session.rollback()
    if isinstance(fault, Refusal):
        _cut_if_it_must_be(fault)
        return {"ok": False, "error": fault.code, **fault.params}
    if isinstance(fault, OperationalError):
        log.error("the database did not answer", exc_info=fault)
        return {"ok": False, "error": Busy.code}
    log.error("an event failed", exc_info=fault)
    return {"ok": False, "error": FAULT}


def _cut_if_it_must_be(refusal: Refusal) -> None:
    sid = request.sid  # type: ignore[attr-defined]
    if isinstance(refusal, NotSignedIn) or not connections.is_as_before(sid, current_user):
        connections.cut_soon(sid)
    elif isinstance(refusal, TooMany):
        try:
            FLOOD.keep(current_user)
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
    if any("\ud800" <= sign <= "\udfff" for sign in value):
        raise Invalid("bad_payload")
    return value
