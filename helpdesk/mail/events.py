"""What has happened in a ticket, looked up when a mail tells of it, by the rights of the mail's reader."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.mail.letters import Said
from helpdesk.mail.outbox import Facts
from helpdesk.tickets import queries
from helpdesk.tickets.models import NUMBER_OFFSET, Ticket, TicketEvent
from helpdesk.tickets.queries import Message
from helpdesk.web.filters import date_and_time


@dataclass(frozen=True)
class Happened:
    """One event of a ticket: its place in it, when it was, and who did it (empty: time itself)."""

    ticket: Ticket
    seq: int
    at: datetime
    actor: str


def visible(person: Person, ticket_id: int) -> Ticket:
    """The ticket with this id, if the person may see it. Raises NotFound."""
    return queries.visible_ticket(person, ticket_id + NUMBER_OFFSET)


def look_up(person: Person, facts: Facts) -> Happened:
    """The event that a mail's facts name. Raises NotFound if the person may not see its ticket."""
    ticket, seq = visible(person, int(facts["ticket"])), int(facts["seq"])
    of_event = (
        select(TicketEvent.at, User.name)
        .outerjoin(User, User.id == TicketEvent.actor_id)
        .where(TicketEvent.ticket_id == ticket.id, TicketEvent.seq == seq)
    )
    at, actor = db.session.execute(of_event).one()
    return Happened(ticket, seq, at, actor or "")


def written_with(person: Person, happened: Happened, kinds: tuple[str, ...]) -> tuple[Said, ...]:
    """The message that was written together with the event: the last one before it, at the same moment."""
    together = [
        one
        for one in queries.thread(person, happened.ticket)
        if one.row.seq < happened.seq and one.row.written_at == happened.at and one.row.kind in kinds and one.row.body
    ]
    return tuple(_said(one, happened.ticket) for one in together[-1:])


def last_request(person: Person, ticket: Ticket) -> tuple[Said, ...]:
    """What the team has asked last."""
    asked = [one for one in queries.thread(person, ticket) if one.row.kind == "request" and one.row.body]
    return tuple(_said(one, ticket) for one in asked[-1:])


def _said(message: Message, ticket: Ticket) -> Said:
    # In a note the team speaks among itself, in whatever language.
    language = None if message.row.kind == "note" else ticket.language
    return Said(message.row.body, date_and_time(message.row.written_at), message.row.author, language)
