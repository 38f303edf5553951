"""What can be done to a ticket, one verb a function. Never commits, never reads the request.

Each verb checks the rule, changes the rows, remembers who did it and announces it.
"""

import hashlib
from datetime import datetime

from sqlalchemy import select, update

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.announce import Announcement, announce
from helpdesk.extensions import db
from helpdesk.files import service as files
from helpdesk.refusals import AlreadyTaken, Invalid
from helpdesk.tickets import counts, lifecycle, mails, search
from helpdesk.tickets.lifecycle import Party, Status, Verb
from helpdesk.tickets.models import Ticket, TicketEvent, TicketMessage

ticket_changed = Announcement("ticket_changed")


def submit(
    *,
    submission: str,
    language: str,
    title: str,
    description: str,
    by: Person,
    at: datetime,
    follows_id: int | None = None,
) -> Ticket:
    """A new ticket with its description and the files staged under `submission`, all together or not at all."""
    ticket = Ticket(
        owner_id=by.id, submission=submission, language=language, title=title, status=Status.OPEN.value,
        status_since=at, opened_at=at, updated_at=at, waiting_since=at, follows_id=follows_id, last_seq=0,
    )  # fmt: skip
    db.session.add(ticket)
    db.session.flush()
    counts.add(ticket)
    _write(ticket, "description", description, submission=submission, by=by, at=at)
    _remember(ticket, "submitted", by=by, at=at)
    search.index(ticket, by, description)
    return ticket


def reply_as_owner(ticket: Ticket, body: str, *, submission: str, by: Person, at: datetime, reopen_days: int) -> None:
    """The member writes: a ticket that awaited their answer, or that they may still reopen, is open again."""
    if _is_repeated(ticket, submission, by):
        return
    was = Status(ticket.status)
    if was is Status.CLOSED:
        lifecycle.check_reopening(ticket.closed_at or at, at, reopen_days)
    _move(ticket, Party.OWNER, Verb.REPLY, at=at)
    ticket.waiting_since = ticket.waiting_since or at
    _write(ticket, "reply", body, submission=submission, by=by, at=at)
    _remember(ticket, "reopened" if was is Status.CLOSED else "replied", by=by, at=at)


def thank(ticket: Ticket, body: str, *, submission: str, by: Person, at: datetime) -> None:
    """The member just says thanks: the message is kept and the ticket stays closed."""
    if _is_repeated(ticket, submission, by):
        return
    _move(ticket, Party.OWNER, Verb.THANK, at=at)
    _write(ticket, "thanks", body, submission=submission, by=by, at=at)
    _remember(ticket, "thanked", by=by, at=at)


def reply_as_agent(ticket: Ticket, body: str, *, submission: str, by: Person, at: datetime) -> None:
    """An agent answers the member."""
    if _is_repeated(ticket, submission, by):
        return
    _move(ticket, Party.AGENT, Verb.REPLY, at=at)
    ticket.waiting_since = None
    _write(ticket, "reply", body, submission=submission, by=by, at=at)
    _remember(ticket, "replied", by=by, at=at)


def add_note(ticket: Ticket, body: str, *, submission: str, by: Person, at: datetime) -> None:
    """An agent writes something that only agents can see."""
    if _is_repeated(ticket, submission, by):
        return
    _move(ticket, Party.AGENT, Verb.NOTE, at=at)
    _write(ticket, "note", body, submission=submission, by=by, at=at)
    _remember(ticket, "noted", by=by, at=at)


def request_information(ticket: Ticket, body: str, *, submission: str, by: Person, at: datetime) -> None:
    """An agent asks the member for something; the ticket then awaits their feedback. Raises Invalid without a text."""
    if _is_repeated(ticket, submission, by):
        return
    if not body:
        raise Invalid("message_missing")
    _move(ticket, Party.AGENT, Verb.REQUEST_INFORMATION, at=at)
    ticket.waiting_since = None
    _write(ticket, "request", body, submission=submission, by=by, at=at)
    _remember(ticket, "requested_information", by=by, at=at)


def close(ticket: Ticket, *, by: Person, at: datetime, body: str = "", submission: str = "") -> None:
    """The owner or an agent closes the ticket, with or without a last message."""
    if _is_repeated(ticket, submission, by):
        return
    _move(ticket, Party.AGENT if by.is_agent else Party.OWNER, Verb.CLOSE, at=at)
    ticket.waiting_since = None
    if body:
        _write(ticket, "reply", body, submission=submission, by=by, at=at)
    _remember(ticket, "closed", by=by, at=at)


def assign(ticket: Ticket, agent: User | None, *, by: Person, at: datetime) -> None:
    """An agent gives the ticket to somebody of the team, to themselves, or back to nobody."""
    _lock(ticket)
    lifecycle.after(Status(ticket.status), Party.AGENT, Verb.ASSIGN)
    new_id = agent.id if agent else None
    if ticket.assignee_id == new_id:
        return
    with counts.kept(ticket):
        ticket.assignee_id = new_id
    _remember(ticket, "assigned" if agent else "unassigned", by=by, at=at, about_id=new_id)


def take(ticket: Ticket, agent: User, *, by: Person, at: datetime) -> None:
    """An agent takes a ticket that nobody has. Raises AlreadyTaken when a colleague was faster."""
    _lock(ticket)
    if ticket.assignee_id not in (None, agent.id):
        raise AlreadyTaken()
    assign(ticket, agent, by=by, at=at)


def staging(ticket_id: int, user_id: int) -> str:
    """Under which token the files for somebody's next message in a ticket are staged: the same until it is sent.

    It names no secret (files are looked up by their owner too), so a plain hash will do.
    """
    return hashlib.sha256(f"message {ticket_id} {user_id}".encode()).hexdigest()[:32]


def _is_repeated(ticket: Ticket, submission: str, by: Person) -> bool:
    """Whether this very form has already been taken: a double click or a resent page changes nothing."""
    _lock(ticket)
    same = (TicketMessage.ticket_id == ticket.id) & (TicketMessage.author_id == by.id)
    return db.session.scalar(select(TicketMessage.id).where(same, TicketMessage.submission == submission)) is not None


def _lock(ticket: Ticket) -> None:
    """Has others who want to change this ticket wait, and reads it as the one before has left it."""
    db.session.execute(select(Ticket.id).where(Ticket.id == ticket.id).with_for_update())
    db.session.refresh(ticket)


def _move(ticket: Ticket, party: Party, verb: Verb, *, at: datetime) -> None:
    now_in, goes_to = Status(ticket.status), lifecycle.after(Status(ticket.status), party, verb)
    ticket.updated_at = at
    if goes_to is now_in:
        return
    with counts.kept(ticket):
        ticket.status, ticket.status_since = goes_to.value, at
        ticket.closed_at = at if goes_to is Status.CLOSED else None


def _write(ticket: Ticket, kind: str, body: str, *, submission: str, by: Person, at: datetime) -> None:
    message = TicketMessage(
        ticket_id=ticket.id, seq=_next_seq(ticket), author_id=by.id, kind=kind, body=body, submission=submission,
        written_at=at,
    )  # fmt: skip
    db.session.add(message)
    db.session.flush()
    files.claim(submission if kind == "description" else staging(ticket.id, by.id), message_id=message.id, by=by)
    if kind != "description":
        search.add_words(ticket, body, internal=kind == "note")


def _remember(ticket: Ticket, what: str, *, by: Person, at: datetime, about_id: int | None = None) -> None:
    ticket.updated_at = at
    seq = _next_seq(ticket)
    db.session.add(
        TicketEvent(
            ticket_id=ticket.id,
            seq=seq,
            actor_id=by.id,
            about_id=about_id,
            what=what,
            status=ticket.status,
            at=at,
        )
    )
    mails.tell_owner(ticket, what, seq, by=by, at=at)
    announce(ticket_changed, about=ticket, ticket_id=ticket.id, owner_id=ticket.owner_id, what=what)


def _next_seq(ticket: Ticket) -> int:
    # From the row itself, under its lock: two writers never get the same place in the ticket.
    taken = update(Ticket).where(Ticket.id == ticket.id).values(last_seq=Ticket.last_seq + 1).returning(Ticket.last_seq)
    return db.session.execute(taken, execution_options={"synchronize_session": False}).scalar_one()
