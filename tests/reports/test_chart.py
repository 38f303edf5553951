"""Where bars and lines stand: never outside their chart, in proportion, and something sensible for nothing at all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.reports import chart
from helpdesk.reports.chart import Bar, Segment


@pytest.mark.parametrize(
    ("most", "top"), [(0, 2), (1, 2), (2, 2), (3, 10), (9, 10), (10, 10), (11, 20), (51, 100), (101, 200), (999, 1000)]
)
def test_a_scale_ends_with_a_round_number(most: int, top: int) -> None:
    assert chart.top_of(most) == top


def test_bars_stand_side_by_side_on_the_base_line() -> None:
    bars = chart.columns([[10, 0], [5, 2]], 100)
    assert bars == [
        Bar(0, 6, 19, 0, 100), Bar(0, 56, 19, 100, 0), Bar(1, 25, 19, 50, 50), Bar(1, 75, 19, 80, 20),
    ]  # fmt: skip


def test_a_line_goes_from_middle_to_middle() -> None:
    assert chart.lines([[0, 10, 5]], 100) == [[Segment(16.67, 100, 50, 0), Segment(50, 0, 83.33, 50)]]
    assert chart.lines([[3]], 100) == [[]]


def test_the_longest_bar_of_a_list_takes_all_there_is() -> None:
    assert chart.widths([4, 1, 0]) == [100, 25, 0]
    assert chart.widths([0, 0]) == [0, 0]
    assert chart.widths([]) == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), min_size=1, max_size=130))
def test_nothing_stands_outside_its_chart(figures: list[tuple[int, int]]) -> None:
    series = [[one for one, _ in figures], [other for _, other in figures]]
    for bar in chart.columns(series, 160):
        assert bar.x >= 0 and bar.x + bar.width <= 100.01
        assert bar.y >= 0 and bar.y + bar.height <= 160.01
    for line in chart.lines(series, 160):
        assert all(0 <= one.x1 < one.x2 <= 100 and min(one.y1, one.y2) >= 0 for one in line)
