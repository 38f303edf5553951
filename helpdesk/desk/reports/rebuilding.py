"""Counts the reports anew from the tickets and chats, batch by batch: for a desk that is older than its reports.

The same rules as live (tickets/figures.py, chat/figures.py) are asked again with what was so at each event's time.
Nobody else may count meanwhile: the desk must not serve.
"""

from collections.abc import Callable, Iterator
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, delete, select

from helpdesk.accounts.models import User
from helpdesk.chat import figures as chat_figures
from helpdesk.chat.models import Chat, ChatMessage
from helpdesk.chat.queue import State, Verb
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.ranks import Role
from helpdesk.reports.models import ReportCell
from helpdesk.tickets import figures
from helpdesk.tickets.figures import Moment
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Tag, Ticket, TicketEvent, TicketTag

BATCH = 500
ASSIGNING = frozenset({"assigned", "unassigned"})

_ticket, _event, _user = Ticket.__table__.c, TicketEvent.__table__.c, User.__table__.c
_tagged, _tag = TicketTag.__table__.c, Tag.__table__.c
_chat, _line = Chat.__table__.c, ChatMessage.__table__.c


def rebuild(told: Callable[[str, int], None] = lambda what, many: None) -> None:
    """Empties the reports and fills them again; `told` hears after each batch how many rows it was."""
    intend_to_write()
    db.session.execute(delete(ReportCell))
    db.session.commit()
    for what, count in (("tickets", _count_tickets), ("chats", _count_chats)):
        last = 0
        while ids := count(last):
            db.session.commit()
            last = ids[-1]
            told(what, len(ids))
        db.session.commit()


def _count_tickets(after: int) -> list[int]:
    """Counts the next batch of tickets and gives their ids."""
    wanted = select(_ticket.id, _ticket.language, _ticket.opened_at, _ticket.first_answered_at, _ticket.assignee_id)
    tickets = db.session.execute(wanted.where(_ticket.id > after).order_by(_ticket.id).limit(BATCH)).all()
    if not tickets:
        return []
    first, last = tickets[0].id, tickets[-1].id
    events = _events(first, last)
    tags = _tags(first, last)
    names = {row.name: row.id for row in db.session.execute(select(_tag.id, _tag.name))}
    for ticket in tickets:
        for moment in _moments(ticket, events.get(ticket.id, []), tags.get(ticket.id, set()), names):
            figures.count(moment)
    return [ticket.id for ticket in tickets]


def _events(first: int, last: int) -> dict[int, list[Row[Any]]]:
    rows = (
        select(
            _event.ticket_id, _event.what, _event.at, _event.status, _event.actor_id, _event.about_id, _event.detail,
            _user.role,
        )
        .join_from(TicketEvent.__table__, User.__table__, _user.id == _event.actor_id, isouter=True)
        .where(_event.ticket_id.between(first, last))
        .order_by(_event.ticket_id, _event.seq)
    )  # fmt: skip
    return {ticket_id: list(some) for ticket_id, some in groupby(db.session.execute(rows), attrgetter("ticket_id"))}


def _tags(first: int, last: int) -> dict[int, set[int]]:
    rows = select(_tagged.ticket_id, _tagged.tag_id).where(_tagged.ticket_id.between(first, last))
    found: dict[int, set[int]] = {}
    for row in db.session.execute(rows):
        found.setdefault(row.ticket_id, set()).add(row.tag_id)
    return found


def _moments(ticket: Row[Any], events: list[Row[Any]], tags: set[int], names: dict[str, int]) -> Iterator[Moment]:
    assignees, had_tags = _assignees(ticket, events), _tags_then(events, tags, names)
    closed = [False, *(event.status == Status.CLOSED.value for event in events)]
    for event, assignee_id, had, (was, now_closed) in zip(events, assignees, had_tags, pairwise(closed), strict=True):
        agent_id = event.actor_id if event.role not in (None, Role.MEMBER.value) else None
        has_closed = event.what in figures.CLOSING and now_closed and not was
        yield Moment(
            event.what, event.at, agent_id, ticket.language, ticket.opened_at, ticket.first_answered_at, assignee_id,
            has_closed, sorted(had),
        )  # fmt: skip


def _assignees(ticket: Row[Any], events: list[Row[Any]]) -> list[int | None]:
    """Who looked after the ticket at each of its events; one that was never given to anybody has kept who it has."""
    given = any(event.what in ASSIGNING for event in events)
    has = None if given else ticket.assignee_id
    found = []
    for event in events:
        has = event.about_id if event.what in ASSIGNING else has
        found.append(has)
    return found


def _tags_then(events: list[Row[Any]], tags: set[int], names: dict[str, int]) -> list[set[int]]:
    """Which tags the ticket had at each of its events: from those that it has now, backwards."""
    has, found = set(tags), []
    for event in reversed(events):
        found.append(set(has))
        tag = names.get(event.detail or "")
        if event.what == "tagged":
            has.discard(tag or 0)
        if event.what == "untagged" and tag is not None:
            has.add(tag)
    return found[::-1]


def _count_chats(after: int) -> list[int]:
    """Counts the next batch of chats and gives their ids."""
    wanted = select(
        _chat.id, _chat.state, _chat.began_at, _chat.accepted_at, _chat.handed_over_in, _chat.agent_id, _chat.rating
    )
    chats = db.session.execute(wanted.where(_chat.id > after).order_by(_chat.id).limit(BATCH)).all()
    accepted = _accepted_by(chats[0].id, chats[-1].id) if chats else {}
    for chat in chats:
        chat_figures.begin(chat)
        if chat.accepted_at is not None and chat.id in accepted:
            chat_figures.accept(chat, agent_id=accepted[chat.id], at=chat.accepted_at)
        if chat.state == State.LEFT.value:
            chat_figures.leave(chat)
        chat_figures.count_ticket(chat)
        chat_figures.rate(chat)
    return [chat.id for chat in chats]


def _accepted_by(first: int, last: int) -> dict[int, int]:
    """Who accepted each of these chats first."""
    claims = select(_line.chat_id, _line.author_id).where(
        _line.chat_id.between(first, last), _line.kind == "system", _line.body == Verb.CLAIM.value
    )
    rows = db.session.execute(claims.order_by(_line.chat_id, _line.seq.desc()))
    return {row.chat_id: row.author_id for row in rows if row.author_id is not None}
