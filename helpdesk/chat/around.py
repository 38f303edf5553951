"""What stands in a conversation and around it: the place in the queue, the hours, the ticket that came of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import get_timezone
from flask_login import current_user

from helpdesk.chat import labels, queries, service, transcripts
from helpdesk.chat.models import Chat
from helpdesk.chat.opening import hours_now
from helpdesk.chat.queue import State
from helpdesk.submission import queries as drafts
from helpdesk.tickets import queries as tickets

# From here on the page says that it takes long, and offers the ticket once more.
LONG_WAIT = timedelta(minutes=10)


@dataclass(frozen=True)
class Prepared:
    """The ticket that came of a chat: its number once it is submitted, before that only the token of its draft."""

    submission: str
    number: int | None


def closed(at: datetime) -> str:
    """Why nobody can chat at this moment: `hours`, or `nobody` is there; empty when they can."""
    if not hours_now().is_open(at):
        return "hours"
    return "" if queries.anybody_available(at=at) else "nobody"


def opening(why: str, at: datetime) -> str:
    """When the chat opens again, where it is closed because of the hours."""
    return labels.opening_sentence(hours_now().next_opening(at), at, hours_now()) if why == "hours" else ""


def conversation(chat: Chat) -> dict[str, object]:
    """What the templates and the script need for the conversation itself, whoever looks at it."""
    return {
        "rows": queries.conversation(chat), "line": labels.line, "lines": labels.lines(), "errors": labels.errors(),
        "limit": service.BODY_SIGNS, "zone": str(get_timezone()),
    }  # fmt: skip


def facts(chat: Chat, *, at: datetime) -> dict[str, object]:
    """What the templates show around a chat. `seen` is all of it in short: the page replaces only what has changed."""
    waiting = chat.state == State.WAITING.value
    why = closed(at) if waiting else ""
    standing = queries.standing(chat, at=at) if waiting else None
    said = labels.closed_sentence(why) if why else labels.place_sentence(standing) if standing else ""
    time = labels.waiting_time(standing) if standing else ""
    is_long = waiting and at - chat.began_at > LONG_WAIT
    agent, prepared = queries.agent_name(chat), _prepared(chat)
    seen = (chat.state, said, time, why, is_long, agent, prepared)
    return {
        "chat": chat, "standing": standing, "said": said, "time": time, "is_long": is_long, "agent": agent,
        "closed": why, "opening": opening(why, at), "closes_at": hours_now().closes_at(at) if waiting else None,
        "prepared": prepared, "transcript": transcripts.offer(chat, to=current_user, at=at),
        "seen": "|".join(str(one) for one in seen),
    }  # fmt: skip


def _prepared(chat: Chat) -> Prepared | None:
    if not chat.submission:
        return None
    submitted = tickets.submitted(current_user, chat.submission)
    if submitted is not None:
        return Prepared(chat.submission, submitted.number)
    draft = drafts.draft_of(current_user)
    return Prepared(chat.submission, None) if draft and draft.submission == chat.submission else None
