"""Sockets in: the protocol of docs/chat-protocol.md. Each handler passes the gate, looks up, acts, commits, answers."""

import re
from collections.abc import Callable
from functools import wraps

from flask import request
from flask_login import current_user
from flask_socketio import ConnectionRefusedError, disconnect, join_room
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from helpdesk.accounts import queries as accounts
from helpdesk.chat import messages, push, queries, service, watch
from helpdesk.chat.models import Chat
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db, socketio
from helpdesk.ranks import Action
from helpdesk.refusals import Invalid, NotSignedIn, Refusal, TooMany
from helpdesk.web import gate
from helpdesk.web.forms import many_lines

Answer = dict[str, object]
CLIENT_ID = re.compile(r"[0-9A-Za-z-]{8,36}")
PACE = parse("20 per 10 second")
_pace = MovingWindowRateLimiter(MemoryStorage())


def on(name: str, action: Action) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Registers a handler behind the gate. Its answer is the ack: facts, or the code of a refusal."""

    def register(handler: Callable[..., Answer]) -> Callable[..., Answer]:
        @wraps(handler)
        def guarded(payload: object = None) -> Answer:
            try:
                gate.check(action)
                if not _pace.hit(PACE, f"person {current_user.id}"):
                    raise TooMany("chat_too_fast")
                return {"ok": True, **handler(payload if isinstance(payload, dict) else {})}
            except NotSignedIn as refusal:
                disconnect()
                return {"ok": False, "error": refusal.code}
            except Refusal as refusal:
                db.session.rollback()
                return {"ok": False, "error": refusal.code, **refusal.params}

        guarded.requires = action  # type: ignore[attr-defined]
        return socketio.on(name)(guarded) or guarded

    return register


def connect(auth: object = None) -> None:
    """Lets in whoever may chat or work at the desk, and catches them up. Refuses with the refusal's code."""
    action = Action.WORK_DESK if getattr(current_user, "is_agent", False) else Action.OPEN_CHAT
    try:
        gate.check(action)
        told = _catch_up(auth if isinstance(auth, dict) else {})
    except Refusal as refusal:
        raise ConnectionRefusedError(refusal.code) from None
    join_room(push.room_of(current_user.id))
    if current_user.is_agent:
        join_room(push.DESK)
    watch.arrived(request.sid, current_user)
    if told is not None:
        push.caught_up(request.sid, told)


connect.requires = Action.OPEN_CHAT  # type: ignore[attr-defined]
socketio.on("connect")(connect)


@socketio.on("disconnect")
def disconnected(reason: object = None) -> None:
    """Forgets the socket; whether its person is gone, time will tell."""
    watch.gone(request.sid)


disconnected.requires = Action.SEE_START  # type: ignore[attr-defined]


@on("chat:catch_up", Action.SEE_START)
def catch_up(payload: dict[str, object]) -> Answer:
    """What was said after `after`: asked on a gap, and when the tab is looked at again."""
    return _catch_up(payload) or {}


@on("message:say", Action.SEE_START)
def say(payload: dict[str, object]) -> Answer:
    """Says something; the same `client_id` again answers as the first time."""
    client_id, body = payload.get("client_id"), payload.get("body")
    if not isinstance(client_id, str) or not CLIENT_ID.fullmatch(client_id) or not isinstance(body, str):
        raise Invalid("bad_payload")
    intend_to_write()
    stored = service.say(_chat(payload), many_lines(body), client_id=client_id, by=_person(), at=now())
    db.session.commit()
    return {"seq": stored.seq, "at": push.moment(stored.at)}


@on("typing:start", Action.SEE_START)
def typing(payload: dict[str, object]) -> Answer:
    """Tells the other side that somebody is typing; nothing of it is stored."""
    chat = _chat(payload)
    other = chat.agent_id if chat.member_id == current_user.id else chat.member_id
    if other is not None and current_user.id in (chat.member_id, chat.agent_id):
        push.typing_started(other, chat_id=chat.id, author=current_user.name)
    return {}


@on("chat:end", Action.SEE_START)
def end(payload: dict[str, object]) -> Answer:
    """The member or the chat's agent ends it."""
    intend_to_write()
    service.end(_chat(payload), by=_person(), at=now())
    db.session.commit()
    return {}


@on("chat:claim", Action.WORK_DESK)
def claim(payload: dict[str, object]) -> Answer:
    """An agent accepts a waiting chat; the loser's answer names the winner."""
    intend_to_write()
    service.claim(_chat(payload), by=_person(), at=now())
    db.session.commit()
    return {}


@on("chat:transfer", Action.WORK_DESK)
def transfer(payload: dict[str, object]) -> Answer:
    """Hands the chat to the agent with the id `to`, or back to the front of the queue."""
    intend_to_write()
    chat, to = _chat(payload), payload.get("to")
    if to is None:
        service.hand_back(chat, by=_person(), at=now())
    else:
        service.transfer(chat, accounts.agent(_number(to)), by=_person(), at=now())
    db.session.commit()
    return {}


@on("desk:available", Action.WORK_DESK)
def available(payload: dict[str, object]) -> Answer:
    """Whether this agent takes chats now."""
    intend_to_write()
    service.set_available(_person(), payload.get("available") is True, at=now())
    db.session.commit()
    return {}


def _person():  # type: ignore[no-untyped-def]
    return current_user._get_current_object()


def _chat(payload: dict[str, object]) -> Chat:
    return queries.visible_chat(_person(), _number(payload.get("chat")))


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise Invalid("bad_payload")
    return value


def _catch_up(asked: dict[str, object]) -> Answer | None:
    if asked.get("chat") is None:
        return None
    chat = _chat(asked)
    rows = messages.after(chat.id, _number(asked.get("after", 0)))
    said = [
        {
            "seq": row.seq, "client_id": row.client_id, "kind": row.kind, "author_id": row.author_id,
            "author": row.author, "body": row.body, "at": push.moment(row.at),
        }
        for row in rows
    ]  # fmt: skip
    return {"chat": chat.id, "messages": said, "head": chat.last_seq, "state": chat.state}
