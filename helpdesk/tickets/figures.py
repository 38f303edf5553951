"""What a ticket's events add to the reports; the same rule counts them as they happen and again from their rows.

Opened, closed and reopened tickets and the time until the first response are counted on the day they happen. The time
until it was closed goes from submission to closing; a ticket that was reopened counts again when it is closed again,
with the whole time. A merged ticket counts as closed and has no such time: its work goes on in the other one.

Whose it is: the ticket's language; for a first response the agent who gave it; for a closing the agent who looked
after the ticket, or else who closed it; the tags that the ticket had when it was closed, which also tells for a tag
how long the first response to its tickets had taken. Never commits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.reports import scale
from helpdesk.reports import service as reports
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Ticket, TicketEvent, TicketTag

OPENED, CLOSED, REOPENED = "opened", "closed", "reopened"
FIRST_RESPONSE, RESOLUTION = "first_response", "resolution"

# The events that open, close and reopen a ticket, and those that answer its member.
OPENING = "submitted"
CLOSING = frozenset({"closed", "auto_closed", "merged"})
UNDONE = "close_undone"
REOPENING = frozenset({"reopened", UNDONE})
ANSWERING = frozenset({"replied", "requested_information", "closed"})

_tag = TicketTag.__table__.c
_TAGS = select(_tag.tag_id).where(_tag.ticket_id == bindparam("ticket_id"))
_event = TicketEvent.__table__.c
_LAST_CLOSING = (
    select(_event.at, _event.actor_id)
    .where(_event.ticket_id == bindparam("ticket_id"), _event.what == "closed")
    .order_by(_event.seq.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Moment:
    """An event with what was so when it happened. `agent_id` is who of the team did it, None for anybody else."""

    what: str
    at: datetime
    agent_id: int | None
    language: str
    opened_at: datetime
    first_answered_at: datetime | None
    assignee_id: int | None
    has_closed: bool
    tags: Sequence[int]


@dataclass(frozen=True)
class Figure:
    """One thing to count, and for whom; `seconds` is None for what has no duration. `overall` is for all as well."""

    measure: str
    keys: list[tuple[str, str]]
    seconds: float | None = None
    overall: bool = True


def keep(ticket: Ticket, what: str, *, by: Person | None, at: datetime) -> None:
    """Counts the event of a ticket that has just been remembered."""
    if what == UNDONE and ticket.first_answered_at is None:
        _take_back_answer(ticket)
    has_closed = what in CLOSING and ticket.status == Status.CLOSED.value and ticket.closed_at == at
    tags = db.session.scalars(_TAGS, {"ticket_id": ticket.id}).all() if has_closed else ()
    count(
        Moment(
            what, at, by.id if by and by.is_agent else None, ticket.language, ticket.opened_at,
            ticket.first_answered_at, ticket.assignee_id, has_closed, tags,
        )
    )  # fmt: skip


def _take_back_answer(ticket: Ticket) -> None:
    """The closing that is undone was also the first response, and nobody has given one now."""
    closing = db.session.execute(_LAST_CLOSING, {"ticket_id": ticket.id}).first()
    if closing is None:
        return
    place = scale.bucket((closing.at - ticket.opened_at).total_seconds())
    tags = [("tag", str(tag)) for tag in db.session.scalars(_TAGS, {"ticket_id": ticket.id})]
    keys = [("language", ticket.language), *_agent(closing.actor_id)]
    reports.count(FIRST_RESPONSE, at=closing.at, keys=keys, bucket=place, times=-1)
    reports.count(FIRST_RESPONSE, at=closing.at, keys=tags, bucket=place, times=-1, overall=False)


def count(moment: Moment) -> None:
    """Adds what the event is to the reports of its day."""
    for figure in _figures(moment):
        place = 0 if figure.seconds is None else scale.bucket(figure.seconds)
        reports.count(figure.measure, at=moment.at, keys=figure.keys, bucket=place, overall=figure.overall)


def _figures(moment: Moment) -> Iterator[Figure]:
    language = ("language", moment.language)
    if moment.what == OPENING:
        yield Figure(OPENED, [language])
    if moment.what in REOPENING:
        yield Figure(REOPENED, [language, *_agent(moment.assignee_id)])
    if moment.what in ANSWERING and moment.agent_id is not None and moment.first_answered_at == moment.at:
        yield Figure(FIRST_RESPONSE, [language, *_agent(moment.agent_id)], _since_opened(moment, moment.at))
    if moment.has_closed:
        yield from _closing(moment, [language, *(_agent(moment.assignee_id) or _agent(moment.agent_id))])


def _closing(moment: Moment, keys: list[tuple[str, str]]) -> Iterator[Figure]:
    tags = [("tag", str(tag)) for tag in moment.tags]
    yield Figure(CLOSED, [*keys, *tags])
    if moment.what != "merged":
        yield Figure(RESOLUTION, [*keys, *tags], _since_opened(moment, moment.at))
    answered_at = moment.first_answered_at
    if tags and answered_at is not None and answered_at <= moment.at:
        yield Figure(FIRST_RESPONSE, tags, _since_opened(moment, answered_at), overall=False)


def _since_opened(moment: Moment, at: datetime) -> float:
    return (at - moment.opened_at).total_seconds()


def _agent(user_id: int | None) -> list[tuple[str, str]]:
    return [] if user_id is None else [("agent", str(user_id))]
