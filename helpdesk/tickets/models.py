"""Tables of tickets: the ticket, its messages, its history and the kept counts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.database import UTCDateTime
from helpdesk.extensions import db

# A site's first ticket is number 1001: its number is its id and this.
NUMBER_OFFSET = 1000


class Ticket(db.Model):
    """A member's technical issue. `title` is stored without its language prefix.

    `status_since` is the moment the ticket entered its state; with `id` it orders the member's lists.
    `waiting_since` is the moment since which the IT team owes an answer (None when it does not); it orders the desk.
    `last_seq` counts the ticket's events; `submission` makes a resent form one ticket.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("owner_id", "submission"),
        CheckConstraint("status IN ('open', 'awaiting_feedback', 'closed')", name="status"),
        Index("ix_ticket_owner_list", "owner_id", "status", "status_since", "id"),
        Index("ix_ticket_desk_list", "status", "updated_at", "id"),
        Index("ix_ticket_assignee_list", "assignee_id", "status", "updated_at", "id"),
        Index("ix_ticket_language_list", "language", "status", "updated_at", "id"),
        Index("ix_ticket_waiting", "waiting_since", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    language: Mapped[str] = mapped_column(String(2))
    title: Mapped[str] = mapped_column(String(150))
    status: Mapped[str] = mapped_column(String(20))
    status_since: Mapped[datetime] = mapped_column(UTCDateTime)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    waiting_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_seq: Mapped[int] = mapped_column(default=0)
    submission: Mapped[str] = mapped_column(String(32))

    @property
    def number(self) -> int:
        """The public number: 1001 for a site's first ticket."""
        return self.id + NUMBER_OFFSET


class TicketMessage(db.Model):
    """Something written in a ticket. `kind`: description, reply, note (agents only), request, thanks."""

    __tablename__ = "ticket_message"
    __table_args__ = (
        UniqueConstraint("ticket_id", "seq"),
        UniqueConstraint("ticket_id", "author_id", "submission"),
        CheckConstraint("kind IN ('description', 'reply', 'note', 'request', 'thanks')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    seq: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(String(12))
    body: Mapped[str]
    submission: Mapped[str] = mapped_column(String(32))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)


class TicketEvent(db.Model):
    """One line of a ticket's history: who did what, when. `about_id` names the other person, for an assignment."""

    __tablename__ = "ticket_event"
    __table_args__ = (UniqueConstraint("ticket_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    seq: Mapped[int]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    about_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    what: Mapped[str] = mapped_column(String(24))
    status: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class TicketCount(db.Model):
    """How many tickets somebody has in a state, kept with every change so that no page counts rows.

    `scope` is whose count it is: `owner:<id>`, `assignee:<id>`, `unassigned` or `all`.
    """

    __tablename__ = "ticket_count"

    scope: Mapped[str] = mapped_column(String(24), primary_key=True)
    status: Mapped[str] = mapped_column(String(20), primary_key=True)
    tickets: Mapped[int]
