"""How long the site waits for a member's answer."""

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.tickets.patience import Patience

ASKED = datetime(2026, 3, 2, 9, tzinfo=UTC)


def day(number: float) -> datetime:
    return ASKED + timedelta(days=number)


@pytest.mark.parametrize(
    ("patience", "reminded_on", "closes_on"),
    [
        (Patience(7, 14), None, 14),
        (Patience(7, 14), 7, 14),
        (Patience(7, 14), 9, 16),  # a reminder that was late
        (Patience(7, 14), 300, 307),  # nobody served for most of a year
        (Patience(10, 14), 7, 14),  # it was earlier then
        (Patience(7, 8), 7, 8),
        (Patience(7, 0), 7, None),
        (Patience(0, 14), None, None),
        (Patience(14, 7), None, None),
    ],
)
def test_nothing_closes_without_the_time_that_a_reminder_leaves(
    patience: Patience, reminded_on: int | None, closes_on: int | None
) -> None:
    reminded_at = None if reminded_on is None else day(reminded_on)
    expected = None if closes_on is None else day(closes_on)
    assert patience.closes_at(ASKED, reminded_at=reminded_at) == expected


@pytest.mark.parametrize("patience", [Patience(7, 14), Patience(7, 0), Patience(0, 0), Patience(1, 2)])
def test_days_that_can_be_meant(patience: Patience) -> None:
    patience.check()


@pytest.mark.parametrize("days", [(0, 14), (14, 14), (14, 7), (-1, 14), (7, -1), (7, 10**9)])
def test_days_that_nobody_can_mean(days: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"must|only"):
        Patience(*days).check()
