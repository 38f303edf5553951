"""When the chat is open."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from helpdesk.chat.hours import Hours, next_opening, read

PARIS = ZoneInfo("Europe/Paris")
TEXT = "mon-fri 09:00-17:30, sat 10:00-14:00 Europe/Paris"


@pytest.mark.parametrize(
    ("day", "clock", "is_open"),
    [
        (2, "08:59", False),  # 2 March 2026 is a Monday
        (2, "09:00", True),
        (6, "17:29", True),
        (6, "17:30", False),
        (7, "13:59", True),
        (8, "12:00", False),
        (4, "12:00", False),  # the holiday
    ],
)
def test_the_chat_is_open_in_its_hours_where_they_are_meant(day: int, clock: str, is_open: bool) -> None:
    hours = read(TEXT, ["2026-03-04"])
    at = datetime.fromisoformat(f"2026-03-{day:02} {clock}").replace(tzinfo=PARIS)
    assert hours.is_open(at.astimezone(ZoneInfo("America/Los_Angeles"))) is is_open


def test_without_hours_the_chat_is_always_open() -> None:
    assert read("") == Hours()
    assert Hours().is_open(datetime(2026, 3, 8, 3, tzinfo=PARIS))


@pytest.mark.parametrize(
    "text", ["mon 9-17", "noday 09:00-17:00", "mon 17:00-09:00", "mon 09:00-17:00 Europe/Nowhere", "09:00-17:00"]
)
def test_hours_that_nobody_can_mean_are_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read(text)


def test_the_next_opening_skips_sunday_and_holidays() -> None:
    hours = read(TEXT, ["2026-03-09"])
    after_saturday = datetime(2026, 3, 7, 15, tzinfo=PARIS)
    assert next_opening(hours, after_saturday) == datetime(2026, 3, 10, 9, tzinfo=PARIS)


def test_neighbouring_days_with_the_same_hours_read_as_one() -> None:
    assert [(first, last) for first, last, _span in read(TEXT).grouped()] == [(0, 4), (5, 5)]
