"""Where a ticket may go from where it is, who may send it there. Plain rules: no Flask, no database."""

from datetime import datetime, timedelta
from enum import StrEnum

from helpdesk.refusals import Refusal, WrongState


class Status(StrEnum):
    """The three states of a ticket."""

    OPEN = "open"
    AWAITING_FEEDBACK = "awaiting_feedback"
    CLOSED = "closed"


class Party(StrEnum):
    """Who acts on a ticket: its owner, the IT team, or time itself."""

    OWNER = "owner"
    AGENT = "agent"
    TIME = "time"


class Verb(StrEnum):
    """What can be done to a ticket. The same words name the events of its history."""

    REPLY = "reply"
    NOTE = "note"
    REQUEST_INFORMATION = "request_information"
    CLOSE = "close"
    THANK = "thank"
    ASSIGN = "assign"
    UNDO_CLOSE = "undo_close"


class ReopenTimeOver(WrongState):
    """A closed ticket may not be reopened any more: a new, linked one follows it."""

    code = "reopen_time_over"


# architecture.md, section 3: every triple that is not here is refused.
NEXT: dict[tuple[Status, Party, Verb], Status] = {
    (Status.OPEN, Party.OWNER, Verb.REPLY): Status.OPEN,
    (Status.OPEN, Party.OWNER, Verb.CLOSE): Status.CLOSED,
    (Status.OPEN, Party.AGENT, Verb.REPLY): Status.OPEN,
    (Status.OPEN, Party.AGENT, Verb.NOTE): Status.OPEN,
    (Status.OPEN, Party.AGENT, Verb.ASSIGN): Status.OPEN,
    (Status.OPEN, Party.AGENT, Verb.REQUEST_INFORMATION): Status.AWAITING_FEEDBACK,
    (Status.OPEN, Party.AGENT, Verb.CLOSE): Status.CLOSED,
    (Status.AWAITING_FEEDBACK, Party.OWNER, Verb.REPLY): Status.OPEN,
    (Status.AWAITING_FEEDBACK, Party.OWNER, Verb.CLOSE): Status.CLOSED,
    (Status.AWAITING_FEEDBACK, Party.AGENT, Verb.REPLY): Status.AWAITING_FEEDBACK,
    (Status.AWAITING_FEEDBACK, Party.AGENT, Verb.NOTE): Status.AWAITING_FEEDBACK,
    (Status.AWAITING_FEEDBACK, Party.AGENT, Verb.ASSIGN): Status.AWAITING_FEEDBACK,
    (Status.AWAITING_FEEDBACK, Party.AGENT, Verb.CLOSE): Status.CLOSED,
    (Status.AWAITING_FEEDBACK, Party.TIME, Verb.CLOSE): Status.CLOSED,
    (Status.CLOSED, Party.OWNER, Verb.REPLY): Status.OPEN,
    (Status.CLOSED, Party.OWNER, Verb.THANK): Status.CLOSED,
    (Status.CLOSED, Party.AGENT, Verb.NOTE): Status.CLOSED,
    # A slip of the hand is taken back, at once and by who made it; a ticket that awaited feedback does so again.
    (Status.CLOSED, Party.AGENT, Verb.UNDO_CLOSE): Status.OPEN,
}


def after(status: Status, party: Party, verb: Verb) -> Status:
    """The state after `party` has done `verb` to a ticket in `status`. Raises WrongState when that cannot be done."""
    try:
        return NEXT[status, party, verb]
    except KeyError:
        raise WrongState(status=status.value, verb=verb.value) from None


def may(status: Status, party: Party, verb: Verb) -> bool:
    """Whether `party` can do `verb` to a ticket in `status`: what pages ask before they show a button."""
    try:
        after(status, party, verb)
    except Refusal:
        return False
    return True


def can_reopen(closed_at: datetime, at: datetime, days: int) -> bool:
    """Whether a ticket closed at `closed_at` may still be reopened at `at`; `days` is the site's reopening time."""
    return at <= closed_at + timedelta(days=days)


def check_reopening(closed_at: datetime, at: datetime, days: int) -> None:
    """Raises ReopenTimeOver when the reopening time has passed."""
    if not can_reopen(closed_at, at, days):
        raise ReopenTimeOver(days=days)
