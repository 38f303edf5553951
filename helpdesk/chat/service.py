"""What can be done to a chat, one verb a function. Never commits, never reads the request.

Each verb checks the rule with one conditional UPDATE, so that of two people at once exactly one succeeds.
"""

import uuid
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import func, select, update

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.announce import Announcement, announce
from helpdesk.chat import detect, figures, impatience, messages, presence, queries, queue
from helpdesk.chat.messages import Stored
from helpdesk.chat.models import AgentPresence, Chat
from helpdesk.chat.queue import Party, State, Verb
from helpdesk.extensions import db
from helpdesk.refusals import AlreadyTaken, Invalid, WrongState

queue_changed = Announcement("queue_changed")
message_said = Announcement("message_said")
chat_changed = Announcement("chat_changed")

BODY_SIGNS = 4_000
# What a message is called where it was typed, as a regular expression.
CLIENT_ID = "[0-9A-Za-z-]{8,36}"
# In which of the chat's messages another language is looked for, as long as none has been seen.
FIRST_MESSAGES = 6


class Conversation(Protocol):
    """What the rules ask of a chat: a Chat has it, and so has a row that was read without one."""

    state: Any
    member_id: Any
    agent_id: Any
    language: Any


def begin(
    *,
    name: str,
    member_ref: str,
    email: str,
    question: str,
    client_id: str,
    by: Person,
    at: datetime,
) -> Chat:
    """Puts the member into the queue with their question. Somebody who has an open chat says it in that one."""
    present = _only_open_chat(by)
    if present is not None:
        say(present, question, client_id=client_id, by=by, at=at)
        return present
    chat = Chat(
        member_id=by.id, name=name, member_ref=member_ref, email=email, state=State.WAITING.value,
        language=detect.detect(question),
        began_at=at, seen_at=at, last_seq=0,
    )  # fmt: skip
    db.session.add(chat)
    db.session.flush()
    chat.place = chat.id
    chat.ahead = queries.ahead_of(chat)
    db.session.flush()
    messages.store(chat.id, question, author_id=by.id, client_id=client_id, at=at)
    figures.begin(chat)
    announce(queue_changed, about=chat)
    return chat


def say(chat: Chat, body: str, *, client_id: str, by: Person, at: datetime) -> Stored:
    """Says something in a chat, once for each `client_id`. Raises Invalid for no text or too much, WrongState.

    What is said through a socket goes the short way of saying.py, by the same rules.
    """
    db.session.flush()  # a refresh forgets what has been changed and not been written
    db.session.refresh(chat, with_for_update=True)  # two at once: the second one sees what the first has done
    same = messages.same(chat.id, client_id, author_id=by.id)
    if same is not None:
        return same
    check_saying(chat, body, by=by)
    stored = messages.store(chat.id, body, author_id=by.id, client_id=client_id, at=at)
    if may_tell_language(chat, stored.seq, by=by):
        chat.language = detect.detect(body)
    announce(
        message_said, about=chat, to=people_of(chat), chat_id=chat.id, seq=stored.seq, client_id=client_id,
        author_id=by.id, author=by.name, body=body, at=at,
    )  # fmt: skip
    return stored


def check_saying(chat: Conversation, body: str, *, by: Person) -> None:
    """Raises the refusal that keeps somebody from saying this now: Invalid for the text, WrongState for the chat."""
    if not body:
        raise Invalid("message_missing")
    if len(body) > BODY_SIGNS:
        raise Invalid("chat_too_long", max=BODY_SIGNS)
    queue.after(State(chat.state), party_of(chat, by), Verb.SAY)


def may_tell_language(chat: Conversation, seq: int, *, by: Person) -> bool:
    """Whether another language is still looked for in this message."""
    return by.id == chat.member_id and chat.language is None and seq <= FIRST_MESSAGES


def claim(chat: Chat, *, by: Person, at: datetime) -> None:
    """An agent accepts a waiting chat. Raises AlreadyTaken, with the winner's name, for everybody but the first."""
    won = (
        update(Chat)
        .where(Chat.id == chat.id, Chat.state == State.WAITING.value)
        .values(state=State.ACTIVE.value, agent_id=by.id, accepted_at=func.coalesce(Chat.accepted_at, at))
    )
    if db.session.execute(won).rowcount == 1:
        presence.see_agents([by.id], at=at)
        db.session.refresh(chat)
        figures.accept(chat, agent_id=by.id, at=at)
        impatience.settle(chat, at=at)
        _line(chat, Verb.CLAIM, by=by, at=at)
        return
    db.session.refresh(chat)
    if chat.state == State.ACTIVE.value and chat.agent_id != by.id:
        raise AlreadyTaken("chat_taken", agent=queries.agent_name(chat))
    if chat.state != State.ACTIVE.value:
        raise WrongState("chat_wrong_state", state=chat.state)


def leave(chat: Chat, *, by: Person | None, at: datetime) -> None:
    """Somebody leaves the queue, or has been away from it for too long (`by` is None)."""
    _move(chat, Party.MEMBER if by else Party.TIME, Verb.LEAVE)
    chat.ended_at = at
    figures.leave(chat)
    impatience.settle(chat, at=at)
    _line(chat, Verb.LEAVE, by=by, at=at)


def resume(chat: Chat, *, by: Person, at: datetime) -> None:
    """The member comes back to a chat that was given up, at its old place. Raises WrongState beside an open one."""
    if _only_open_chat(by) is not None:
        raise WrongState("chat_wrong_state", state=chat.state)
    _move(chat, Party.MEMBER, Verb.RESUME)
    chat.ended_at, chat.seen_at = None, at
    figures.leave(chat, times=-1)
    _line(chat, Verb.RESUME, by=by, at=at)


def hand_back(chat: Chat, *, by: Person | None, at: datetime) -> None:
    """The chat goes back to the front of the queue: its agent gives it back, or has gone away (`by` is None)."""
    _move(chat, party_of(chat, by) if by else Party.TIME, Verb.HAND_BACK)
    had, chat.agent_id, chat.agent_read_seq = chat.agent_id, None, 0
    chat.seen_at = at  # the member was not looked for while there was somebody to talk to
    front = db.session.scalar(select(func.min(Chat.place)).where(Chat.state == State.WAITING.value, Chat.id != chat.id))
    chat.place = min(chat.id, front if front is not None else chat.id) - 1
    _line(chat, Verb.HAND_BACK, by=by, at=at, had=had)


def transfer(chat: Chat, agent: User, *, by: Person, at: datetime) -> None:
    """The chat goes to another agent, who then has it. Raises Invalid for the agent who has it already."""
    if agent.id == chat.agent_id:
        raise Invalid("chat_same_agent")
    _move(chat, party_of(chat, by), Verb.TRANSFER)
    had, chat.agent_id, chat.agent_read_seq = chat.agent_id, agent.id, 0
    _line(chat, Verb.TRANSFER, by=by, at=at, had=had)


def end(chat: Chat, *, by: Person, at: datetime) -> None:
    """The member or the chat's agent ends the conversation."""
    _move(chat, party_of(chat, by), Verb.END)
    chat.ended_at = at
    _line(chat, Verb.END, by=by, at=at)


def rate(chat: Chat, rating: int, comment: str, *, by: Person) -> None:
    """The member says how it was, 1 to 5. Raises WrongState before the end, Invalid for other numbers."""
    if chat.state != State.ENDED.value or by.id != chat.member_id:
        raise WrongState("chat_wrong_state", state=chat.state)
    if not 1 <= rating <= 5:
        raise Invalid("rating_missing")
    figures.rate(chat, times=-1)
    chat.rating, chat.rating_comment = rating, comment[:1000]
    figures.rate(chat)


def set_available(agent: Person, available: bool, *, at: datetime) -> None:
    """Whether the agent takes chats. Going away gives their open chats back to the front of the queue."""
    presence.see_agents([agent.id], at=at)
    row = db.session.get_one(AgentPresence, agent.id, populate_existing=True)
    row.available, row.seen_at, row.left_at = available, at, None
    db.session.flush()
    if not available:
        for chat in queries.chats_of(agent):
            hand_back(chat, by=agent, at=at)
    announce(queue_changed, about=row)


def _only_open_chat(member: Person) -> Chat | None:
    """The member's open chat; nobody else can give them one until this transaction ends."""
    db.session.execute(select(User.id).where(User.id == member.id).with_for_update())
    return queries.open_chat(member)


def party_of(chat: Conversation, person: Person) -> Party:
    """What this person is to this chat."""
    if person.id == chat.member_id:
        return Party.MEMBER
    return Party.AGENT if person.id == chat.agent_id else Party.OTHER_AGENT


def people_of(chat: Conversation) -> list[int]:
    """Who may hear of what happens in a chat: its member, and the agent it is with."""
    return [user_id for user_id in (chat.member_id, chat.agent_id) if user_id is not None]


def _move(chat: Chat, party: Party, verb: Verb) -> None:
    """Changes the state if the rule allows it and nobody else has changed it meanwhile. Raises WrongState."""
    was = State(chat.state)
    goes_to = queue.after(was, party, verb)
    changed = update(Chat).where(Chat.id == chat.id, Chat.state == was.value).values(state=goes_to.value)
    if db.session.execute(changed).rowcount != 1:
        raise WrongState("chat_wrong_state", state=was.value)
    db.session.refresh(chat)


def _line(chat: Chat, verb: Verb, *, by: Person | None, at: datetime, had: int | None = None) -> None:
    """A line of the desk itself in the conversation: its code, put into words by whoever reads it.

    The agent who `had` the chat is told too: another page of theirs may still show it as their own.
    """
    db.session.flush()
    messages.store(
        chat.id, verb.value, author_id=by.id if by else None, client_id=str(uuid.uuid4()), at=at, kind="system"
    )
    to = [*people_of(chat), *([had] if had is not None else [])]
    announce(chat_changed, about=chat, to=to, chat_id=chat.id, what=verb.value, state=chat.state)
    announce(queue_changed, about=chat)
