"""The days that a report is about, the days before them, and how both are read from days and whole months.

Plain rules: no Flask, no database.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from helpdesk.refusals import Invalid

DAY, MONTH = "day", "month"
# Up to here the report shows each day, and reads days; beyond, it shows months.
MOST_DAYS_SHOWN = 92
MOST_DAYS = 3660
OLDEST = date(2000, 1, 1)
PRESETS = ("7", "30", "90", "this_month", "last_month", "12_months")
DEFAULT = "30"
_ONE = timedelta(days=1)

Grain = Literal["day", "month"]


@dataclass(frozen=True)
class Piece:
    """Cells to read: those of this grain whose day lies from `first` to `last`."""

    grain: Grain
    first: date
    last: date


@dataclass(frozen=True)
class Range:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def grain(self) -> Grain:
        """What the report shows one by one: days, or months for a long range."""
        return "day" if self.days <= MOST_DAYS_SHOWN else "month"

    def before(self) -> "Range":
        """As many days, just before these."""
        return Range(self.first - timedelta(days=self.days), self.first - _ONE)

    def bins(self) -> list[date]:
        """Each day, or the first of each month that has days in the range."""
        if self.grain == DAY:
            return [self.first + timedelta(days=place) for place in range(self.days)]
        return list(_months(self.first, self.last))

    def bin_of(self, day: date) -> date:
        return day if self.grain == DAY else day.replace(day=1)

    def pieces(self) -> list[Piece]:
        """The least that has to be read: whole months by the month, what is left at both ends by the day."""
        whole = [start for start in _months(self.first, self.last) if self._holds_month(start)]
        if self.grain == DAY or not whole:
            return [Piece("day", self.first, self.last)]
        found = [Piece("month", whole[0], whole[-1])]
        if self.first < whole[0]:
            found.insert(0, Piece("day", self.first, whole[0] - _ONE))
        if self.last >= _next_month(whole[-1]):
            found.append(Piece("day", _next_month(whole[-1]), self.last))
        return found

    def _holds_month(self, start: date) -> bool:
        return self.first <= start and _next_month(start) - _ONE <= self.last


def preset(name: str, today: date) -> Range:
    """The range that a name means today; an unknown name means the usual one."""
    month = today.replace(day=1)
    if name == "this_month":
        return Range(month, today)
    if name == "last_month":
        return Range((month - _ONE).replace(day=1), month - _ONE)
    if name == "12_months":
        return Range(_months_back(month, 11), today)
    days = int(name if name in {"7", "30", "90"} else DEFAULT)
    return Range(today - timedelta(days=days - 1), today)


def typed(first: str, last: str, today: date) -> Range:
    """The range between two typed days. Raises Invalid, with the reason as its code, for what is none."""
    try:
        chosen = Range(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        raise Invalid("range_no_date") from None
    if chosen.last < chosen.first:
        raise Invalid("range_backwards")
    if chosen.first < OLDEST or chosen.last > today:
        raise Invalid("range_outside")
    if chosen.days > MOST_DAYS:
        raise Invalid("range_too_long")
    return chosen


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = _next_month(month)


def _next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _months_back(month: date, many: int) -> date:
    for _ in range(many):
        month = (month - _ONE).replace(day=1)
    return month
