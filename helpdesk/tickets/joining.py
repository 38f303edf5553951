"""What belongs together and what does not: merging, splitting, linking and following up tickets. Never commits.

Whoever changes two tickets locks both in one order, so that two agents who go opposite ways wait for each other.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, update

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.accounts.sessions import person_of
from helpdesk.extensions import db
from helpdesk.refusals import Invalid
from helpdesk.tickets import changes, queries, search, service
from helpdesk.tickets.lifecycle import Party, Status, Verb
from helpdesk.tickets.models import NUMBER_OFFSET, Ticket, TicketLink, TicketMessage

MOST_SPLIT = 50
RELATED, SPLIT = "related", "split"


def check_merging(ticket: Ticket, into: Ticket) -> None:
    """Raises Invalid with the reason why this ticket cannot go on in the other one."""
    if ticket.id == into.id:
        raise Invalid("merge_same")
    if ticket.owner_id != into.owner_id:
        # What a member wrote must not come to be in somebody else's ticket.
        raise Invalid("merge_other_owner")
    if ticket.merged_into_id is not None:
        raise Invalid("merge_done", number=ticket.merged_into_id + NUMBER_OFFSET)
    if Status.CLOSED.value in (ticket.status, into.status):
        raise Invalid("merge_closed")


def merge(ticket: Ticket, into: Ticket, *, by: Person, at: datetime) -> None:
    """The ticket's messages go on in the other one, after what is there, and it is closed.

    Merged again into the same one it stays as it is. Raises Invalid as `check_merging`.
    """
    _lock_both(ticket, into)
    if ticket.merged_into_id == into.id:
        return
    check_merging(ticket, into)
    for message in _messages(ticket):
        _carry(message, into, kind="reply" if message.kind == "description" else message.kind)
    db.session.execute(update(Ticket).where(Ticket.merged_into_id == ticket.id).values(merged_into_id=into.id))
    if ticket.waiting_since is not None and into.status == Status.OPEN.value:
        changes.owes(into, at=ticket.waiting_since)
    ticket.merged_into_id = into.id
    changes.move(ticket, Party.AGENT, Verb.CLOSE, at=at)
    changes.owes_nothing(ticket, at=at, answered=False)
    changes.remember(ticket, "merged", by=by, at=at, other_id=into.id)
    changes.remember(into, "merged_from", by=by, at=at, other_id=ticket.id)


def split(
    ticket: Ticket, message_ids: Sequence[int], *, language: str, title: str, submission: str, by: Person, at: datetime
) -> Ticket:
    """Some of the ticket's messages become a new one of the same owner: the first that the owner may read begins it.

    The same `submission` again gives the same ticket. Raises Invalid when there is nothing that could begin one.
    """
    changes.lock(ticket)
    if (made := queries.submitted(_owner(ticket), submission)) is not None:
        return made
    chosen = [one for one in _messages(ticket) if one.id in set(message_ids) and one.kind != "description"]
    first = next((one for one in chosen if one.kind != "note"), None)
    if first is None or len(chosen) > MOST_SPLIT:
        raise Invalid("split_nothing")
    new = service.open_bare(
        _owner(ticket), submission=submission, language=language, title=title, assignee_id=ticket.assignee_id, at=at
    )
    new.priority = ticket.priority
    search.index(new, _owner(ticket), "")
    for message in [first, *(one for one in chosen if one is not first)]:
        _carry(message, new, kind="description" if message is first else message.kind)
    changes.owes(new, at=at)
    changes.remember(new, "submitted", by=by, at=at)
    changes.remember(new, "split_from", by=by, at=at, other_id=ticket.id)
    changes.remember(ticket, "split_off", by=by, at=at, other_id=new.id)
    db.session.add(TicketLink(ticket_id=ticket.id, other_id=new.id, kind=SPLIT, made_by=by.id, made_at=at))
    return new


def follow_up(
    ticket: Ticket, *, language: str, title: str, description: str, submission: str, by: Person, at: datetime
) -> Ticket:
    """An agent opens a ticket for the member of a closed one, which it follows; the agent looks after it.

    The same `submission` again gives the same ticket. Raises Invalid while the ticket is not closed.
    """
    changes.lock(ticket)
    if (made := queries.submitted(_owner(ticket), submission)) is not None:
        return made
    if ticket.status != Status.CLOSED.value:
        raise Invalid("follow_up_open")
    new = service.open_bare(
        _owner(ticket), submission=submission, language=language, title=title, assignee_id=by.id, at=at,
        follows_id=ticket.id,
    )  # fmt: skip
    changes.write(new, "description", description, submission=submission, by=by, at=at)
    changes.owes(new, at=at)
    changes.remember(new, "submitted", by=by, at=at)
    search.index(new, _owner(ticket), description)
    return new


def relate(ticket: Ticket, other: Ticket, *, by: Person, at: datetime) -> None:
    """Notes that two tickets belong together, whoever owns them; only the team sees it. Raises Invalid for itself."""
    if ticket.id == other.id:
        raise Invalid("link_same")
    _lock_both(ticket, other)
    if db.session.scalar(select(TicketLink.id).where(_between(ticket, other))) is not None:
        return
    first, second = sorted((ticket.id, other.id))
    db.session.add(TicketLink(ticket_id=first, other_id=second, kind=RELATED, made_by=by.id, made_at=at))
    changes.remember(ticket, "linked", by=by, at=at, other_id=other.id)
    changes.remember(other, "linked", by=by, at=at, other_id=ticket.id)


def unrelate(ticket: Ticket, other: Ticket, *, by: Person, at: datetime) -> None:
    """Takes a link off. That one was split off the other stays so."""
    _lock_both(ticket, other)
    if db.session.execute(delete(TicketLink).where(_between(ticket, other), TicketLink.kind == RELATED)).rowcount:
        changes.remember(ticket, "unlinked", by=by, at=at, other_id=other.id)
        changes.remember(other, "unlinked", by=by, at=at, other_id=ticket.id)


def _between(one: Ticket, other: Ticket):
    both = ((one.id, other.id), (other.id, one.id))
    return or_(*((TicketLink.ticket_id == first) & (TicketLink.other_id == second) for first, second in both))


def _lock_both(one: Ticket, other: Ticket) -> None:
    ids = sorted({one.id, other.id})
    db.session.execute(select(Ticket.id).where(Ticket.id.in_(ids)).order_by(Ticket.id).with_for_update()).all()
    for ticket in (one, other):
        db.session.refresh(ticket)


def _owner(ticket: Ticket) -> Person:
    return person_of(db.session.get_one(User, ticket.owner_id))


def _messages(ticket: Ticket) -> list[TicketMessage]:
    rows = select(TicketMessage).where(TicketMessage.ticket_id == ticket.id).order_by(TicketMessage.seq)
    return list(db.session.scalars(rows))


def _carry(message: TicketMessage, to: Ticket, *, kind: str) -> None:
    """Puts a message at the end of another ticket, with its author, its time and its files, and makes it findable."""
    message.ticket_id, message.seq, message.kind = to.id, changes.next_seq(to), kind
    db.session.flush()
    search.add_words(to, message.body, internal=kind == "note")
