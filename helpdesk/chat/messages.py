"""Messages as rows: one statement that takes the next `seq`, one that stores. Core only.

Order is `seq`, which comes from the chat's own row in the same transaction; a message that was sent before is found by
its `client_id` and answered as it was the first time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from helpdesk.accounts.models import User
from helpdesk.chat.models import Chat, ChatMessage
from helpdesk.extensions import db
from helpdesk.refusals import Invalid

PAGE = 500

_NEXT_SEQ = (
    update(Chat).where(Chat.id == bindparam("chat")).values(last_seq=Chat.last_seq + 1).returning(Chat.last_seq)
).execution_options(synchronize_session=False)
_STORE = insert(ChatMessage)
_SAME = select(ChatMessage.seq, ChatMessage.at, ChatMessage.author_id).where(
    ChatMessage.chat_id == bindparam("chat"), ChatMessage.client_id == bindparam("client")
)
_AFTER = (
    select(
        ChatMessage.seq,
        ChatMessage.client_id,
        ChatMessage.kind,
        ChatMessage.body,
        ChatMessage.at,
        ChatMessage.author_id,
        User.name.label("author"),
    )
    .outerjoin(User, User.id == ChatMessage.author_id)
    .where(ChatMessage.chat_id == bindparam("chat"), ChatMessage.seq > bindparam("after"))
    .order_by(ChatMessage.seq)
    .limit(PAGE)
)


@dataclass(frozen=True)
class Stored:
    """Where a message stands: its `seq` and time. `repeated`: it had been stored before."""

    seq: int
    at: datetime
    repeated: bool


def same(chat_id: int, client_id: str, *, author_id: int) -> Stored | None:
    """The message that was stored with this `client_id`, if there is one. Raises Invalid for another author's."""
    row = db.session.execute(_SAME, {"chat": chat_id, "client": client_id}).first()
    return None if row is None else repeated(row.seq, row.at, row.author_id, by=author_id)


def repeated(seq: int, at: datetime, author_id: int | None, *, by: int) -> Stored:
    """The answer to a `client_id` that is there already. Raises Invalid when it is the other side's.

    To answer "stored" would be untrue: what is there is another text.
    """
    if author_id != by:
        raise Invalid("bad_payload")
    return Stored(seq, at, repeated=True)


def store(
    chat_id: int, body: str, *, author_id: int | None, client_id: str, at: datetime, kind: str = "text"
) -> Stored:
    """Stores a message that is not there yet; `same` tells."""
    seq = db.session.execute(_NEXT_SEQ, {"chat": chat_id}).scalar_one()
    row = {
        "chat_id": chat_id,
        "seq": seq,
        "client_id": client_id,
        "author_id": author_id,
        "kind": kind,
        "body": body,
        "at": at,
    }
    db.session.execute(_STORE, row)
    return Stored(seq, at, repeated=False)


def after(chat_id: int, seq: int) -> Sequence[Row[Any]]:
    """The messages of a chat after `seq`, in order, with their authors' names; at most a page of them."""
    return db.session.execute(_AFTER, {"chat": chat_id, "after": seq}).all()
