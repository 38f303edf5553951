"""What has been kept long enough goes, kind by kind, a batch at a time. Never commits; done again it goes on.

Whoever is to be kept for a court (LegalHold) is left out, with their tickets and chats.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from helpdesk.accounts.models import User, UserSession
from helpdesk.chat.models import Chat
from helpdesk.chat.queue import State
from helpdesk.extensions import db
from helpdesk.mail import outbox
from helpdesk.privacy.erasing import words
from helpdesk.privacy.keeping import NOTICE_DAYS, Keeping
from helpdesk.privacy.models import Erasure, LegalHold, Removal
from helpdesk.ranks import Role
from helpdesk.site.models import AuditEntry
from helpdesk.submission.models import Draft
from helpdesk.tickets.models import Ticket

BATCH = 20
MANY = 500
_HELD = select(LegalHold.user_id)


def empty_tickets(times: Keeping, *, at: datetime) -> bool:
    """Takes the words out of the next tickets that have been closed for long enough; False when there are none."""
    before = times.before("tickets", at)
    if before is None:
        return False
    old = (
        select(Ticket)
        .where(Ticket.closed_at < before, Ticket.emptied_at.is_(None), Ticket.owner_id.not_in(_HELD))
        .order_by(Ticket.closed_at)
        .limit(BATCH)
    )
    tickets = list(db.session.scalars(old))
    for ticket in tickets:
        words.empty_ticket(ticket, what="emptied", at=at)
        db.session.add(Removal(what="retention", ticket_id=ticket.id, at=at))
    return bool(tickets)


def empty_chats(times: Keeping, *, at: datetime) -> bool:
    """The same for chats: those that were held, and sooner those whose member left the queue."""
    found: list[Chat] = []
    for kind, state in (("chats", State.ENDED), ("abandoned", State.LEFT)):
        before = times.before(kind, at)
        if before is None:
            continue
        old = select(Chat).where(
            Chat.ended_at < before, Chat.emptied_at.is_(None), Chat.state == state.value, Chat.member_id.not_in(_HELD)
        )
        found.extend(db.session.scalars(old.order_by(Chat.ended_at).limit(BATCH)))
    for chat in found:
        words.empty_chat(chat, at=at)
        db.session.add(Removal(what="retention", chat_id=chat.id, at=at))
    return bool(found)


def forget_rows(times: Keeping, *, at: datetime) -> bool:
    """Deletes drafts, sessions and lines of the log; False when nothing was old enough."""
    gone = 0
    kinds = (("drafts", Draft, Draft.saved_at), ("sessions", UserSession, UserSession.seen_at))
    for kind, table, moment in (*kinds, ("log", AuditEntry, AuditEntry.at)):
        before = times.before(kind, at)
        if before is not None:
            some = select(table.id).where(moment < before).limit(MANY)
            gone += db.session.execute(
                delete(table).where(table.id.in_(some)).execution_options(synchronize_session=False)
            ).rowcount
    return gone > 0


def ask_the_absent(times: Keeping, *, at: datetime) -> bool:
    """Members who have not signed in for long are told by mail that their account will be erased, and when.

    Without a mail server nobody is told, and so nobody is erased for it. False when there is nobody to tell.
    """
    before = times.before("members", at)
    if before is None or not outbox.in_use():
        return False
    absent = (
        select(User)
        .where(
            User.role == Role.MEMBER.value, User.disabled_at.is_(None), User.origin != "demo",
            func.coalesce(User.last_seen_at, User.created_at) < before,
            User.id.not_in(select(Erasure.user_id)), User.id.not_in(_HELD),
        )
        .order_by(User.id).limit(BATCH)
    )  # fmt: skip
    members = list(db.session.scalars(absent))
    for user in members:
        due = at + timedelta(days=NOTICE_DAYS)
        db.session.add(Erasure(user_id=user.id, why="inactive", asked_at=at, due_at=due))
        facts: outbox.Facts = {"due": int(due.timestamp())}
        outbox.put("account_unused", to=user.id, facts=facts, key=f"account_unused:{user.id}:{at.timestamp()}", at=at)
    db.session.flush()
    return bool(members)


def welcome_back() -> None:
    """Whoever has signed in since they were told is no longer absent."""
    back = select(Erasure.user_id).join(User, User.id == Erasure.user_id).where(
        Erasure.why == "inactive", Erasure.begun_at.is_(None), User.last_seen_at > Erasure.asked_at
    )  # fmt: skip
    db.session.execute(delete(Erasure).where(Erasure.user_id.in_(back)).execution_options(synchronize_session=False))
