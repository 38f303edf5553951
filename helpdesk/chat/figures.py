"""What a chat adds to the reports, as it happens and again from its rows. Never commits.

All of it is counted on the day on which the chat began, so that of a day's chats it can be said how many were given up.
Who left the queue for a ticket has not given up: that chat is handed over.
"""

from datetime import datetime

from helpdesk.chat.models import Chat
from helpdesk.chat.queue import State
from helpdesk.reports import scale
from helpdesk.reports import service as reports

BEGUN, WAITED, LEFT, HANDED_OVER, RATED = "chats", "chat_waited", "chat_left", "chat_handed_over", "chat_rated"


def begin(chat: Chat) -> None:
    reports.count(BEGUN, at=chat.began_at)


def accept(chat: Chat, *, agent_id: int, at: datetime) -> None:
    """The member has waited; a chat that is accepted once more counts no more."""
    if chat.accepted_at == at:
        waited = scale.bucket((at - chat.began_at).total_seconds())
        reports.count(WAITED, at=chat.began_at, keys=[("agent", str(agent_id))], bucket=waited)


def leave(chat: Chat, *, times: int = 1) -> None:
    """The queue was left; `times` is -1 for who comes back, or takes a ticket after all."""
    if chat.handed_over_in is None:
        reports.count(LEFT, at=chat.began_at, times=times)


def hand_over(chat: Chat, language: str) -> None:
    """A ticket in this language goes on with the chat; asked again, it is still one."""
    if chat.handed_over_in is not None:
        return
    if chat.state == State.LEFT.value:
        leave(chat, times=-1)
    chat.handed_over_in = language
    count_ticket(chat)


def count_ticket(chat: Chat) -> None:
    """Counts a ticket that went on with the chat."""
    if chat.handed_over_in is not None:
        reports.count(HANDED_OVER, at=chat.began_at, keys=[("language", chat.handed_over_in)])


def rate(chat: Chat, *, times: int = 1) -> None:
    """Its rating, 1 to 5; `times` is -1 for one that is changed."""
    if chat.rating is not None:
        keys = [] if chat.agent_id is None else [("agent", str(chat.agent_id))]
        reports.count(RATED, at=chat.began_at, keys=keys, bucket=chat.rating, times=times)
