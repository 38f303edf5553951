"""Hours: when it is open, when it opens next, and when so much open time has passed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.hours import Hours, read

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
    "text",
    [
        "mon 9-17",
        "noday 09:00-17:00",
        "mon 09:00-09:00",
        "mon 09:00-25:00",
        "mon 09:00-17:00 Europe/Nowhere",
        "09:00-17:00",
    ],
)
def test_hours_that_nobody_can_mean_are_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read(text)


def test_the_next_opening_skips_sunday_and_holidays() -> None:
    hours = read(TEXT, ["2026-03-09"])
    after_saturday = datetime(2026, 3, 7, 15, tzinfo=PARIS)
    assert hours.next_opening(after_saturday) == datetime(2026, 3, 10, 9, tzinfo=PARIS)


def test_neighbouring_days_with_the_same_hours_read_as_one() -> None:
    assert [(first, last) for first, last, _span in read(TEXT).grouped()] == [(0, 4), (5, 5)]


# 2 March 2026 is a Monday. Clocks in Paris go forward on 29 March at 02:00 and back on 25 October at 03:00.
AFTER = [
    ("", "2026-03-28 12:00", 24 * 60, "2026-03-29 13:00"),  # always open: an hour of that night is missing
    (TEXT, "2026-03-02 10:00", 60, "2026-03-02 11:00"),
    (TEXT, "2026-03-02 07:00", 60, "2026-03-02 10:00"),
    (TEXT, "2026-03-02 16:30", 60, "2026-03-02 17:30"),
    (TEXT, "2026-03-02 17:30", 1, "2026-03-03 09:01"),
    (TEXT, "2026-03-02 17:00", 60, "2026-03-03 09:30"),
    (TEXT, "2026-03-03 17:00", 60, "2026-03-05 09:30"),  # the 4th is a holiday
    (TEXT, "2026-03-06 17:00", 60, "2026-03-07 10:30"),  # over to Saturday
    (TEXT, "2026-03-07 13:30", 60, "2026-03-09 09:30"),  # and over Sunday
    (TEXT, "2026-03-05 09:00", 3 * 8.5 * 60 + 4 * 60, "2026-03-09 17:30"),
    (TEXT, "2026-03-09 09:00", 4 * (5 * 8.5 + 4) * 60, "2026-04-04 14:00"),  # four weeks, one of them with the change
    ("mon-fri 00:00-24:00 Europe/Paris", "2026-03-06 23:00", 120, "2026-03-09 01:00"),
    ("mon 22:00-06:00 Europe/Paris", "2026-03-02 23:00", 8 * 60, "2026-03-09 23:00"),  # overnight
    ("mon 22:00-06:00, tue 05:00-07:00 Europe/Paris", "2026-03-03 04:00", 3 * 60, "2026-03-03 07:00"),  # once each
    ("tue-wed 22:00-06:00 Europe/Paris", "2026-03-04 01:00", 6 * 60, "2026-03-10 23:00"),  # none from the holiday on
    ("sat 22:00-06:00 Europe/Paris", "2026-03-28 22:00", 7 * 60, "2026-03-29 06:00"),  # a night of seven hours
    ("sat 22:00-06:00 Europe/Paris", "2026-10-24 22:00", 9 * 60, "2026-10-25 06:00"),  # a night of nine
    (
        "sun 02:15-02:45 Europe/Paris",
        "2026-03-28 22:00",
        10,
        "2026-03-29 03:25",
    ),  # in a skipped hour
    ("sun 02:30-03:00 Europe/Paris", "2026-03-28 22:00", 10, "2026-04-05 02:40"),  # or left out
]


@pytest.mark.parametrize(("text", "since", "minutes", "reached"), AFTER)
def test_open_time_passes_in_the_hours_only(text: str, since: str, minutes: float, reached: str) -> None:
    hours = read(text, ["2026-03-04"])
    start, end = (datetime.fromisoformat(moment).replace(tzinfo=PARIS) for moment in (since, reached))
    assert hours.after(start.astimezone(UTC), timedelta(minutes=minutes)) == end


def test_ten_minutes_a_week_do_not_take_forever() -> None:
    hours = read("mon 03:00-03:10")
    start = datetime(2026, 3, 2, tzinfo=UTC)
    assert hours.after(start, timedelta(minutes=21)) == datetime(2026, 3, 16, 3, 1, tzinfo=UTC)
    assert hours.after(start, timedelta(days=366)) > start + timedelta(days=3000)


WEEK = read("mon-thu 08:00-12:00, mon-fri 13:00-18:00, sat 22:00-02:00 Europe/Paris", ["2026-05-01"])


@settings(deadline=None)
@given(
    st.integers(0, 365 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    st.integers(1, 6000),
    st.integers(1, 6000),
)
def test_time_in_two_parts_is_time_in_one(since: datetime, one: int, other: int) -> None:
    middle = WEEK.after(since, timedelta(minutes=one))
    assert WEEK.after(middle, timedelta(minutes=other)) == WEEK.after(since, timedelta(minutes=one + other))


def test_hours_over_midnight_belong_to_the_day_they_begin_on() -> None:
    hours = read("mon 22:00-06:00 Europe/Paris", ["2026-03-09"])
    monday = datetime(2026, 3, 2, 23, tzinfo=PARIS)
    assert hours.is_open(monday) and hours.is_open(monday + timedelta(hours=6))
    assert hours.closes_at(monday) == datetime(2026, 3, 3, 6, tzinfo=PARIS)
    assert not hours.is_open(monday + timedelta(hours=8))
    assert not hours.is_open(monday + timedelta(days=7, hours=6)), "the holiday’s night is closed too"
