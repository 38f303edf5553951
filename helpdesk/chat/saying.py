"""The hot path of a chat: what somebody says, from their socket to a committed row and to everybody who may see it.

One event comes all the time, and costs more than all others together: so it is plain Core, without a session's objects.
One question (wishes.py) reads anew who speaks and how the chat stands; the rules are those of every other way in.

On SQLite a commit waits for the disk. All that is said while one is being made is asked, written and committed together
with the next one: many messages share one wait, and a single one waits for nobody. Around PostgreSQL several processes
may serve: there each message is a transaction of its own, made where it is said. Nothing is answered or told before its
commit.
"""

import logging
from dataclasses import dataclass
from typing import Any

import gevent
from flask import Flask
from gevent.event import AsyncResult
from sqlalchemy import Connection, Row, bindparam, func, insert, update

from helpdesk.accounts.person import Person
from helpdesk.chat import detect, service
from helpdesk.chat.messages import Stored, repeated
from helpdesk.chat.models import Chat, ChatMessage
from helpdesk.chat.wishes import Wish, how_they_stand, speaker
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.refusals import NotFound, Refusal

log = logging.getLogger(__name__)
_chat, _message = Chat.__table__, ChatMessage.__table__
_COUNT = (
    update(_chat)
    .where(_chat.c.id == bindparam("chat"))
    .values(last_seq=bindparam("seq"), language=func.coalesce(_chat.c.language, bindparam("recognised")))
)
_STORE = insert(_message)


@dataclass(frozen=True)
class Done:
    """A message that is stored; `facts` are for those who are told of it, None if they have been told before."""

    stored: Stored
    facts: dict[str, Any] | None = None


Waiting = tuple[Wish, "AsyncResult[Done]"]


class Alone:
    """Each message in a transaction of its own, made where it is said."""

    def say(self, wish: Wish) -> Stored:
        """Says something, once for each `client_id`; returns when it is committed. Raises the desk's refusals."""
        done = _by_itself(wish)
        if isinstance(done, Exception):
            raise done
        _tell(done)
        return done.stored


class Together:
    """One transaction for all who speak at the same time (see above). Made for one process on SQLite."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._waiting: list[Waiting] = []

    def say(self, wish: Wish) -> Stored:
        """As Alone's."""
        answer: AsyncResult[Done] = AsyncResult()
        self._waiting.append((wish, answer))
        if len(self._waiting) == 1:
            gevent.spawn(self._write)
        return answer.get().stored

    def _write(self) -> None:
        taken: list[Waiting] = []
        with self._app.app_context():
            intend_to_write()
            try:
                with db.engine.begin() as connection:
                    taken = self._take()  # not before the lock is held: who comes while it is waited for is in time
                    outcomes = _Transaction(connection).say([wish for wish, _ in taken])
            except Exception as fault:
                # Nothing is committed. By itself each one shows whether it was to blame; if none was asked, none is.
                one_by_one = len(taken) > 1
                taken = taken or self._take()
                outcomes = [_by_itself(wish) if one_by_one else fault for wish, _ in taken]
            _answer(taken, outcomes)

    def _take(self) -> list[Waiting]:
        taken, self._waiting = self._waiting, []
        return taken


def init_app(app: Flask) -> None:
    """Gives the application the way of saying that its database wants."""
    with app.app_context():
        embedded = db.engine.dialect.name == "sqlite"
    app.extensions["saying"] = Together(app) if embedded else Alone()


def _by_itself(wish: Wish) -> Done | Exception:
    """What comes of one message in a transaction of its own."""
    try:
        with db.engine.begin() as connection:
            return _Transaction(connection).say([wish])[0]
    except Exception as fault:
        return fault


def _answer(taken: list[Waiting], outcomes: list[Done | Exception]) -> None:
    """Lets everybody go on, in the order in which they spoke, and tells the others."""
    for (_, answer), outcome in zip(taken, outcomes, strict=True):
        if isinstance(outcome, Done):
            answer.set(outcome)
        else:
            answer.set_exception(outcome)
    for outcome in outcomes:
        if isinstance(outcome, Done):
            _tell(outcome)


def _tell(done: Done) -> None:
    """Tells those who may see it. Whoever misses it sees a gap and asks; the message is stored all the same."""
    if done.facts is not None:
        try:
            service.message_said.tell(**done.facts)
        except Exception:
            log.exception("a message was stored, and not told")


class _Transaction:
    """The messages of one transaction: each asks the rules, and all are written by two statements at the end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: dict[tuple[int, str], dict[str, Any]] = {}
        self._chats: dict[int, dict[str, Any]] = {}

    def say(self, wishes: list[Wish]) -> list[Done | Exception]:
        """What came of each wish, if the transaction is then committed. A refusal is only one's own."""
        outcomes: list[Done | Exception] = []
        for wish, row in zip(wishes, how_they_stand(self._connection, wishes), strict=True):
            try:
                outcomes.append(self._say(wish, row))
            except Refusal as refusal:
                outcomes.append(refusal)
        if self._rows:
            self._connection.execute(_STORE, list(self._rows.values()))
            self._connection.execute(_COUNT, list(self._chats.values()))
        return outcomes

    def _say(self, wish: Wish, row: Row[Any]) -> Done:
        person = speaker(wish, row)
        wish.admit(person)
        if row.chat_id is None or not (person.is_agent or row.member_id == person.id):
            raise NotFound()
        if row.same_seq is not None:
            return Done(repeated(row.same_seq, row.same_at, row.same_author, by=person.id))
        if (same := self._rows.get((wish.chat_id, wish.client_id))) is not None:
            return Done(repeated(same["seq"], same["at"], same["author_id"], by=person.id))
        service.check_saying(row, wish.body, by=person)
        return self._note(wish, person, row)

    def _note(self, wish: Wish, person: Person, row: Row[Any]) -> Done:
        before = self._chats.get(wish.chat_id) or {"seq": row.last_seq, "recognised": None}
        seq, recognised, at = before["seq"] + 1, before["recognised"], now()
        if recognised is None and service.may_tell_language(row, seq, by=person):
            recognised = detect.detect(wish.body)
        self._chats[wish.chat_id] = {"chat": wish.chat_id, "seq": seq, "recognised": recognised}
        self._rows[wish.chat_id, wish.client_id] = {
            "chat_id": wish.chat_id, "seq": seq, "client_id": wish.client_id, "author_id": person.id, "kind": "text",
            "body": wish.body, "at": at,
        }  # fmt: skip
        facts = {
            "to": service.people_of(row), "chat_id": wish.chat_id, "seq": seq, "client_id": wish.client_id,
            "author_id": person.id, "author": person.name, "body": wish.body, "at": at,
        }  # fmt: skip
        return Done(Stored(seq, at, repeated=False), facts)
