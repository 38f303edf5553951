"""Tables of mail: what is to be sent to whom and how far it has got (never a text: that is made when it leaves), and
who wants what."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.database import UTCDateTime
from helpdesk.extensions import db


class Mail(db.Model):
    """One mail to one person, kept in the same transaction as what it tells of.

    `kind` and `facts` (ids and numbers) say what to write; address, language and time zone are those that the account
    has when it leaves. `ticket_id` is the ticket that it is about, so that the mails about one can be counted. `key`
    makes the same mail queued twice one mail. `token` is its own part of the Message-ID, so that a mail that leaves
    twice is one for its reader. `next_try_at` orders the work; `leased_until` is how long a worker has it for itself,
    and `tries` how often one had. A mail that will not be sent has `failed_at` and `why`.
    """

    __tablename__ = "mail"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, int | str]] = mapped_column(JSON)
    ticket_id: Mapped[int | None]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    why: Mapped[str | None] = mapped_column(String(40))


IS_WAITING = Mail.sent_at.is_(None) & Mail.failed_at.is_(None)
Index("ix_mail_due", Mail.next_try_at, Mail.id, sqlite_where=IS_WAITING, postgresql_where=IS_WAITING)
_OF_A_TICKET = Mail.ticket_id.is_not(None)
Index(
    "ix_mail_ticket_id", Mail.ticket_id, Mail.user_id, Mail.id,
    sqlite_where=_OF_A_TICKET, postgresql_where=_OF_A_TICKET,
)  # fmt: skip


class MailChoice(db.Model):
    """Whether a person wants mails of a kind, where they have said so; otherwise the kind's own default holds."""

    __tablename__ = "mail_choice"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    wanted: Mapped[bool]
