"""Asking for a chat's transcript by e-mail: to the account's own address. What it says is made when it leaves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from helpdesk.accounts.person import Person
from helpdesk.chat.models import Chat
from helpdesk.chat.queue import State
from helpdesk.mail import outbox
from helpdesk.refusals import NotFound, WrongState

KIND = "chat_transcript"
# For so long it is on its way, and asking again changes nothing.
ON_ITS_WAY = timedelta(minutes=10)


@dataclass(frozen=True)
class Offer:
    """What the page of an ended chat offers: the address that the transcript goes to, and whether it already does."""

    address: str
    on_its_way: bool


def offer(chat: Chat, *, to: Person, at: datetime) -> Offer | None:
    """None before the chat has ended, and where the desk sends no mail."""
    if chat.state != State.ENDED.value or not outbox.in_use():
        return None
    return Offer(to.email, _is_on_its_way(chat, at))


def request(chat: Chat, *, by: Person, at: datetime) -> None:
    """Queues the transcript for its member. Raises WrongState before the end, NotFound where there is no mail."""
    if not outbox.in_use():
        raise NotFound()
    if chat.state != State.ENDED.value:
        raise WrongState("chat_wrong_state", state=chat.state)
    if not _is_on_its_way(chat, at):
        slot = int(at.timestamp() / ON_ITS_WAY.total_seconds())  # what two tabs ask at the same moment is one mail
        outbox.put(KIND, to=by.id, facts={"chat": chat.id}, key=f"{_key(chat)}{slot}", at=at)


def _is_on_its_way(chat: Chat, at: datetime) -> bool:
    return outbox.is_queued(KIND, to=chat.member_id, key_begins=_key(chat), since=at - ON_ITS_WAY)


def _key(chat: Chat) -> str:
    return f"{KIND}:{chat.id}:"
