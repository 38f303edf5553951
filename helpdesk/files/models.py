"""The table of files: whose it is, what it is, and under which keys the store has its bytes."""

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.database import UTCDateTime, now
from helpdesk.extensions import db

from .policy import KINDS


class StoredFile(db.Model):
    """A file that somebody has sent: staged until its message is sent (`message_id` is None), then part of it.

    `submission` is the token of the form it was sent with; `token` names it in addresses. A picture's `key` is the
    re-encoded full size; `view_key` is None where that is small enough to be its own view.
    """

    __tablename__ = "stored_file"
    __table_args__ = (
        Index("ix_stored_file_owner_submission", "owner_id", "submission"),
        # Also finds what was staged and never sent, by its age.
        Index("ix_stored_file_message", "message_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True, default=lambda: secrets.token_hex(16))
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    submission: Mapped[str] = mapped_column(String(32))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_message.id"))
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(10))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(32))
    view_key: Mapped[str | None] = mapped_column(String(32))
    thumb_key: Mapped[str | None] = mapped_column(String(32))
    width: Mapped[int | None]
    height: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    @property
    def is_image(self) -> bool:
        return KINDS[self.kind].is_image

    @property
    def keys(self) -> list[str]:
        """All keys under which the store has something of this file."""
        return [key for key in (self.key, self.view_key, self.thumb_key) if key is not None]
