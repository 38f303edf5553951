"""What one part of a report consists of: figures in words, a chart's shapes, and the table behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from helpdesk.desk.reports import labels
from helpdesk.reports import chart
from helpdesk.reports.chart import Bar, Segment

Value = str | int | float | date | None
# How high the area of a chart of days is, in pixels.
HEIGHT = 160
MOST_SIGNS = 34
# From here on neighbouring bars are too thin to be told apart: lines.
MOST_BARS = 31


@dataclass(frozen=True)
class Column:
    """A column of a table, and how its values are shown; a file has the plain values, durations in whole seconds."""

    title: str
    shown: Callable[..., str]
    unit: str = ""

    @property
    def file_title(self) -> str:
        return f"{self.title} ({self.unit})" if self.unit else self.title


@dataclass(frozen=True)
class Table:
    """The figures themselves. The first column names the row."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]

    @property
    def shown(self) -> list[list[str]]:
        return [[column.shown(value) for column, value in zip(self.columns, row, strict=True)] for row in self.rows]

    @property
    def plain(self) -> list[list[str | int | None]]:
        """The rows for a file."""
        return [[_plain(value) for value in row] for row in self.rows]


@dataclass(frozen=True)
class Row:
    """A line of a chart of names: its name, and for each series how long its bar is and what stands at its end."""

    name: str
    bars: Sequence[tuple[float, str]]
    y: int


@dataclass(frozen=True)
class Names:
    """A chart that has a bar, or one of each series, for each name."""

    series: Sequence[str]
    rows: Sequence[Row]
    height: int


@dataclass(frozen=True)
class Days:
    """A chart over days or months: bars, or lines when there are many."""

    series: Sequence[str]
    bars: Sequence[Bar]
    lines: Sequence[Sequence[Segment]]
    top: str
    middle: str
    ends: Sequence[str]


@dataclass(frozen=True)
class Section:
    """A part of the report. `name` is its anchor and its file's name; `said` is the chart in a sentence."""

    name: str
    title: str
    said: str
    table: Table
    days: Days | None = None
    names: Names | None = None
    notes: Sequence[str] = field(default=())

    @property
    def is_empty(self) -> bool:
        return not any(value for row in self.table.rows for value in row[1:] if not isinstance(value, str))


def over_days(series: Sequence[str], figures: Sequence[Sequence[int]], bins: Sequence[str]) -> Days:
    """The chart of these figures; of the bins the first, the middle and the last are named."""
    top = chart.top_of(max((max(one, default=0) for one in figures), default=0))
    many = len(bins) > MOST_BARS
    ends = [bins[0], bins[len(bins) // 2], bins[-1]] if len(bins) > 2 else list(bins)
    return Days(
        series, [] if many else chart.columns(figures, HEIGHT), chart.lines(figures, HEIGHT) if many else [],
        labels.number(top), labels.number(top // 2), ends,
    )  # fmt: skip


def by_name(series: Sequence[str], names: Sequence[str], figures: Sequence[Sequence[int]]) -> Names:
    """The chart of these figures, one line for each name and in it one bar for each series."""
    longest = chart.widths([figure for one in figures for figure in one])
    size = 24 + 14 * len(series)
    rows = [
        Row(_short(name), [(longest[len(names) * one + place], labels.number(figures[one][place]))
                           for one in range(len(series))], place * size)
        for place, name in enumerate(names)
    ]  # fmt: skip
    return Names(series, rows, len(rows) * size)


def _short(name: str) -> str:
    return name if len(name) <= MOST_SIGNS else f"{name[: MOST_SIGNS - 1].rstrip()}…"


def _plain(value: Value) -> str | int | None:
    if isinstance(value, date):
        return value.isoformat()
    return round(value) if isinstance(value, float) else value
