"""To whom a new ticket is given."""

from datetime import UTC, datetime

import pytest

from helpdesk.tickets.round_robin import Taker, choose

NEVER, EARLY, LATE = None, datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
BOTH, ENGLISH, FRENCH = frozenset({"en", "fr"}), frozenset({"en"}), frozenset({"fr"})


@pytest.mark.parametrize(
    ("takers", "language", "chosen"),
    [
        ([], "en", None),
        ([(1, FRENCH, 0, NEVER)], "en", None),
        ([(1, frozenset(), 0, NEVER)], "en", None),
        ([(1, FRENCH, 0, NEVER), (2, BOTH, 9, LATE)], "en", 2),  # who writes it, however much they have
        ([(1, ENGLISH, 3, NEVER), (2, ENGLISH, 2, LATE)], "en", 2),  # who has less, however lately they got it
        ([(1, ENGLISH, 2, LATE), (2, ENGLISH, 2, EARLY)], "en", 2),
        ([(1, ENGLISH, 2, EARLY), (2, ENGLISH, 2, NEVER)], "en", 2),
        ([(2, ENGLISH, 2, EARLY), (1, ENGLISH, 2, EARLY)], "en", 1),
    ],
)
def test_a_ticket_goes_to_who_writes_its_language_and_has_the_least(
    takers: list[tuple[int, frozenset[str], int, datetime | None]], language: str, chosen: int | None
) -> None:
    found = choose((Taker(*facts) for facts in takers), language)
    assert (found and found.id) == chosen
