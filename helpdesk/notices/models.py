"""The table of the bell: one line for one person, until they have read it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.database import UTCDateTime
from helpdesk.extensions import db


class Notice(db.Model):
    """Something that a person should know of. `kind` and ids only: the sentence is made for its reader.

    `key` makes the same notice given twice one notice. `actor_id` is who did it; None for time itself.
    """

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_list", "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    chat_id: Mapped[int | None] = mapped_column(ForeignKey("chat.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


IS_UNREAD = Notice.read_at.is_(None)
Index("ix_notice_unread", Notice.user_id, Notice.id, sqlite_where=IS_UNREAD, postgresql_where=IS_UNREAD)
