"""The rules of the chat: its states, who may do what, how long somebody will wait. No Flask, no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from helpdesk.refusals import Refusal, WrongState


class State(StrEnum):
    """Where a chat is: in the queue, with an agent, over, or given up by somebody who went away."""

    WAITING = "waiting"
    ACTIVE = "active"
    ENDED = "ended"
    LEFT = "left"


class Party(StrEnum):
    """Who acts on a chat: the member, the agent it is with, any other agent, or time itself."""

    MEMBER = "member"
    AGENT = "agent"
    OTHER_AGENT = "other_agent"
    TIME = "time"


class Verb(StrEnum):
    """What can be done to a chat. The same words are the codes of its system lines."""

    SAY = "say"
    CLAIM = "claim"
    LEAVE = "leave"
    RESUME = "resume"
    HAND_BACK = "hand_back"
    TRANSFER = "transfer"
    END = "end"


# architecture.md, section 3: waiting -> active -> ended, or waiting -> left. Every other triple is refused.
NEXT: dict[tuple[State, Party, Verb], State] = {
    (State.WAITING, Party.MEMBER, Verb.SAY): State.WAITING,
    (State.WAITING, Party.MEMBER, Verb.LEAVE): State.LEFT,
    (State.WAITING, Party.TIME, Verb.LEAVE): State.LEFT,
    (State.WAITING, Party.OTHER_AGENT, Verb.CLAIM): State.ACTIVE,
    (State.LEFT, Party.MEMBER, Verb.RESUME): State.WAITING,
    (State.ACTIVE, Party.MEMBER, Verb.SAY): State.ACTIVE,
    (State.ACTIVE, Party.MEMBER, Verb.END): State.ENDED,
    (State.ACTIVE, Party.AGENT, Verb.SAY): State.ACTIVE,
    (State.ACTIVE, Party.AGENT, Verb.END): State.ENDED,
    (State.ACTIVE, Party.AGENT, Verb.HAND_BACK): State.WAITING,
    (State.ACTIVE, Party.TIME, Verb.HAND_BACK): State.WAITING,
    (State.ACTIVE, Party.AGENT, Verb.TRANSFER): State.ACTIVE,
}


def after(state: State, party: Party, verb: Verb) -> State:
    """The state after `party` has done `verb` to a chat in `state`. Raises WrongState when that cannot be done."""
    try:
        return NEXT[state, party, verb]
    except KeyError:
        raise WrongState("chat_wrong_state", state=state.value, verb=verb.value) from None


def may(state: State, party: Party, verb: Verb) -> bool:
    """Whether `party` can do `verb` to a chat in `state`: what pages ask before they show a button."""
    try:
        after(state, party, verb)
    except Refusal:
        return False
    return True


@dataclass(frozen=True)
class Waited:
    """A chat of the last hour that was accepted: how long it waited, and how many were ahead when it came."""

    seconds: float
    ahead: int


def expected_wait(waited: Iterable[Waited], ahead: int) -> int | None:
    """Seconds that somebody with `ahead` people in front will wait, judged by real chats; None without any.

    Each of them waited for those ahead and for their own turn, so a turn took all their seconds over all their turns.
    """
    chats = list(waited)
    if not chats:
        return None
    turn = sum(chat.seconds for chat in chats) / sum(chat.ahead + 1 for chat in chats)
    return max(1, round(turn * (ahead + 1)))


ABSENCE = timedelta(minutes=2)


def is_gone(seen_at: datetime, at: datetime) -> bool:
    """Whether somebody in the queue, last seen at `seen_at`, has been away for too long at the moment `at`."""
    return at - seen_at > ABSENCE
