"""To whom a new ticket is given. Plain rules: no Flask, no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Taker:
    """An agent who takes new tickets: what they write, how many tickets they have in hand, when they got the last."""

    id: int
    languages: frozenset[str]
    in_hand: int
    given_at: datetime | None


def choose(takers: Iterable[Taker], language: str) -> Taker | None:
    """Who writes the language and has the least in hand; of these who has waited longest. None if nobody fits."""
    fitting = [taker for taker in takers if language in taker.languages]
    return min(fitting, key=lambda one: (one.in_hand, one.given_at or _NEVER, one.id), default=None)
