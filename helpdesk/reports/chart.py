"""Where the shapes of a chart stand. Plain rules: no Flask, no database, no words, no colours.

Across, places are percentages of the chart's width, so that it fits a phone and a screen without its texts being
scaled; down, they are pixels from the top of the area that is drawn in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

# How much of a column's place its bars take, in percent of that place.
FILLED = 76.0
_NICE = (1, 2, 5, 10)


@dataclass(frozen=True)
class Bar:
    """One bar that stands on the base line; `series` is which row of figures it belongs to."""

    series: int
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True)
class Segment:
    """A piece of a line between two neighbouring figures."""

    x1: float
    y1: float
    x2: float
    y2: float


def top_of(most: int) -> int:
    """The round number that the scale ends with: at least `most`, even, and never 0."""
    size = 1
    while True:
        for nice in _NICE:
            if nice * size >= most and nice * size % 2 == 0:
                return nice * size
        size *= 10


def columns(series: Sequence[Sequence[int]], height: float) -> list[Bar]:
    """Bars side by side, one place for each column and in it one bar for each series."""
    places, top = len(series[0]) if series else 0, top_of(_most(series))
    slot = 100 / max(1, places)
    width = slot * FILLED / 100 / max(1, len(series))
    found = []
    for number, figures in enumerate(series):
        for place, figure in enumerate(figures):
            left = place * slot + slot * (100 - FILLED) / 200 + number * width
            high = height * figure / top
            found.append(Bar(number, _round(left), _round(width), _round(height - high), _round(high)))
    return found


def lines(series: Sequence[Sequence[int]], height: float) -> list[list[Segment]]:
    """A line for each series, as its pieces; each figure stands in the middle of its place."""
    top = top_of(_most(series))
    found = []
    for figures in series:
        slot = 100 / max(1, len(figures))
        points = [
            (_round((place + 0.5) * slot), _round(height - height * figure / top))
            for place, figure in enumerate(figures)
        ]
        found.append([Segment(*one, *two) for one, two in pairwise(points)])
    return found


def widths(figures: Sequence[int]) -> list[float]:
    """How long the bars of a list are, in percent; the longest takes all there is."""
    most = max(figures, default=0)
    return [_round(100 * figure / most) if most else 0.0 for figure in figures]


def _most(series: Sequence[Sequence[int]]) -> int:
    return max((figure for figures in series for figure in figures), default=0)


def _round(number: float) -> float:
    return round(number, 2)
