"""Who has been waiting in the queue for too long, and that everybody who takes chats is told of it, once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from helpdesk.chat import presence
from helpdesk.chat.models import Chat, ChatMessage
from helpdesk.chat.queue import State
from helpdesk.extensions import db
from helpdesk.mail import outbox
from helpdesk.notices import service as notices

KIND = "agent_chat_waiting"
# The wait of a chat that was handed back or resumed begins anew with the line that says so.
_LAST_LINE = (
    select(func.max(ChatMessage.seq))
    .where(ChatMessage.chat_id == Chat.id, ChatMessage.kind == "system")
    .correlate(Chat)
    .scalar_subquery()
)
_BEGAN = (
    select(ChatMessage.at).where(ChatMessage.chat_id == Chat.id, ChatMessage.seq == _LAST_LINE).scalar_subquery()
)  # fmt: skip
_LATE = select(Chat.id, Chat.member_id, func.coalesce(_LAST_LINE, 0).label("line")).where(
    Chat.state == State.WAITING.value
)


@dataclass(frozen=True)
class Late:
    """A chat that has been waiting for too long, and with which of its lines the wait began."""

    chat_id: int
    member_id: int
    line: int


def late(*, at: datetime, minutes: int) -> list[Late]:
    """The chats that wait for longer than so many minutes; with 0 there are none."""
    if not minutes:
        return []
    since = func.coalesce(_BEGAN, Chat.began_at)
    rows = _LATE.where(since < at - timedelta(minutes=minutes)).order_by(Chat.place, Chat.id)
    return [Late(*row) for row in db.session.execute(rows)]


def tell(found: list[Late], *, at: datetime) -> bool:
    """Tells everybody who takes chats now, by the bell and by mail. False if there is nobody to tell."""
    agents = presence.available_agents(at=at)
    for one in found:
        key = f"chat_waiting:{one.chat_id}:{one.line}"
        notices.give(KIND, to=agents, key=key, at=at, chat_id=one.chat_id, actor_id=one.member_id)
        outbox.put_all(KIND, to=agents, facts={"chat": one.chat_id}, key=key, at=at)
    return bool(agents)


def settle(chat: Chat, *, at: datetime) -> None:
    """Nobody waits in this chat any more: what was told of it is read."""
    notices.settle(KIND, chat_id=chat.id, at=at)
