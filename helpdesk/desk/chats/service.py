"""What an agent does with a chat beyond the chat's own verbs: reads it, and leads the way over to a ticket."""

from datetime import datetime

from sqlalchemy import update

from helpdesk import languages
from helpdesk.accounts import sessions
from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.chat import handover, service
from helpdesk.chat.models import AgentPresence, Chat
from helpdesk.chat.queue import State
from helpdesk.extensions import db
from helpdesk.refusals import Invalid


def ask_for_ticket(chat: Chat, language: str, words: str, *, by: Person, at: datetime) -> None:
    """Asks the member with `words`, in French, Swedish or Spanish, for a ticket; who still waits is accepted first.

    Raises Invalid for other languages, and what accepting and saying raise.
    """
    if language not in languages.CODES or language == languages.DEFAULT:
        raise Invalid()
    if chat.state == State.WAITING.value:
        service.claim(chat, by=by, at=at)
    member = sessions.person_of(db.session.get_one(User, chat.member_id))
    draft = handover.fill_draft(chat, language, member=member, at=at)
    chat.asked_in = language
    service.say(chat, words, client_id=f"ask-{language}-{by.id}-{draft.submission[:16]}", by=by, at=at)


def read(chat: Chat, seq: int, *, by: Person) -> None:
    """The chat's agent has read it as far as `seq`; for anybody else, and for what is read already, nothing changes."""
    db.session.execute(
        update(Chat)
        .where(Chat.id == chat.id, Chat.agent_id == by.id, Chat.agent_read_seq < seq)
        .values(agent_read_seq=min(seq, chat.last_seq))
    )


def be_here(agent: Person, *, at: datetime) -> None:
    """A page of this agent was opened: who takes chats is still there."""
    seen = update(AgentPresence).where(AgentPresence.agent_id == agent.id, AgentPresence.seen_at < at)
    db.session.execute(seen.values(seen_at=at))
