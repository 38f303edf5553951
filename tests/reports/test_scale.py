"""Medians and percentiles from counts: how far from those of the durations themselves, and every edge."""

from collections import Counter
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.reports import scale

YEAR = 365 * 24 * 3600


@pytest.mark.parametrize(
    ("seconds", "bucket"),
    [(-5, 0), (0, 0), (0.999, 0), (1, 1), (1.0999, 1), (1.1, 2), (1.22, 3), (60, 43), (3600, 86), (1000 * YEAR, 208)],
)
def test_a_duration_has_its_place_on_the_scale(seconds: float, bucket: int) -> None:
    assert scale.bucket(seconds) == bucket


@pytest.mark.parametrize(
    ("durations", "share", "rank"),
    [([10], 0.5, 0), ([10, 100], 0.5, 0), ([10, 100, 1000], 0.5, 1), ([10, 100, 1000, 10_000], 0.5, 1),
     (list(range(10, 110, 10)), 0.9, 8), ([10] * 9 + [9000], 0.9, 0), ([10] * 8 + [9000] * 2, 0.9, 8)],
)  # fmt: skip
def test_a_percentile_is_that_of_the_nearest_rank(durations: list[float], share: float, rank: int) -> None:
    counts = Counter(scale.bucket(one) for one in durations)
    told = scale.percentile(counts, share)
    assert told == pytest.approx(sorted(durations)[rank], rel=scale.MOST_ERROR)


def test_there_is_no_median_of_nothing_and_what_was_taken_back_is_nothing() -> None:
    assert scale.percentile({}, 0.5) is None
    assert scale.percentile({5: 0}, 0.5) is None


def test_less_than_a_second_is_told_as_nothing() -> None:
    assert scale.percentile({0: 3}, 0.9) == 0.0


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(0, 12 * YEAR), min_size=1, max_size=60), st.sampled_from([0.5, 0.9]))
def test_no_percentile_is_told_more_than_five_percent_wrong(durations: list[float], share: float) -> None:
    exact = sorted(durations)[max(1, ceil(share * len(durations))) - 1]
    told = scale.percentile(Counter(scale.bucket(one) for one in durations), share)
    assert told is not None
    assert scale.MOST_ERROR < 0.05
    assert abs(told - exact) <= 0.05 * exact if exact >= 1 else told == 0


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, YEAR), max_size=30), st.lists(st.floats(0, YEAR), max_size=30))
def test_the_counts_of_two_days_are_the_count_of_both(one: list[float], other: list[float]) -> None:
    days = [Counter(map(scale.bucket, day)) for day in (one, other)]
    assert days[0] + days[1] == Counter(map(scale.bucket, [*one, *other]))


def test_durations_are_parted_by_their_middle() -> None:
    counts = {scale.bucket(30): 2, scale.bucket(3000): 3, scale.bucket(90_000): 4}
    assert scale.between(counts, (60, 3600)) == [2, 3, 4]
    assert scale.between({}, (60, 3600)) == [0, 0, 0]
