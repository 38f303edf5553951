"""Tables of the desk's own: what the team has written once to say it often."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.database import UTCDateTime
from helpdesk.extensions import db


class SavedReply(db.Model):
    """A reply that agents insert: a title for the team, and its text in English and in what other languages it has."""

    __tablename__ = "saved_reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    variants: Mapped[list["SavedReplyText"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, lazy="selectin"
    )

    def text(self, language: str) -> str:
        """Its text in this language; empty where it has none."""
        return next((one.body for one in self.variants if one.language == language), "")


class SavedReplyText(db.Model):
    """The text of a saved reply in one language. `{name}` and `{agent}` are filled in when it is inserted."""

    __tablename__ = "saved_reply_text"
    __table_args__ = (UniqueConstraint("reply_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reply_id: Mapped[int] = mapped_column(ForeignKey("saved_reply.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(2))
    body: Mapped[str]
