"""Sockets in: the protocol of docs/chat-protocol.md. Each handler passes the gate, looks up, acts, commits, answers."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from flask import current_app, request
from flask_login import current_user
from flask_socketio import ConnectionRefusedError
from sqlalchemy import Row
from werkzeug.exceptions import SecurityError

from helpdesk import connections
from helpdesk.accounts import queries as accounts
from helpdesk.accounts.person import Person
from helpdesk.chat import messages, paces, push, queries, queue, service
from helpdesk.chat.models import Chat
from helpdesk.chat.queue import State, Verb
from helpdesk.chat.wishes import Wish
from helpdesk.database import now
from helpdesk.extensions import db, socketio
from helpdesk.ranks import Action
from helpdesk.refusals import Invalid, NotAllowed, Refusal
from helpdesk.web import gate
from helpdesk.web.events import Facts, admit, hot, number, on, refused, string, yes_or_no
from helpdesk.web.forms import many_lines

# In JSON a sign has up to twelve bytes. A client that had to take more than its outbox holds (web/outbox.py) would be
# sent away at each try to come back.
ANSWER_SIGNS = 40_000


def connect(auth: object = None) -> None:
    """Lets in whoever may talk, and catches them up. Refuses with the refusal's code."""
    try:
        if isinstance(request.routing_exception, SecurityError):
            raise NotAllowed()  # a host name that is not ours, as for pages
        gate.check(Action.TALK)
        paces.CONNECT.keep(current_user)
        told = _catch_up(auth) if isinstance(auth, dict) and auth.get("chat") is not None else None
    except Exception as fault:
        raise _refusal(fault) from None
    sid = request.sid  # type: ignore[attr-defined]
    push.join(sid, _person())
    connections.arrived(sid, _person())
    if told is not None:
        push.caught_up(sid, told)


connect.requires = Action.TALK  # type: ignore[attr-defined]
socketio.on("connect")(connect)


def _refusal(fault: Exception) -> ConnectionRefusedError:
    """What the client reads as `message` and, where there is more to say, as `data`."""
    answer = refused(fault)
    more = {name: value for name, value in answer.items() if name not in {"ok", "error"}}
    return ConnectionRefusedError(answer["error"], *([more] if more else []))


@socketio.on("disconnect")
def disconnected(reason: object = None) -> None:
    """Forgets the socket; whether its person is gone, time will tell."""
    connections.gone(request.sid)  # type: ignore[attr-defined]


disconnected.requires = Action.SEE_START  # type: ignore[attr-defined]


@socketio.on("*")
def unknown(event: str, *payload: object) -> Facts:
    """An event that is none of ours is answered too."""
    try:
        admit(Action.TALK, paces.UNKNOWN)
        raise Invalid("unknown_event")
    except Refusal as refusal:
        return refused(refusal)


unknown.requires = Action.TALK  # type: ignore[attr-defined]


@on("chat:catch_up", Action.TALK, paces.CATCH_UP)
def catch_up(facts: Facts) -> Facts:
    """What was said after `after`: asked on a gap, and when the tab is looked at again."""
    return _catch_up(facts)


@hot("message:say", Action.TALK, paces.SAY)
def say(facts: Facts, by: Person, admit: Callable[[Person], None]) -> Facts:
    """Says something; the same `client_id` again answers as the first time. The way from here on is saying.py."""
    client_id, body = string(facts, "client_id", most=36), string(facts, "body", most=paces.SIGNS)
    if not re.fullmatch(service.CLIENT_ID, client_id):
        raise Invalid("bad_payload")
    wish = Wish(number(facts, "chat"), client_id, many_lines(body), by, admit)
    stored = current_app.extensions["saying"].say(wish)
    return {"seq": stored.seq, "at": push.moment(stored.at)}


@on("typing:start", Action.TALK, paces.TYPING)
def typing(facts: Facts) -> Facts:
    """Tells the other side that somebody is typing; nothing of it is stored. Only who may speak may type."""
    chat = _chat(facts)
    queue.after(State(chat.state), service.party_of(chat, current_user), Verb.SAY)
    for user_id in service.people_of(chat):
        if user_id != current_user.id:
            push.typing_started(user_id, chat_id=chat.id, author=current_user.name)
    return {}


@on("chat:end", Action.TALK, paces.VERB, writes=True)
def end(facts: Facts) -> Facts:
    """The member or the chat's agent ends it."""
    service.end(_chat(facts), by=_person(), at=now())
    db.session.commit()
    return {}


@on("chat:claim", Action.WORK_DESK, paces.VERB, writes=True)
def claim(facts: Facts) -> Facts:
    """An agent accepts a waiting chat; the loser's answer names the winner."""
    service.claim(_chat(facts), by=_person(), at=now())
    db.session.commit()
    return {}


@on("chat:hand_off", Action.WORK_DESK, paces.VERB, writes=True)
def hand_off(facts: Facts) -> Facts:
    """Gives the agent's chat back to the front of the queue."""
    service.hand_back(_chat(facts), by=_person(), at=now())
    db.session.commit()
    return {}


@on("chat:transfer", Action.WORK_DESK, paces.VERB, writes=True)
def transfer(facts: Facts) -> Facts:
    """Hands the chat to the agent with the id `to`."""
    service.transfer(_chat(facts), accounts.agent(number(facts, "to")), by=_person(), at=now())
    db.session.commit()
    return {}


@on("desk:available", Action.WORK_DESK, paces.VERB, writes=True)
def available(facts: Facts) -> Facts:
    """Whether this agent takes chats now."""
    service.set_available(_person(), yes_or_no(facts, "available"), at=now())
    db.session.commit()
    return {}


def _person() -> Person:
    return current_user._get_current_object()  # type: ignore[no-any-return]


def _chat(facts: Facts) -> Chat:
    return queries.visible_chat(_person(), number(facts, "chat"))


def _catch_up(asked: Facts) -> Facts:
    chat = _chat(asked)
    rows = messages.after(chat.id, number(asked, "after", otherwise=0))
    said = [
        {
            "seq": row.seq, "client_id": row.client_id, "kind": row.kind, "author_id": row.author_id,
            "author": row.author, "body": row.body, "at": push.moment(row.at),
        }
        for row in _one_answer(rows)
    ]  # fmt: skip
    return {"chat": chat.id, "messages": said, "head": chat.last_seq, "state": chat.state}


def _one_answer(rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """As many as are sent at once, at least one; the client asks again until it has come to the head."""
    signs = 0
    for place, row in enumerate(rows):
        signs += len(row.body)
        if place and signs > ANSWER_SIGNS:
            return rows[:place]
    return rows
