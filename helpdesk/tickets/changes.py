"""What every verb of a ticket does with its rows: lock, move, write, remember. For the verbs only; never commits."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update

from helpdesk.accounts.person import Person
from helpdesk.announce import Announcement, announce
from helpdesk.extensions import db
from helpdesk.files import service as files
from helpdesk.tickets import clock, counts, figures, lifecycle, search, telling
from helpdesk.tickets.lifecycle import Party, Status, Verb
from helpdesk.tickets.models import Ticket, TicketEvent, TicketMessage

ticket_changed = Announcement("ticket_changed")


def staging(ticket_id: int, user_id: int) -> str:
    """Under which token the files for somebody's next message in a ticket are staged: the same until it is sent.

    It names no secret (files are looked up by their owner too), so a plain hash will do.
    """
    return hashlib.sha256(f"message {ticket_id} {user_id}".encode()).hexdigest()[:32]


def is_repeated(ticket: Ticket, submission: str, by: Person) -> bool:
    """Whether this very form has already been taken: a double click or a resent page changes nothing."""
    lock(ticket)
    same = (TicketMessage.ticket_id == ticket.id) & (TicketMessage.author_id == by.id)
    return db.session.scalar(select(TicketMessage.id).where(same, TicketMessage.submission == submission)) is not None


def owes(ticket: Ticket, *, at: datetime) -> None:
    """The team owes an answer from now on, or still does: the clock runs."""
    if ticket.waiting_since is None:
        ticket.waiting_since = at
        clock.start(ticket, at=at)


def owes_nothing(ticket: Ticket, *, at: datetime, answered: bool) -> None:
    """The team owes no answer now: the clock stands. `answered` says that somebody of the team has written."""
    ticket.waiting_since = None
    clock.stop(ticket)
    if answered and ticket.first_answered_at is None:
        ticket.first_answered_at = at


def lock(ticket: Ticket) -> None:
    """Has others who want to change this ticket wait, and reads it as the one before has left it."""
    db.session.execute(select(Ticket.id).where(Ticket.id == ticket.id).with_for_update())
    db.session.refresh(ticket)


def move(ticket: Ticket, party: Party, verb: Verb, *, at: datetime) -> None:
    now_in, goes_to = Status(ticket.status), lifecycle.after(Status(ticket.status), party, verb)
    ticket.updated_at = at
    if goes_to is now_in:
        return
    with counts.kept(ticket):
        ticket.status, ticket.status_since = goes_to.value, at
        ticket.closed_at = at if goes_to is Status.CLOSED else None
        ticket.reminded_at = ticket.closes_at = None


def take_back_closing(
    ticket: Ticket, status: str, times: Mapping[str, datetime | None], *, by: Person, at: datetime
) -> None:
    """The ticket is again what it was before it was closed by mistake: its state, and its `times` by column."""
    lifecycle.after(Status(ticket.status), Party.AGENT, Verb.UNDO_CLOSE)
    with counts.kept(ticket):
        ticket.status, ticket.closed_at = status, None
    for name, moment in times.items():
        setattr(ticket, name, moment)
    remember(ticket, "close_undone", by=by, at=at)


def write(
    ticket: Ticket, kind: str, body: str, *, submission: str, by: Person, at: datetime, with_files: bool = True
) -> None:  # fmt: skip
    message = TicketMessage(
        ticket_id=ticket.id, seq=next_seq(ticket), author_id=by.id, kind=kind, body=body, submission=submission,
        written_at=at,
    )  # fmt: skip
    db.session.add(message)
    db.session.flush()
    if with_files:
        files.claim(submission if kind == "description" else staging(ticket.id, by.id), message_id=message.id, by=by)
    if kind != "description":
        search.add_words(ticket, body, internal=kind == "note")


def remember(
    ticket: Ticket, what: str, *, by: Person | None, at: datetime, about_id: int | None = None,
    other_id: int | None = None, detail: str | None = None,
) -> None:  # fmt: skip
    """Writes a line of the ticket's history and tells of it. Nobody (None) is time itself."""
    ticket.updated_at = at
    seq = next_seq(ticket)
    db.session.add(
        TicketEvent(
            ticket_id=ticket.id,
            seq=seq,
            actor_id=by.id if by else None,
            about_id=about_id,
            what=what,
            status=ticket.status,
            at=at,
            other_id=other_id,
            detail=detail,
        )
    )
    figures.keep(ticket, what, by=by, at=at)
    telling.tell(ticket, what, seq, by=by, at=at, about_id=about_id)
    announce(ticket_changed, about=ticket, ticket_id=ticket.id, owner_id=ticket.owner_id, what=what)


def next_seq(ticket: Ticket) -> int:
    """The next place in the ticket, for one message or event."""
    # From the row itself, under its lock: two writers never get the same place in the ticket.
    taken = update(Ticket).where(Ticket.id == ticket.id).values(last_seq=Ticket.last_seq + 1).returning(Ticket.last_seq)
    return db.session.execute(taken, execution_options={"synchronize_session": False}).scalar_one()
