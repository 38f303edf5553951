"""Tables of people's rights: exports, erasures, what was removed, and what must be kept for a court."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.database import UTCDateTime
from helpdesk.extensions import db


class DataExport(db.Model):
    """A copy of somebody's data, asked for by them: one a person.

    `token` names it in addresses and below the instance folder. `done` of `parts` says how far it is; `leased_until` is
    how long a worker has it for itself, and `tries` how often one had. It is there from `ready_at` to `ends_at`.
    """

    __tablename__ = "data_export"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done: Mapped[int] = mapped_column(default=0)
    parts: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    size: Mapped[int] = mapped_column(default=0)


class Erasure(db.Model):
    """That an account is to be erased, or has been. `why`: their own wish, an administrator's, or long absence.

    Until `due_at` it can be taken back (the row goes). From `begun_at` on it cannot; it is `done_at` when nothing of
    theirs can be looked up, and `scrubbed_at` when the database's file holds nothing of it either.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        CheckConstraint("why IN ('member', 'admin', 'inactive', 'restored')", name="why"),
        Index("ix_erasure_due", "done_at", "due_at"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    why: Mapped[str] = mapped_column(String(8))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    begun_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    scrubbed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Removal(db.Model):
    """That words or a file were removed, never which: by somebody (`passage`, `file`) or by time (`retention`)."""

    __tablename__ = "removal"
    __table_args__ = (CheckConstraint("what IN ('passage', 'file', 'retention')", name="what"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(10))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    chat_id: Mapped[int | None] = mapped_column(ForeignKey("chat.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    scrubbed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


_NOT_SCRUBBED = Removal.scrubbed_at.is_(None)
Index("ix_removal_not_scrubbed", Removal.id, sqlite_where=_NOT_SCRUBBED, postgresql_where=_NOT_SCRUBBED)


class LegalHold(db.Model):
    """That nothing of this account may be erased for now, because the law asks for it."""

    __tablename__ = "legal_hold"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
