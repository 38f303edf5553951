"""Looking chats up. The look-up is the permission: what a person may not see is not found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.chat import messages, presence, queue
from helpdesk.chat.models import Chat, ChatMessage
from helpdesk.chat.queue import State
from helpdesk.extensions import db
from helpdesk.refusals import NotFound
from helpdesk.tickets.models import Ticket

OPEN = (State.WAITING.value, State.ACTIVE.value)
JUDGED_BY = timedelta(hours=1)
AGENT_GONE = presence.AGENT_GONE
FIRST_WORDS = 120
SHOWN_AFTER = timedelta(hours=24)

_chat = Chat.__table__.c
# The chat that a ticket with this `submission` of this `owner_id` came from.
BEHIND = (
    select(_chat.id)
    .where(_chat.submission == bindparam("submission"), _chat.member_id == bindparam("owner_id"))
    .order_by(_chat.id.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Standing:
    """Where somebody is in the queue: their place (1 is next), how many are ahead, the seconds to expect or None."""

    place: int
    ahead: int
    wait_s: int | None


def visible_chat(person: Person, chat_id: int) -> Chat:
    """The chat with this id, if it is the person's own or the person is an agent. Raises NotFound."""
    chat = db.session.get(Chat, chat_id) if 0 < chat_id < 2**31 else None
    if chat is None or not (person.is_agent or chat.member_id == person.id):
        raise NotFound()
    return chat


def open_chat(person: Person) -> Chat | None:
    """The member's chat that is waiting or going on."""
    own = select(Chat).where(Chat.member_id == person.id, Chat.state.in_(OPEN)).order_by(Chat.id.desc()).limit(1)
    return db.session.scalar(own)


def last_chat(person: Person, *, since: datetime) -> Chat | None:
    """The member's latest chat, if it ended in the day before `since`: to rate it, or to come back to it."""
    own = select(Chat).where(Chat.member_id == person.id, Chat.ended_at > since - SHOWN_AFTER)
    return db.session.scalar(own.order_by(Chat.id.desc()).limit(1))


def chat_behind(ticket: Ticket) -> int | None:
    """The chat that this ticket came from: the last one, should there be several."""
    return db.session.scalar(BEHIND, {"submission": ticket.submission, "owner_id": ticket.owner_id})


def conversation(chat: Chat) -> list[Row[Any]]:
    """Everything that was said in a chat, in order, however long it is."""
    rows: list[Row[Any]] = []
    while page := messages.after(chat.id, rows[-1].seq if rows else 0):
        rows.extend(page)
        if len(page) < messages.PAGE:
            break
    return rows


def ahead_of(chat: Chat) -> int:
    """How many wait in front of this chat."""
    waiting = select(func.count()).where(Chat.state == State.WAITING.value, Chat.place < chat.place)
    return db.session.scalar(waiting) or 0


def standing(chat: Chat, *, at: datetime) -> Standing:
    """Where a waiting chat stands, with the waiting time that the last hour's real chats tell."""
    ahead = ahead_of(chat)
    return Standing(ahead + 1, ahead, queue.expected_wait(_waited(at), ahead))


def standings(*, at: datetime) -> list[tuple[int, int, Standing]]:
    """Where everybody in the queue stands, as (member, chat, standing): two queries, however many wait."""
    rows = select(Chat.member_id, Chat.id).where(Chat.state == State.WAITING.value).order_by(Chat.place, Chat.id)
    waited = _waited(at)
    return [
        (row.member_id, row.id, Standing(ahead + 1, ahead, queue.expected_wait(waited, ahead)))
        for ahead, row in enumerate(db.session.execute(rows))
    ]


def _waited(at: datetime) -> list[queue.Waited]:
    """The chats that were accepted in the last hour."""
    accepted = select(Chat.began_at, Chat.accepted_at, Chat.ahead).where(Chat.accepted_at > at - JUDGED_BY)
    return [
        queue.Waited((row.accepted_at - row.began_at).total_seconds(), row.ahead)
        for row in db.session.execute(accepted)
    ]


def waiting() -> Sequence[Row[Any]]:
    """The queue, the next one first, with the first words of each question."""
    question = (
        select(func.substr(ChatMessage.body, 1, FIRST_WORDS))
        .where(ChatMessage.chat_id == Chat.id, ChatMessage.seq == 1)
        .scalar_subquery()
    )
    rows = (
        select(Chat.id, Chat.name, Chat.began_at, Chat.language, question.label("question"))
        .where(Chat.state == State.WAITING.value)
        .order_by(Chat.place, Chat.id)
    )
    return db.session.execute(rows).all()


def chats_of(agent: Person) -> list[Chat]:
    """The chats that an agent has going on."""
    own = select(Chat).where(Chat.agent_id == agent.id, Chat.state == State.ACTIVE.value).order_by(Chat.id)
    return list(db.session.scalars(own))


def agent_name(chat: Chat) -> str:
    """Who of the team the chat is with; empty while it is with nobody."""
    return db.session.scalar(select(User.name).where(User.id == chat.agent_id)) or ""


def anybody_available(*, at: datetime) -> bool:
    """Whether an agent takes chats and has been heard of lately."""
    return presence.available(at=at) > 0
