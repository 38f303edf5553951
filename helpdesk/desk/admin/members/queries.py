"""What the team sees of one member: their tickets, chats and sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from helpdesk.accounts.models import PasswordLink, User, UserSession
from helpdesk.chat.models import Chat
from helpdesk.extensions import db
from helpdesk.tickets import counts
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.paging import Listing, Part

MOST_SHOWN = 8

_ticket, _chat = Ticket.__table__.c, Chat.__table__.c
_TICKETS = select(_ticket.id, _ticket.language, _ticket.title, _ticket.status, _ticket.status_since)
_OF_OWNER = [
    Part(
        select(_ticket.id).where(_ticket.owner_id == bindparam("owner_id"), _ticket.status == status.value),
        _ticket.status_since,
        _ticket.id,
    )
    for status in Status
]
_tickets = Listing(_TICKETS, _ticket.status_since, _ticket.id, MOST_SHOWN, _OF_OWNER)
_CHATS = (
    select(_chat.id, _chat.state, _chat.began_at, User.name.label("agent"))
    .outerjoin_from(Chat.__table__, User.__table__, User.__table__.c.id == _chat.agent_id)
    .where(_chat.member_id == bindparam("member_id"))
    .order_by(_chat.id.desc())
    .limit(MOST_SHOWN)
)
_SESSIONS = (
    select(UserSession.browser, UserSession.created_at, UserSession.seen_at)
    .where(UserSession.user_id == bindparam("user_id"))
    .order_by(UserSession.seen_at.desc())
    .limit(MOST_SHOWN)
)


@dataclass(frozen=True)
class Card:
    """One member as the team sees them. `link_until` is until when a link to set a password is good; None without."""

    kept: dict[Status, int]
    tickets: Sequence[Row[Any]]
    chats: Sequence[Row[Any]]
    sessions: Sequence[Row[Any]]
    link_until: datetime | None


def card(user: User, *, at: datetime) -> Card:
    """Everything that stands on a member's page besides the account itself."""
    scope = counts.of_owner(user.id)
    link = select(PasswordLink.ends_at).where(PasswordLink.user_id == user.id, PasswordLink.ends_at > at)
    return Card(
        counts.read([scope])[scope],
        _tickets.page(None, {"owner_id": user.id}).rows,
        db.session.execute(_CHATS, {"member_id": user.id}).all(),
        db.session.execute(_SESSIONS, {"user_id": user.id}).all(),
        db.session.scalar(link.limit(1)),
    )
