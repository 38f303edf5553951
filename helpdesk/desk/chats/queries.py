"""What the desk shows of the chat: the frame's counts, the agent's own chats, what has ended, the way to the ticket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, func, select

from helpdesk.accounts.models import AgentProfile, User
from helpdesk.accounts.person import Person
from helpdesk.chat import presence
from helpdesk.chat.models import AgentPresence, Chat, ChatMessage
from helpdesk.chat.queue import State
from helpdesk.desk.lists import figures
from helpdesk.extensions import db
from helpdesk.ranks import Role
from helpdesk.reading import read
from helpdesk.tickets import counts
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import NUMBER_OFFSET, Ticket
from helpdesk.tickets.paging import Cursor, Listing, Page

FIRST_SIGNS = 120
PAGE_SIZE = 25
MOST_TICKETS = 5

# Through the tables' columns and made once, as in tickets/queries.py: the frame is asked on every page of the desk.
_chat, _said = Chat.__table__.c, ChatMessage.__table__.c
_presence, _user = AgentPresence.__table__.c, User.__table__.c
_ticket = Ticket.__table__.c
_is_own = and_(_chat.agent_id == bindparam("agent_id"), _chat.state == State.ACTIVE.value)
_is_waiting = _chat.state == State.WAITING.value
_is_unread = and_(
    _said.chat_id == _chat.id,
    _said.seq > _chat.agent_read_seq,
    _said.kind == "text",
    _said.author_id == _chat.member_id,
)
_profile = AgentProfile.__table__.c
_mine = _presence.agent_id == bindparam("agent_id")


def _one(column: Any, *conditions: Any) -> Any:
    return select(column).where(*conditions).scalar_subquery()


_newest = select(_chat.id).where(_is_waiting).order_by(_chat.id.desc()).limit(1)
_FRAME = select(
    _one(_presence.available, _mine).label("available"),
    _one(_presence.seen_at, _mine).label("seen_at"),
    _one(_profile.shortcuts, _profile.agent_id == bindparam("agent_id")).label("shortcuts"),
    _one(func.count(), _is_waiting).label("waiting"),
    _newest.scalar_subquery().label("newest"),
    _newest.with_only_columns(_chat.name).scalar_subquery().label("newest_name"),
    _one(func.count(_chat.id), _is_own).label("own"),
    _one(func.count(_said.id), _is_own, _is_unread).label("unread"),
    figures.OVERDUE,
    figures.SOON,
)
_LAST = select(_said.id).where(_said.chat_id == _chat.id, _said.kind == "text").order_by(_said.seq.desc()).limit(1)
_OWN = (
    select(
        _chat.id, _chat.name, _chat.language,
        select(func.count()).where(_is_unread).correlate(Chat.__table__).scalar_subquery().label("unread"),
        _LAST.with_only_columns(func.substr(_said.body, 1, FIRST_SIGNS))
        .correlate(Chat.__table__).scalar_subquery().label("last"),
        _LAST.with_only_columns(_said.author_id).correlate(Chat.__table__).scalar_subquery().label("last_by"),
    )
    .where(_is_own)
    .order_by(_chat.id)
)  # fmt: skip
_FIRST = (
    select(func.substr(_said.body, 1, FIRST_SIGNS)).where(_said.chat_id == _chat.id, _said.seq == 1).scalar_subquery()
)
_ENDED: Select[Any] = (
    select(
        _chat.id, _chat.name, _chat.language, _chat.state, _chat.ended_at, _chat.rating, _user.name.label("agent"),
        _ticket.id.label("ticket_id"), _FIRST.label("question"),
    )
    .outerjoin_from(Chat.__table__, User.__table__, _user.id == _chat.agent_id)
    .outerjoin(Ticket.__table__, and_(_ticket.owner_id == _chat.member_id, _ticket.submission == _chat.submission))
    .where(_chat.ended_at.is_not(None))
)  # fmt: skip
_ended = Listing(_ENDED, _chat.ended_at, _chat.id, PAGE_SIZE)


@dataclass(frozen=True)
class Frame:
    """What every page of the desk shows around itself. `newest` is the id of the last that came, 0 for none."""

    available: bool
    seen_at: datetime | None
    waiting: int
    newest: int
    newest_name: str
    own: int
    unread: int
    overdue: int
    soon: int
    shortcuts: bool
    tickets: dict[str, dict[Status, int]]

    def not_closed(self, whose: str) -> int:
        """How many tickets of these are not closed."""
        return self.tickets[whose][Status.OPEN] + self.tickets[whose][Status.AWAITING_FEEDBACK]

    @property
    def asks(self) -> int:
        """What asks for this agent's attention: unread messages and, for who takes chats, those who wait."""
        return self.unread + (self.waiting if self.available else 0)


def frame(agent: Person, *, at: datetime) -> Frame:
    """The frame for this agent: two queries, however much there is."""
    row = read(_FRAME, {"agent_id": agent.id, "at": at}).one()
    own = counts.of_assignee(agent.id)
    kept = counts.read([counts.ALL, counts.UNASSIGNED, own])
    return Frame(
        bool(row.available), row.seen_at, row.waiting, row.newest or 0, row.newest_name or "", row.own, row.unread,
        row.overdue, row.soon, row.shortcuts is not False,
        {"all": kept[counts.ALL], "unassigned": kept[counts.UNASSIGNED], "mine": kept[own]},
    )  # fmt: skip


def own_chats(agent: Person) -> Sequence[Row[Any]]:
    """The agent's open chats, with the last message and how many of the member's are unread."""
    return read(_OWN, {"agent_id": agent.id}).all()


def open_chats_of(agent: Person) -> int:
    """How many chats this agent has open."""
    return db.session.scalar(select(func.count(_chat.id)).where(_is_own), {"agent_id": agent.id}) or 0


def ended(cursor: Cursor | None) -> Page[Row[Any]]:
    """A page of the chats that are over, the last one first."""
    return _ended.page(cursor)


@dataclass(frozen=True)
class Colleague:
    """Another agent, and whether they take chats now."""

    id: int
    name: str
    available: bool


def colleagues(agent: Person, *, at: datetime) -> list[Colleague]:
    """To whom a chat can be given: those who take chats now first."""
    here = and_(AgentPresence.available.is_(True), presence.is_there(at))
    rows = db.session.execute(
        select(User.id, User.name, AgentPresence.agent_id.label("here"))
        .outerjoin(AgentPresence, and_(AgentPresence.agent_id == User.id, here))
        .where(User.role != Role.MEMBER.value, User.disabled_at.is_(None), User.id != agent.id)
        .order_by(AgentPresence.agent_id.is_(None), User.name, User.id)
    )
    return [Colleague(row.id, row.name, row.here is not None) for row in rows]


def ticket_of(chat: Chat) -> int | None:
    """The number of the ticket that came of this chat."""
    if chat.submission is None:
        return None
    came = select(Ticket.id).where(Ticket.owner_id == chat.member_id, Ticket.submission == chat.submission)
    found = db.session.scalar(came)
    return found + NUMBER_OFFSET if found else None


def tickets_in_hand(member_id: int) -> Sequence[Row[Any]]:
    """The member's tickets that are not closed, the last changed first."""
    rows = (
        select(Ticket.id, Ticket.language, Ticket.title, Ticket.status)
        .where(Ticket.owner_id == member_id, Ticket.status != Status.CLOSED.value)
        .order_by(Ticket.updated_at.desc(), Ticket.id.desc())
        .limit(MOST_TICKETS)
    )
    return db.session.execute(rows).all()
