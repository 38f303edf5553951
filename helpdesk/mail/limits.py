"""At most five mails about a ticket to one person in a day: two robots that answer each other come to an end.

What is too many waits until a day after the fifth. Of several that wait the last one leaves, and says that there is
more in the ticket: nobody misses that something has happened, only how often.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select

from helpdesk.extensions import db
from helpdesk.mail.models import IS_WAITING, Mail

MOST = 5
WITHIN = timedelta(hours=24)
OVERTAKEN = "overtaken"


def free_at(mail: Mail, *, at: datetime) -> datetime | None:
    """When this mail may leave; None: now."""
    if mail.ticket_id is None:
        return None
    # What another worker is just handing over counts as sent.
    recent = or_(Mail.sent_at > at - WITHIN, IS_WAITING & (Mail.leased_until > at))
    moment = func.coalesce(Mail.sent_at, at)
    sent = select(moment).where(_beside(mail), recent).order_by(moment.desc()).limit(MOST)
    moments = list(db.session.scalars(sent))
    return moments[-1] + WITHIN if len(moments) == MOST else None


def is_overtaken(mail: Mail) -> bool:
    """Whether a later mail about the same ticket waits too."""
    later = select(Mail.id).where(_beside(mail), Mail.id > mail.id, IS_WAITING).limit(1)
    return db.session.scalar(later) is not None


def left_out(mail: Mail) -> bool:
    """Whether mails about this ticket were left out since the last one that was sent."""
    if mail.ticket_id is None:
        return False
    before = _beside(mail) & (Mail.id < mail.id)
    last = db.session.scalar(select(func.max(Mail.id)).where(before, Mail.sent_at.is_not(None))) or 0
    out = select(Mail.id).where(before, Mail.id > last, Mail.why == OVERTAKEN).limit(1)
    return db.session.scalar(out) is not None


def _beside(mail: Mail) -> ColumnElement[bool]:
    return (Mail.ticket_id == mail.ticket_id) & (Mail.user_id == mail.user_id) & (Mail.id != mail.id)
