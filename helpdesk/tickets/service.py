"""What can be done to a ticket, one verb a function. Never commits, never reads the request.

Each verb checks the rule, changes the rows, remembers who did it and announces it.
"""

from datetime import datetime

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.refusals import AlreadyTaken, Invalid, WrongState
from helpdesk.tickets import changes, counts, giving, lifecycle, search
from helpdesk.tickets.lifecycle import Party, Status, Verb
from helpdesk.tickets.models import NUMBER_OFFSET, Ticket
from helpdesk.tickets.priorities import Priority


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
    ticket = open_bare(
        by, submission=submission, language=language, title=title, at=at, follows_id=follows_id,
        assignee_id=giving.next_agent(language, at=at),
    )  # fmt: skip
    changes.owes(ticket, at=at)
    changes.write(ticket, "description", description, submission=submission, by=by, at=at)
    changes.remember(ticket, "submitted", by=by, at=at)
    if ticket.assignee_id is not None:
        changes.remember(ticket, "assigned", by=None, at=at, about_id=ticket.assignee_id)
    search.index(ticket, by, description)
    return ticket


def open_bare(
    owner: Person, *, submission: str, language: str, title: str, assignee_id: int | None, at: datetime,
    follows_id: int | None = None,
) -> Ticket:  # fmt: skip
    """A new open ticket without a word in it, counted: for the verbs that then write into it."""
    ticket = Ticket(
        owner_id=owner.id, submission=submission, language=language, title=title, status=Status.OPEN.value,
        status_since=at, opened_at=at, updated_at=at, follows_id=follows_id, last_seq=0, owner_rank=owner.rank,
        assignee_id=assignee_id, priority=Priority.NORMAL.value,
    )  # fmt: skip
    db.session.add(ticket)
    db.session.flush()
    counts.add(ticket)
    return ticket


def reply_as_owner(ticket: Ticket, body: str, *, submission: str, by: Person, at: datetime, reopen_days: int) -> None:
    """The member writes: a ticket that awaited their answer, or that they may still reopen, is open again."""
    if changes.is_repeated(ticket, submission, by):
        return
    was = Status(ticket.status)
    _check_not_merged(ticket)
    if was is Status.CLOSED:
        lifecycle.check_reopening(ticket.closed_at or at, at, reopen_days)
    changes.move(ticket, Party.OWNER, Verb.REPLY, at=at)
    changes.owes(ticket, at=at)
    changes.write(ticket, "reply", body, submission=submission, by=by, at=at)
    changes.remember(ticket, "reopened" if was is Status.CLOSED else "replied", by=by, at=at)


def thank(ticket: Ticket, body: str, *, submission: str, by: Person, at: datetime) -> None:
    """The member just says thanks: the message is kept and the ticket stays closed."""
    if changes.is_repeated(ticket, submission, by):
        return
    _check_not_merged(ticket)
    changes.move(ticket, Party.OWNER, Verb.THANK, at=at)
    changes.write(ticket, "thanks", body, submission=submission, by=by, at=at)
    changes.remember(ticket, "thanked", by=by, at=at)


def reply_as_agent(ticket: Ticket, body: str, *, submission: str, by: Person, at: datetime) -> None:
    """An agent answers the member."""
    if changes.is_repeated(ticket, submission, by):
        return
    changes.move(ticket, Party.AGENT, Verb.REPLY, at=at)
    changes.owes_nothing(ticket, at=at, answered=True)
    changes.write(ticket, "reply", body, submission=submission, by=by, at=at)
    changes.remember(ticket, "replied", by=by, at=at)


def add_note(ticket: Ticket, body: str, *, submission: str, by: Person, at: datetime) -> None:
    """An agent writes something that only agents can see."""
    if changes.is_repeated(ticket, submission, by):
        return
    changes.move(ticket, Party.AGENT, Verb.NOTE, at=at)
    changes.write(ticket, "note", body, submission=submission, by=by, at=at)
    changes.remember(ticket, "noted", by=by, at=at)


def request_information(ticket: Ticket, body: str, *, submission: str, by: Person, at: datetime) -> None:
    """An agent asks the member for something; the ticket then awaits their feedback. Raises Invalid without a text."""
    if changes.is_repeated(ticket, submission, by):
        return
    if not body:
        raise Invalid("message_missing")
    changes.move(ticket, Party.AGENT, Verb.REQUEST_INFORMATION, at=at)
    changes.owes_nothing(ticket, at=at, answered=True)
    changes.write(ticket, "request", body, submission=submission, by=by, at=at)
    changes.remember(ticket, "requested_information", by=by, at=at)


def close(ticket: Ticket, *, by: Person, at: datetime, body: str = "", submission: str = "") -> None:
    """The owner or an agent closes the ticket, with or without a last message."""
    if changes.is_repeated(ticket, submission, by):
        return
    changes.move(ticket, Party.AGENT if by.is_agent else Party.OWNER, Verb.CLOSE, at=at)
    changes.owes_nothing(ticket, at=at, answered=by.is_agent)
    if body:
        changes.write(ticket, "reply", body, submission=submission, by=by, at=at)
    changes.remember(ticket, "closed", by=by, at=at)


def assign(ticket: Ticket, agent: User | None, *, by: Person, at: datetime) -> None:
    """An agent gives the ticket to somebody of the team, to themselves, or back to nobody."""
    changes.lock(ticket)
    lifecycle.after(Status(ticket.status), Party.AGENT, Verb.ASSIGN)
    new_id = agent.id if agent else None
    if ticket.assignee_id == new_id:
        return
    with counts.kept(ticket):
        ticket.assignee_id = new_id
    changes.remember(ticket, "assigned" if agent else "unassigned", by=by, at=at, about_id=new_id)


def take(ticket: Ticket, agent: User, *, by: Person, at: datetime) -> None:
    """An agent takes a ticket that nobody has. Raises AlreadyTaken when a colleague was faster."""
    changes.lock(ticket)
    if ticket.assignee_id not in (None, agent.id):
        raise AlreadyTaken()
    assign(ticket, agent, by=by, at=at)


def _check_not_merged(ticket: Ticket) -> None:
    if ticket.merged_into_id is not None:
        raise WrongState("merged_away", number=ticket.merged_into_id + NUMBER_OFFSET)
