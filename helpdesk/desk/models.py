"""Tables of the desk's own: saved replies and views, unsent texts, who looks at what, and what can be undone."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
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
    """The text of a saved reply in one language. `{name}` and `{agent}` are filled in when it is inserted.

    `changed_at` is when it was written, or found to be right still.
    """

    __tablename__ = "saved_reply_text"
    __table_args__ = (UniqueConstraint("reply_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reply_id: Mapped[int] = mapped_column(ForeignKey("saved_reply.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(2))
    body: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SavedView(db.Model):
    """A filter of the ticket list with its order and columns, under a name; `shared` shows it to the whole team.

    `arguments` is the query of the list's address, as the filter itself writes it.
    """

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    shared: Mapped[bool] = mapped_column(default=False)
    arguments: Mapped[str] = mapped_column(String(1000))
    columns: Mapped[str] = mapped_column(String(200), default="")
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class UnsentText(db.Model):
    """What an agent has typed in a ticket and not sent yet. `mode` is what it was to be: a reply or a note."""

    __tablename__ = "unsent_text"

    agent_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True, index=True)
    body: Mapped[str]
    mode: Mapped[str] = mapped_column(String(5))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)


class TicketViewer(db.Model):
    """An agent who has a ticket open: when they were last heard of, and when they last typed."""

    __tablename__ = "ticket_viewer"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    wrote_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class BulkChange(db.Model):
    """A change of several tickets at once, with what each was `before` (by ticket id), so that it can be undone."""

    __tablename__ = "bulk_change"
    __table_args__ = (Index("ix_bulk_change_agent", "agent_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(12))
    before: Mapped[dict[str, object]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
