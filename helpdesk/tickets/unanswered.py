"""Tickets whose owner was asked and does not answer: they are reminded and told the day, and then it closes.

Each verb takes one ticket, under its lock, and looks again: of several processes one does it. Never commits.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, select

from helpdesk.extensions import db
from helpdesk.site import queries as site
from helpdesk.tickets import changes
from helpdesk.tickets.lifecycle import Party, Status, Verb
from helpdesk.tickets.models import AWAITS, Ticket
from helpdesk.tickets.patience import Patience

# Reminded while the site closed no tickets by itself: they have not been told a day yet.
_TOLD_NO_DAY = AWAITS & Ticket.reminded_at.is_not(None) & Ticket.closes_at.is_(None)


def patience() -> Patience:
    """How long the site waits for an answer."""
    made = site.values("reminder_days", "auto_close_days")
    return Patience(_days(made.get("reminder_days")), _days(made.get("auto_close_days")))


def closes_at(ticket: Ticket) -> datetime | None:
    """When a ticket that awaits feedback closes by itself, as far as is known; None if it does not."""
    if ticket.status != Status.AWAITING_FEEDBACK.value:
        return None
    expected = patience().closes_at(ticket.status_since)
    return ticket.closes_at or expected if expected else None


def to_remind(at: datetime, *, but: Collection[int], most: int) -> Sequence[int]:
    """Tickets whose owners are to be reminded now, the longest asked first; those in `but` are left out."""
    present = patience()
    before = present.asked_before(at)
    if before is None:
        return ()
    asked = select(Ticket.id).where(AWAITS, Ticket.reminded_at.is_(None), Ticket.status_since <= before)
    found = _some(asked.order_by(Ticket.status_since, Ticket.id), but, most)
    return found or (_some(select(Ticket.id).where(_TOLD_NO_DAY), but, most) if present.close_days else ())


def to_close(at: datetime, *, but: Collection[int], most: int) -> Sequence[int]:
    """Tickets whose day has come, of which their owners were told; those in `but` are left out."""
    if not patience().close_days:
        return ()
    told = select(Ticket.id).where(AWAITS, Ticket.reminded_at.is_not(None), Ticket.closes_at <= at)
    return _some(told.order_by(Ticket.closes_at, Ticket.id), but, most)


def remind(ticket_id: int, *, at: datetime) -> bool:
    """Reminds the owner and sets the day on which it closes. False if there is no reason to any more."""
    ticket, present = _locked(ticket_id), patience()
    before = present.asked_before(at)
    if ticket.status != Status.AWAITING_FEEDBACK.value or before is None or ticket.status_since > before:
        return False
    day = present.closes_at(ticket.status_since, reminded_at=at)
    if ticket.reminded_at is not None and (ticket.closes_at is not None or day is None):
        return False
    ticket.reminded_at, ticket.closes_at = at, day
    changes.remember(ticket, "reminded", by=None, at=at)
    return True


def close(ticket_id: int, *, at: datetime) -> bool:
    """Closes a ticket whose day has come. False if there is no reason to any more."""
    ticket = _locked(ticket_id)
    if ticket.status != Status.AWAITING_FEEDBACK.value or ticket.closes_at is None or ticket.closes_at > at:
        return False
    changes.move(ticket, Party.TIME, Verb.CLOSE, at=at)
    changes.owes_nothing(ticket, at=at, answered=False)
    changes.remember(ticket, "auto_closed", by=None, at=at)
    return True


def _days(made: object) -> int:
    return made if isinstance(made, int) else 0


def _some(rows: Select[tuple[int]], but: Collection[int], most: int) -> Sequence[int]:
    return db.session.scalars(rows.where(Ticket.id.not_in(but)).limit(most)).all()


def _locked(ticket_id: int) -> Ticket:
    ticket = db.session.get_one(Ticket, ticket_id)
    changes.lock(ticket)
    return ticket
