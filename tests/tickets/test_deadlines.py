"""Until when an answer is due."""

from datetime import UTC, datetime

import pytest

from helpdesk.hours import read
from helpdesk.tickets.deadlines import DEFAULTS, Deadline, Target, deadline
from helpdesk.tickets.priorities import Priority

DAY = read("mon-fri 09:00-17:00 Europe/Paris", ["2026-03-06"])
ALWAYS = read("")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("target", "is_first", "since", "warn_at", "due_at"),
    [
        (Target(60, 120), True, "02 09:00", "02 09:45", "02 10:00"),  # 10:00 in Paris, a Monday
        (Target(60, 120), False, "02 09:00", "02 10:30", "02 11:00"),
        (Target(8 * 60, None), True, "05 12:00", "09 10:00", "09 12:00"),  # over a holiday and a weekend
        (Target(80 * 60, None), True, "02 08:00", "12 12:00", "16 16:00"),
    ],
)  # fmt: skip
def test_an_answer_is_due_in_business_hours(
    target: Target, is_first: bool, since: str, warn_at: str, due_at: str
) -> None:
    found = deadline(target, since=at(since), is_first=is_first, hours=DAY)
    assert found == Deadline(at(warn_at), at(due_at))


def test_without_a_target_nothing_is_due() -> None:
    assert deadline(Target(None, 60), since=at("02 09:00"), is_first=True, hours=ALWAYS) is None
    assert deadline(Target(60, None), since=at("02 09:00"), is_first=False, hours=ALWAYS) is None


def test_what_is_more_urgent_is_due_earlier() -> None:
    assert list(DEFAULTS) == list(Priority)
    for which in ("first_minutes", "next_minutes"):
        minutes = [getattr(target, which) for target in DEFAULTS.values()]
        assert minutes == sorted(minutes, reverse=True)
