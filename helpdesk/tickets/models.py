"""Tables of tickets: the ticket, its messages, its history, what agents put on it, and the kept counts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, literal
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.database import UTCDateTime
from helpdesk.extensions import db
from helpdesk.tickets.priorities import Priority

# A site's first ticket is number 1001: its number is its id and this.
NUMBER_OFFSET = 1000


class Ticket(db.Model):
    """A member's technical issue. `title` is stored without its language prefix.

    `status_since` is the moment the ticket entered its state; with `id` it orders the member's lists.
    `waiting_since` is the moment since which the IT team owes an answer (None when it does not); it orders the desk.
    `due_at` is until when (None when it does not), and `warn_at` when that is near. `reminded_at` is when the owner was
    reminded of the feedback that is awaited, and `closes_at` when it closes without it, as they were told.
    `owner_rank` is the owner's present rank, kept by the database itself (migration 0005).
    `merged_into_id` is the ticket that goes on with this one. Since `emptied_at` it has no words and no files any more.
    `last_seq` counts the ticket's events; `submission` makes a resent form one ticket.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("owner_id", "submission"),
        CheckConstraint("status IN ('open', 'awaiting_feedback', 'closed')", name="status"),
        CheckConstraint("priority IN ('low', 'normal', 'high', 'urgent')", name="priority"),
        Index("ix_ticket_owner_list", "owner_id", "status", "status_since", "id"),
        Index("ix_ticket_desk_list", "status", "updated_at", "id"),
        Index("ix_ticket_assignee_list", "assignee_id", "status", "updated_at", "id"),
        Index("ix_ticket_language_list", "language", "status", "updated_at", "id"),
        Index("ix_ticket_priority_list", "priority", "status", "updated_at", "id"),
        Index("ix_ticket_rank_list", "owner_rank", "status", "updated_at", "id"),
        Index("ix_ticket_opened_list", "status", "opened_at", "id"),
        Index("ix_ticket_state_list", "status", "status_since", "id"),
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
    priority: Mapped[str] = mapped_column(String(6), default=Priority.NORMAL.value, server_default="normal")
    owner_rank: Mapped[str | None] = mapped_column(String(60))
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    warn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    first_answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    emptied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def number(self) -> int:
        """The public number: 1001 for a site's first ticket."""
        return self.id + NUMBER_OFFSET


_IS_KEPT = Ticket.closed_at.is_not(None) & Ticket.emptied_at.is_(None)
Index("ix_ticket_kept", Ticket.closed_at, Ticket.id, sqlite_where=_IS_KEPT, postgresql_where=_IS_KEPT)
_IS_DUE = Ticket.due_at.is_not(None)
# With the warning in it: what is due soon stands among what is due from now on, and is read from the index alone.
Index("ix_ticket_due", Ticket.due_at, Ticket.id, Ticket.warn_at, sqlite_where=_IS_DUE, postgresql_where=_IS_DUE)
# Written into the statement as it stands: with a value to be filled in, neither database would see that it is this.
AWAITS = Ticket.status == literal("awaiting_feedback", literal_execute=True)
_IS_ASKED, _IS_REMINDED = AWAITS & Ticket.reminded_at.is_(None), AWAITS & Ticket.reminded_at.is_not(None)
# The state once more, though it is always the same here: SQLite would take the index of all that are in it otherwise.
Index(
    "ix_ticket_asked", Ticket.status, Ticket.status_since, Ticket.id,
    sqlite_where=_IS_ASKED, postgresql_where=_IS_ASKED,
)  # fmt: skip
Index(
    "ix_ticket_reminded", Ticket.status, Ticket.closes_at, Ticket.id,
    sqlite_where=_IS_REMINDED, postgresql_where=_IS_REMINDED,
)  # fmt: skip


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
    """One line of a ticket's history: who did what, when. Nobody (None) is time itself.

    `about_id` names the other person, for an assignment; `other_id` the other ticket, for a link or a merge; `detail` a
    code or a tag's name, as the priority that was set.
    """

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
    other_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    detail: Mapped[str | None] = mapped_column(String(80))


class Tag(db.Model):
    """A word that agents put on tickets. `key` is its name folded, so that a tag is there once."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(40), unique=True)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class TicketTag(db.Model):
    """A tag on a ticket. State and time are the ticket's own, kept by the database itself (migration 0005)."""

    __tablename__ = "ticket_tag"
    __table_args__ = (Index("ix_ticket_tag_list", "tag_id", "status", "updated_at", "ticket_id"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True)
    status: Mapped[str] = mapped_column(String(20))
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class TicketLink(db.Model):
    """Two tickets that belong together: `related`, or `split` (`other_id` was split off)."""

    __tablename__ = "ticket_link"
    __table_args__ = (UniqueConstraint("ticket_id", "other_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    made_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Target(db.Model):
    """Within how many minutes of business time a ticket of this priority is to be answered; None: no target."""

    __tablename__ = "target"

    priority: Mapped[str] = mapped_column(String(6), primary_key=True)
    first_minutes: Mapped[int | None]
    next_minutes: Mapped[int | None]


class TicketCount(db.Model):
    """How many tickets somebody has in a state, kept with every change so that no page counts rows.

    `scope` is whose count it is: `owner:<id>`, `assignee:<id>`, `unassigned` or `all`.
    """

    __tablename__ = "ticket_count"

    scope: Mapped[str] = mapped_column(String(24), primary_key=True)
    status: Mapped[str] = mapped_column(String(20), primary_key=True)
    tickets: Mapped[int]
