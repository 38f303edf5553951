"""Tables of the live chat: the chat, its messages, and which agents are available."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.database import UTCDateTime
from helpdesk.extensions import db


class Chat(db.Model):
    """A member's conversation with the team.

    `place` orders the queue: the chat's own id, or something smaller after it was handed back to the front.
    `ahead` is how many were in front when it came, for the waiting time of others. `seen_at` is when the member was
    last there. `last_seq` counts the messages, `agent_read_seq` is how far its agent has read. `asked_in` is the
    language in which the member was asked for a ticket, and `submission` the token of that draft: the ticket that came
    of it has the same. `handed_over_in` is the language of the first such draft, asked for or not. Since `emptied_at`
    it has no words any more.
    """

    __tablename__ = "chat"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'active', 'ended', 'left')", name="state"),
        Index("ix_chat_queue", "state", "place"),
        Index("ix_chat_member", "member_id", "id"),
        Index("ix_chat_agent", "agent_id", "state"),
        Index("ix_chat_accepted", "accepted_at"),
        Index("ix_chat_ended", "ended_at", "id"),
        Index("ix_chat_submission", "submission"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    submission: Mapped[str | None] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(120))
    member_ref: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254))
    state: Mapped[str] = mapped_column(String(10))
    place: Mapped[int] = mapped_column(default=0)
    ahead: Mapped[int] = mapped_column(default=0)
    language: Mapped[str | None] = mapped_column(String(2))
    asked_in: Mapped[str | None] = mapped_column(String(2))
    handed_over_in: Mapped[str | None] = mapped_column(String(2))
    last_seq: Mapped[int] = mapped_column(default=0)
    agent_read_seq: Mapped[int] = mapped_column(default=0)
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    rating: Mapped[int | None]
    rating_comment: Mapped[str] = mapped_column(String(1000), default="")
    emptied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


_IS_OPEN = Chat.state.in_(("waiting", "active"))
# One open chat a member: what two tabs begin at the same time is one.
Index("ix_chat_open", Chat.member_id, unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN)


_IS_KEPT = Chat.ended_at.is_not(None) & Chat.emptied_at.is_(None)
Index("ix_chat_kept", Chat.ended_at, Chat.id, sqlite_where=_IS_KEPT, postgresql_where=_IS_KEPT)


class ChatMessage(db.Model):
    """One message, or one line of the desk itself (`kind` system; then `body` is its code).

    `client_id` is made where it was typed: sent again, it is the same message.
    """

    __tablename__ = "chat_message"
    __table_args__ = (UniqueConstraint("chat_id", "seq"), UniqueConstraint("chat_id", "client_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chat.id", ondelete="CASCADE"))
    seq: Mapped[int]
    client_id: Mapped[str] = mapped_column(String(36))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(String(6))
    body: Mapped[str]
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class AgentPresence(db.Model):
    """Whether an agent takes chats now. `seen_at` is when one of their open pages was last heard of, `left_at` when the
    last of them was closed.
    """

    __tablename__ = "agent_presence"

    agent_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    available: Mapped[bool]
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
