"""Reads the reports: sums of cells, by the bin of a chart, by bucket, or by key. Never a ticket, never a chat."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union_all

from helpdesk.reading import read
from helpdesk.reports.models import ReportCell
from helpdesk.reports.ranges import Range
from helpdesk.reports.scale import percentile

MEDIAN, P90 = 0.5, 0.9
# As many agents or tags as one table shows: those of whom the most was counted.
MOST_KEYS = 20

_cell = ReportCell.__table__.c
_TIMES = func.sum(_cell.times).label("times")


@dataclass(frozen=True)
class Whose:
    """Whose figures: everybody's, or those of one language, agent or tag."""

    dimension: str = "all"
    key: str = ""


class Counts(Counter[int]):
    """How often, by bucket; for what has no duration all of it is in bucket 0."""

    @property
    def times(self) -> int:
        return self.total()

    @property
    def median(self) -> float | None:
        return percentile(self, MEDIAN)

    @property
    def p90(self) -> float | None:
        return percentile(self, P90)

    @property
    def mean(self) -> float | None:
        """The mean of the buckets' numbers: of ratings, which are their own buckets."""
        return sum(bucket * times for bucket, times in self.items()) / self.total() if self.total() else None


def by_bin(measures: Iterable[str], whose: Whose, days: Range) -> dict[str, list[int]]:
    """How often each was counted in each bin of the range, in the order of its bins."""
    rows = _asked(
        (_cell.measure, _cell.day), measures, days, _cell.dimension == whose.dimension, _cell.key == whose.key
    )
    found: dict[str, Counter[date]] = defaultdict(Counter)
    for row in read(rows):
        found[row.measure][days.bin_of(row.day)] += row.times
    return {measure: [found[measure][start] for start in days.bins()] for measure in measures}


def totals(measures: Iterable[str], whose: Whose, days: Range) -> dict[str, Counts]:
    """How often each was counted in the range, by bucket; every measure is there."""
    of_whom = _cell.dimension == whose.dimension, _cell.key == whose.key
    found = {measure: Counts() for measure in measures}
    for row in read(_asked((_cell.measure, _cell.bucket), measures, days, *of_whom)):
        found[row.measure][row.bucket] += row.times
    return found


def largest_keys(measures: Iterable[str], dimension: str, days: Range) -> list[str]:
    """The keys of a dimension, as agents, of whom these were counted most often, all of them together."""
    counted: Counter[str] = Counter()
    for row in read(_asked((_cell.key,), measures, days, _cell.dimension == dimension)):
        counted[row.key] += row.times
    return [key for key, _ in sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:MOST_KEYS]]


def by_key(measures: Sequence[str], dimension: str, keys: Sequence[str], days: Range) -> dict[str, dict[str, Counts]]:
    """The totals of each of these keys; every key and every measure is there."""
    found = {key: {measure: Counts() for measure in measures} for key in keys}
    wanted = (_cell.measure, _cell.key, _cell.bucket)
    for row in read(_asked(wanted, measures, days, _cell.dimension == dimension, _cell.key.in_(keys))):
        found[row.key][row.measure][row.bucket] += row.times
    return found


def _asked(
    columns: Sequence[ColumnElement[Any]], measures: Iterable[str], days: Range, *conditions: ColumnElement[bool]
) -> Select[Any]:
    """The sums by these columns over the pieces of a range; a piece of months and one of days may both give a row."""
    parts = [
        select(*columns, _TIMES)
        .where(
            _cell.grain == piece.grain,
            _cell.measure.in_(tuple(measures)),
            *conditions,
            _cell.day.between(piece.first, piece.last),
        )
        .group_by(*columns)
        for piece in days.pieces()
    ]
    return union_all(*parts) if len(parts) > 1 else parts[0]
