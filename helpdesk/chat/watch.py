"""Who is there: remembers open sockets, cuts those whose session has ended, and notices who has gone away."""

from collections import defaultdict
from datetime import datetime

import gevent
from flask import Flask
from sqlalchemy import select, update

from helpdesk.accounts.models import User, UserSession
from helpdesk.accounts.person import Person
from helpdesk.chat import queries, queue, service
from helpdesk.chat.models import AgentPresence, Chat
from helpdesk.chat.queue import State
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db, socketio

# A session that ends is noticed at the next round: within 5 seconds (trust.md, G8).
EVERY_SECONDS = 4

_sockets: dict[str, Person] = {}


def arrived(sid: str, person: Person) -> None:
    """A socket of this person is open."""
    _sockets[sid] = person._get_current_object() if hasattr(person, "_get_current_object") else person


def gone(sid: str) -> None:
    """A socket has closed."""
    _sockets.pop(sid, None)


def start(app: Flask) -> gevent.Greenlet:
    """Goes round every few seconds, until the greenlet is killed. A failure is logged and tried again."""
    return gevent.spawn(_keep_watching, app)


def _keep_watching(app: Flask) -> None:
    while True:
        gevent.sleep(EVERY_SECONDS)
        try:
            go_round(app, at=now())
        except Exception:
            app.logger.exception("Watching the chat failed; it is tried again.")


def go_round(app: Flask, *, at: datetime) -> None:
    """One round at the moment `at`."""
    with app.app_context():
        _cut_ended(app)
        intend_to_write()
        db.session.rollback()
        _remember_present(at)
        _give_up_absent(at)
        db.session.commit()
        db.session.remove()


def _cut_ended(app: Flask) -> None:
    """Closes the sockets of sessions that have ended, of disabled accounts and of those who may no longer chat."""
    if not _sockets:
        return
    sessions = {person.session_id for person in _sockets.values()}
    rows = db.session.execute(
        select(UserSession.id, User.role, User.rank, User.disabled_at)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.id.in_(sessions))
    )
    present = {row.id: (row.role, row.rank) for row in rows if row.disabled_at is None}
    for sid, person in list(_sockets.items()):
        if present.get(person.session_id) != (person.role.value, person.rank):
            # A changed rank or role is cut too: the page asks anew and passes, or does not pass, the gate.
            _cut(sid)


def _cut(sid: str) -> None:
    """Ends the connection itself: Socket.IO's own disconnect only says goodbye and leaves it open."""
    gone(sid)
    transport = socketio.server.eio.sockets.get(socketio.server.manager.eio_sid_from_sid(sid, "/"))
    if transport is not None:
        transport.close(wait=False)


def _remember_present(at: datetime) -> None:
    """Whoever has an open socket is there."""
    by_kind: dict[bool, set[int]] = defaultdict(set)
    for person in _sockets.values():
        by_kind[person.is_agent].add(person.id)
    if by_kind[False]:
        waiting = Chat.state == State.WAITING.value
        db.session.execute(update(Chat).where(waiting, Chat.member_id.in_(by_kind[False])).values(seen_at=at))
    if by_kind[True]:
        db.session.execute(update(AgentPresence).where(AgentPresence.agent_id.in_(by_kind[True])).values(seen_at=at))


def _give_up_absent(at: datetime) -> None:
    """Waiting members who have been away for too long have left; chats of absent agents go back to the queue."""
    for chat in db.session.scalars(select(Chat).where(Chat.state == State.WAITING.value)):
        if queue.is_gone(chat.seen_at, at):
            service.leave(chat, by=None, at=at)
    absent = (
        select(Chat)
        .join(AgentPresence, AgentPresence.agent_id == Chat.agent_id)
        .where(Chat.state == State.ACTIVE.value, AgentPresence.seen_at < at - queries.AGENT_GONE)
    )
    for chat in list(db.session.scalars(absent)):
        service.hand_back(chat, by=None, at=at)
