"""What an agent has typed in a ticket and not sent: one text for each agent and ticket. Never commits."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from helpdesk.accounts.person import Person
from helpdesk.desk.models import UnsentText
from helpdesk.extensions import db
from helpdesk.tickets.models import Ticket, TicketMessage

# More than a message may hold: what is too long to be sent must not be lost for that.
MOST_SIGNS = 40_000

_text, _message = UnsentText.__table__.c, TicketMessage.__table__.c


class Mode(StrEnum):
    """What is being written: something for the member, or for the team alone."""

    REPLY = "reply"
    NOTE = "note"

    @classmethod
    def read(cls, typed: str | None) -> "Mode":
        return cls.NOTE if typed == cls.NOTE else cls.REPLY


@dataclass(frozen=True)
class Unsent:
    """A text that waits to be sent."""

    body: str
    mode: Mode
    saved_at: datetime


def read(row: Row[Any]) -> Unsent | None:
    """What an agent has begun to write in a ticket, on whatever device, from the columns of its row if it has one."""
    return Unsent(row.body, Mode.read(row.mode), row.saved_at) if row.saved_at else None


def keep(ticket: Ticket, body: str, mode: Mode, *, submission: str, by: Person, at: datetime) -> None:
    """Keeps the text as it is now; an empty one is forgotten.

    A text whose form has been sent meanwhile stays forgotten: what is kept may arrive after what was sent.
    """
    if not body.strip():
        forget(ticket, by=by)
        return
    sent = (_message.ticket_id == ticket.id) & (_message.author_id == by.id) & (_message.submission == submission)
    if submission and db.session.scalar(select(_message.id).where(sent)) is not None:
        return
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    values = {"body": body[:MOST_SIGNS], "mode": mode.value, "saved_at": at}
    row = insert(UnsentText).values(agent_id=by.id, ticket_id=ticket.id, **values)
    db.session.execute(row.on_conflict_do_update(index_elements=["agent_id", "ticket_id"], set_=values))


def forget(ticket: Ticket, *, by: Person) -> None:
    """The text has been sent, or is not wanted any more."""
    own = (_text.agent_id == by.id) & (_text.ticket_id == ticket.id)
    db.session.execute(delete(UnsentText.__table__).where(own))
