"""The ranges of the reports: what their names mean, what is before them, what is read for them, and what is none."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.refusals import Invalid
from helpdesk.reports.ranges import MOST_DAYS, Piece, Range, preset, typed

TODAY = date(2026, 3, 6)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("7", date(2026, 2, 28), TODAY), ("30", date(2026, 2, 5), TODAY), ("90", date(2025, 12, 7), TODAY),
        ("this_month", date(2026, 3, 1), TODAY), ("last_month", date(2026, 2, 1), date(2026, 2, 28)),
        ("12_months", date(2025, 4, 1), TODAY), ("", date(2026, 2, 5), TODAY), ("'; --", date(2026, 2, 5), TODAY),
    ],
)  # fmt: skip
def test_a_name_means_a_range(name: str, first: date, last: date) -> None:
    assert preset(name, TODAY) == Range(first, last)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("", "", "range_no_date"), ("2026-02-30", "2026-03-01", "range_no_date"), ("yesterday", "", "range_no_date"),
        ("2026-03-02", "2026-03-01", "range_backwards"), ("1999-12-31", "2026-03-01", "range_outside"),
        ("2026-03-01", "2026-03-07", "range_outside"), ("2001-01-01", "2026-03-01", "range_too_long"),
    ],
)  # fmt: skip
def test_what_is_no_range_is_refused(first: str, last: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        typed(first, last, TODAY)
    assert refusal.value.code == code


def test_a_typed_range_holds_both_its_days() -> None:
    chosen = typed("2026-03-01", "2026-03-06", TODAY)
    assert (chosen.days, chosen.grain) == (6, "day")
    assert chosen.before() == Range(date(2026, 2, 23), date(2026, 2, 28))
    assert typed("2026-03-06", "2026-03-06", TODAY).bins() == [TODAY]


def test_a_long_range_reads_whole_months_and_the_days_at_its_ends() -> None:
    long = Range(date(2025, 10, 30), date(2026, 3, 6))
    assert long.grain == "month"
    assert long.bins() == [
        date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1),
    ]  # fmt: skip
    assert long.pieces() == [
        Piece("day", date(2025, 10, 30), date(2025, 10, 31)),
        Piece("month", date(2025, 11, 1), date(2026, 2, 1)),
        Piece("day", date(2026, 3, 1), date(2026, 3, 6)),
    ]


@settings(max_examples=200, deadline=None)
@given(st.dates(date(2001, 1, 1), date(2020, 1, 1)), st.integers(1, 800))
def test_the_pieces_are_the_range_each_day_once(first: date, days: int) -> None:
    chosen = Range(first, first + timedelta(days=days - 1))
    read = []
    for piece in chosen.pieces():
        last = piece.last if piece.grain == "day" else (piece.last + timedelta(days=32)).replace(day=1) - timedelta(1)
        read += [piece.first + timedelta(days=place) for place in range((last - piece.first).days + 1)]
    assert read == [first + timedelta(days=place) for place in range(days)]
    assert {chosen.bin_of(day) for day in read} == set(chosen.bins())
    assert len(chosen.bins()) <= 130
    assert days <= MOST_DAYS
