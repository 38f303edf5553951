"""What somebody wants to say, and the one question to the database that tells whether they may."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, FromClause, Integer, Row, Select, String, and_, bindparam, func, select

from helpdesk.accounts import sessions
from helpdesk.accounts.models import User, UserSession
from helpdesk.accounts.person import Person
from helpdesk.chat.models import Chat, ChatMessage
from helpdesk.database import now
from helpdesk.ranks import Role
from helpdesk.refusals import NotSignedIn


@dataclass(frozen=True)
class Wish:
    """What somebody wants to say. `by` is the person as they were when their socket was opened; `admit` is the door's
    gate: it is given the person as they are now, and raises the refusal that keeps them out.
    """

    chat_id: int
    client_id: str
    body: str
    by: Person
    admit: Callable[[Person], None]


_user, _session = User.__table__, UserSession.__table__
_chat, _message = Chat.__table__, ChatMessage.__table__


def _how_it_stands(wished: FromClause, session: Any, chat: Any, client: Any) -> Select[Any]:
    """Who is speaking, how the chat stands, and whether the message is there already; a row for each wish."""
    return select(
        _user.c.id, _user.c.name, _user.c.role, _user.c.rank, _user.c.disabled_at, _session.c.seen_at,
        _session.c.ends_at, _chat.c.id.label("chat_id"), _chat.c.member_id, _chat.c.agent_id, _chat.c.state,
        _chat.c.language, _chat.c.last_seq, _message.c.seq.label("same_seq"), _message.c.at.label("same_at"),
        _message.c.author_id.label("same_author"),
    ).select_from(
        wished.outerjoin(_session, _session.c.id == session)
        .outerjoin(_user, _user.c.id == _session.c.user_id)
        .outerjoin(_chat, _chat.c.id == chat)
        .outerjoin(_message, and_(_message.c.chat_id == _chat.c.id, _message.c.client_id == client))
    )  # fmt: skip


_each = func.json_each(bindparam("wishes")).table_valued("key", "value", name="wished")
_ASK_ALL = _how_it_stands(_each, *(func.json_extract(_each.c.value, f"$[{place}]") for place in range(3)))
_ASK_ALL = _ASK_ALL.order_by(_each.c.key)
_one = select(
    bindparam("session", type_=Integer).label("session"), bindparam("chat", type_=Integer).label("chat"),
    bindparam("client", type_=String).label("client"),
).subquery("wished")  # fmt: skip
_ASK_ONE = _how_it_stands(_one, _one.c.session, _one.c.chat, _one.c.client)
# PostgreSQL lets others write meanwhile: who takes this row first is first. SQLite has one writer, and takes no notice.
_LOCK = select(_chat.c.id).where(_chat.c.id == bindparam("chat")).with_for_update()


def how_they_stand(connection: Connection, wishes: list[Wish]) -> Sequence[Row[Any]]:
    """A row for each wish, in their order. On PostgreSQL there is one, and its chat stays as it is until the end."""
    if connection.dialect.name == "sqlite":
        asked = [(wish.by.session_id, wish.chat_id, wish.client_id) for wish in wishes]
        return connection.execute(_ASK_ALL, {"wishes": json.dumps(asked)}).all()
    (wish,) = wishes
    connection.execute(_LOCK, {"chat": wish.chat_id})
    one = {"session": wish.by.session_id, "chat": wish.chat_id, "client": wish.client_id}
    return connection.execute(_ASK_ONE, one).all()


def speaker(wish: Wish, row: Row[Any]) -> Person:
    """The person as they are now. Raises NotSignedIn when the session is over, or is another person's by now."""
    if row.id != wish.by.id or row.disabled_at is not None:
        raise NotSignedIn()
    role = Role(row.role)
    if sessions.is_over(role, seen_at=row.seen_at, ends_at=row.ends_at, at=now()):
        raise NotSignedIn()
    return replace(wish.by, name=row.name, role=role, rank=row.rank)
