"""The table of drafts: what a member has filled in so far."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.database import UTCDateTime
from helpdesk.extensions import db


class Draft(db.Model):
    """A ticket that is not submitted yet: one a member. Its files are staged under the same `submission`."""

    __tablename__ = "draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    submission: Mapped[str] = mapped_column(String(32), unique=True)
    language: Mapped[str | None] = mapped_column(String(2))
    title: Mapped[str] = mapped_column(String(150), default="")
    description: Mapped[str] = mapped_column(default="")
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
