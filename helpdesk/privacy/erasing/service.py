"""Erasing an account: asked for, taken back, begun, done bit by bit. Never commits, never reads the request.

What is somebody's own row goes with it; what others need (that there was a ticket, who answered) stays under an account
that says nothing of them any more. Done again, each step changes nothing.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from helpdesk.accounts import service as accounts
from helpdesk.accounts.models import PersonWord, User
from helpdesk.accounts.person import Person
from helpdesk.accounts.sessions import person_of
from helpdesk.chat import service as chats
from helpdesk.chat.models import Chat
from helpdesk.chat.queue import State
from helpdesk.extensions import db
from helpdesk.files import service as files
from helpdesk.files.models import StoredFile
from helpdesk.mail import outbox
from helpdesk.privacy import marks, tombstones
from helpdesk.privacy.erasing import views_of_team, words
from helpdesk.privacy.keeping import GRACE_DAYS
from helpdesk.privacy.models import Erasure, LegalHold
from helpdesk.ranks import Role
from helpdesk.refusals import WrongState
from helpdesk.site import service as site
from helpdesk.tickets import changes
from helpdesk.tickets.lifecycle import Party, Status, Verb
from helpdesk.tickets.models import Ticket

ERASED = "erased"
AT_ONCE = 20


def ask(user: User, *, by: Person | None, at: datetime, at_once: bool = False) -> Erasure:
    """The account is to be erased: at once, or after a time in which it can be taken back.

    Raises WrongState: `erasure_team` for an agent or administrator, `erasure_held` where the law keeps it.
    """
    if user.role != Role.MEMBER.value:
        raise WrongState("erasure_team")
    if db.session.get(LegalHold, user.id) is not None:
        raise WrongState("erasure_held")
    row = db.session.get(Erasure, user.id)
    if row is not None and row.begun_at is not None:
        return row
    if row is None:
        own = by is not None and by.id == user.id
        row = Erasure(user_id=user.id, why="member" if own else "admin", asked_at=at, asked_by=by.id if by else None)
        db.session.add(row)
    row.due_at = at if at_once else at + timedelta(days=GRACE_DAYS)
    site.record("erasure_asked", by=by.id if by else None, about=user.id, at=at, facts={"at_once": at_once})
    facts: outbox.Facts = {"due": int(row.due_at.timestamp())}
    if not at_once:
        outbox.put("erasure_asked", to=user.id, facts=facts, key=f"erasure_asked:{user.id}:{at.timestamp()}", at=at)
    db.session.flush()
    if at_once:
        begin(user, at=at)
    return row


def take_back(user: User, *, by: Person, at: datetime) -> None:
    """The account stays. Raises WrongState `erasure_begun` when it is too late."""
    row = db.session.get(Erasure, user.id)
    if row is None:
        return
    if row.begun_at is not None:
        raise WrongState("erasure_begun")
    db.session.delete(row)
    site.record("erasure_taken_back", by=by.id, about=user.id, at=at)


def due(*, at: datetime, most: int = AT_ONCE) -> list[int]:
    """The accounts whose erasure is to be done now, but for those that are held."""
    held = select(LegalHold.user_id)
    rows = select(Erasure.user_id).where(Erasure.done_at.is_(None), Erasure.due_at <= at)
    return list(db.session.scalars(rows.where(Erasure.user_id.not_in(held)).order_by(Erasure.due_at).limit(most)))


def of(user_id: int) -> Erasure | None:
    """Whether somebody's account is to be erased, and when."""
    return db.session.get(Erasure, user_id)


def account(user_id: int) -> User:
    """The account that is to be erased."""
    return db.session.get_one(User, user_id)


def begin(user: User, *, at: datetime) -> None:
    """From here on it cannot be taken back: nobody can sign in any more, and a restored backup is erased again."""
    row = db.session.get_one(Erasure, user.id)
    if row.begun_at is None:
        row.begun_at = at
    tombstones.add(
        db.engine,
        {"what": "account", "user": user.id, "created": user.created_at.isoformat(), "at": at.isoformat()},
    )
    accounts.disable(user, at=at)


def erase_some(user: User, *, at: datetime, most: int = AT_ONCE) -> bool:
    """Takes the words out of the next few tickets and chats; False when there was nothing left to do."""
    member = person_of(user)
    own = select(Ticket).where(Ticket.owner_id == user.id, Ticket.emptied_at.is_(None)).order_by(Ticket.id).limit(most)
    tickets = list(db.session.scalars(own))
    for ticket in tickets:
        _close(ticket, at=at)
        words.empty_ticket(ticket, what="erased", at=at)
    theirs = select(Chat).where(Chat.member_id == user.id, Chat.emptied_at.is_(None)).order_by(Chat.id).limit(most)
    talks = list(db.session.scalars(theirs))
    for chat in talks:
        _end(chat, by=member, at=at)
        words.empty_chat(chat, at=at)
    return bool(tickets or talks)


def _close(ticket: Ticket, *, at: datetime) -> None:
    """Nobody waits for an answer any more. It counts for no agent: nobody has solved anything."""
    if ticket.status == Status.CLOSED.value:
        return
    changes.move(ticket, Party.AGENT, Verb.CLOSE, at=at)
    changes.owes_nothing(ticket, at=at, answered=False)


def _end(chat: Chat, *, by: Person, at: datetime) -> None:
    if chat.state == State.WAITING.value:
        chats.leave(chat, by=by, at=at)
    if chat.state == State.ACTIVE.value:
        chats.end(chat, by=by, at=at)


def finish(user: User, *, at: datetime) -> None:
    """What is left: the account itself, and every row that is only theirs."""
    views_of_team.forget(user)
    staged = select(StoredFile).where(StoredFile.owner_id == user.id, StoredFile.message_id.is_(None))
    files.purge(list(db.session.scalars(staged)))
    for table, column in own_rows():
        db.session.execute(delete(table).where(column == user.id))
    db.session.execute(delete(PersonWord).where(PersonWord.user_id == user.id))
    name = f"{ERASED}-{user.id}"
    user.name = marks.former(user.language, user.id)
    user.username = user.username_key = name
    # Nobody can have this address (RFC 2606), and no mail goes to a disabled account.
    user.email = user.email_key = f"{name}@{ERASED}.invalid"
    user.member_id = user.password_hash = user.rank = user.language = user.time_zone = user.last_seen_at = None
    user.second_factor_at = None
    user.theme, user.origin, user.disabled_at = "system", ERASED, user.disabled_at or at
    row = db.session.get_one(Erasure, user.id)
    row.done_at = at
    site.record("account_erased", by=row.asked_by if row.asked_by != user.id else None, about=user.id, at=at)
    db.session.flush()


def own_rows() -> list[tuple]:
    """Every table and column whose rows are somebody's own: those that the database itself deletes with an account."""
    return [
        (table, column)
        for table in db.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "user" and key.ondelete == "CASCADE"
    ]


def erase_now(user: User, *, at: datetime) -> None:
    """All of it in one go, for who waits for it: commands, and a restore."""
    begin(user, at=at)
    while erase_some(user, at=at):
        db.session.flush()
    finish(user, at=at)
