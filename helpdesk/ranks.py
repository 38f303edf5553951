"""Who may do what: ranks, roles, actions and the one gate. Plain rules: no Flask, no database."""

from collections.abc import Sequence
from enum import StrEnum

LADDER = (
    "Wellness Advocate", "Manager", "Director", "Executive", "Elite", "Premier",
    "Silver", "Gold", "Platinum", "Diamond", "Blue Diamond", "Presidential Diamond",
)  # fmt: skip
MINIMUM = "Silver"


class Role(StrEnum):
    """What a person is to the desk."""

    MEMBER = "member"
    AGENT = "agent"
    ADMIN = "admin"


class Action(StrEnum):
    """What a door may ask for. Every door of the product names exactly one, or says that it is open to all."""

    SEE_START = "see_start"
    EDIT_PROFILE = "edit_profile"
    SECURE_ACCOUNT = "secure_account"
    SEE_OWN_TICKETS = "see_own_tickets"
    SUBMIT_TICKET = "submit_ticket"
    ANSWER_TICKET = "answer_ticket"
    STAGE_FILE = "stage_file"
    OPEN_CHAT = "open_chat"
    TALK = "talk"
    WORK_DESK = "work_desk"
    ADMINISTER = "administer"


SIGNED_IN = frozenset({Action.SEE_START, Action.EDIT_PROFILE, Action.SECURE_ACCOUNT})
TECHNICAL_ISSUES = frozenset(
    {
        Action.SEE_OWN_TICKETS,
        Action.SUBMIT_TICKET,
        Action.ANSWER_TICKET,
        Action.STAGE_FILE,
        Action.OPEN_CHAT,
        Action.TALK,
    }
)
DESK = frozenset({Action.WORK_DESK, Action.STAGE_FILE, Action.TALK})
ADMINISTRATION = frozenset({Action.ADMINISTER})


class Ranks:
    """The site's ladder of ranks and the lowest one that opens Technical Issues and the chat."""

    def __init__(self, ladder: Sequence[str] = LADDER, minimum: str = MINIMUM) -> None:
        """Raises ValueError for an empty or doubled ladder, or a minimum that is not on it."""
        if not ladder or len({rank.casefold() for rank in ladder}) != len(ladder):
            raise ValueError("the ranks must be a list of different names")
        self.ladder = tuple(ladder)
        self._place = {rank.casefold(): place for place, rank in enumerate(self.ladder)}
        if minimum.casefold() not in self._place:
            raise ValueError(f"the minimum rank {minimum!r} is not one of the ranks")
        self.minimum = self.ladder[self._place[minimum.casefold()]]

    def named(self, name: str) -> str | None:
        """The rank as the ladder spells it, or None for a name that is not on it."""
        place = self._place.get(name.strip().casefold())
        return None if place is None else self.ladder[place]

    def reaches_minimum(self, rank: str | None) -> bool:
        """Whether this rank is at or above the minimum. An unknown or missing rank is not."""
        place = self._place.get((rank or "").casefold())
        return place is not None and place >= self._place[self.minimum.casefold()]

    def may(self, rank: str | None, role: Role, action: Action) -> bool:
        """The whole rank gate: whether somebody of this rank and role may do this at all."""
        if action in SIGNED_IN:
            return True
        if role is Role.MEMBER:
            return action in TECHNICAL_ISSUES and self.reaches_minimum(rank)
        return action in DESK or (role is Role.ADMIN and action in ADMINISTRATION)
