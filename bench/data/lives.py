"""What becomes of a ticket in the test data: who writes when, and in which state that leaves it."""

from collections.abc import Sequence
from dataclasses import dataclass

from helpdesk.tickets.lifecycle import Status


@dataclass(frozen=True)
class Step:
    """One thing that somebody does. `kind` is the message that they write, if any; `minutes` after the one before."""

    what: str
    by_owner: bool = False
    kind: str | None = None
    status: Status = Status.OPEN
    minutes: int = 60


@dataclass(frozen=True)
class Life:
    """The steps of a ticket, and whether the team owes an answer at their end."""

    steps: Sequence[Step]
    owes: bool = False

    @property
    def status(self) -> Status:
        return self.steps[-1].status


_SUBMITTED = Step("submitted", by_owner=True, kind="description", minutes=0)
_TAKEN = Step("assigned", minutes=20)
_REPLIED = Step("replied", kind="reply", minutes=40)
_NOTED = Step("noted", kind="note", minutes=15)
_ASKED = Step("requested_information", kind="request", status=Status.AWAITING_FEEDBACK, minutes=50)
_BACK = Step("replied", by_owner=True, kind="reply", minutes=240)
_CLOSED = Step("closed", kind="reply", status=Status.CLOSED, minutes=180)
_CLOSED_SILENTLY = Step("closed", by_owner=True, status=Status.CLOSED, minutes=600)
_THANKED = Step("thanked", by_owner=True, kind="thanks", status=Status.CLOSED, minutes=30)

ENDED = (
    Life((_SUBMITTED, _TAKEN, _REPLIED, _BACK, _CLOSED)),
    Life((_SUBMITTED, _TAKEN, _NOTED, _CLOSED)),
    Life((_SUBMITTED, _TAKEN, _ASKED, _BACK, _REPLIED, _CLOSED_SILENTLY)),
    Life((_SUBMITTED, _TAKEN, _CLOSED, _THANKED)),
)
IN_HAND = (
    Life((_SUBMITTED,), owes=True),
    Life((_SUBMITTED, _TAKEN, _REPLIED)),
    Life((_SUBMITTED, _TAKEN, _NOTED, _ASKED)),
    Life((_SUBMITTED, _TAKEN, _ASKED, _BACK), owes=True),
    Life((_SUBMITTED, _NOTED), owes=True),
)
# The lives of a measured member's tickets, from the oldest on, again and again.
OWN = (ENDED[0], IN_HAND[1], ENDED[1], IN_HAND[2], ENDED[2], IN_HAND[3], ENDED[3], IN_HAND[0])
