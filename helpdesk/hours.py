"""Hours per weekday in one time zone, with holidays: when the chat is open, when the team works. Plain rules.

Settings read `mon-fri 09:00-17:30, sat 10:00-14:00 Europe/Paris`; a span that ends before it starts goes on into the
next day, and 24:00 is the end of the day. Holidays are days, `2026-12-25`. Without hours it is always open.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PART = re.compile(r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)")
_DAY = timedelta(days=1)
MIDNIGHT = time(0)
# Beyond this nobody plans: what is that far away counts as being there.
FURTHEST_DAYS = 3653
SOON_DAYS = 22


@dataclass(frozen=True)
class Span:
    """Open from `start` on a weekday (0 is Monday) until `end`, on the next day if that is not later."""

    day: int
    start: time
    end: time


@dataclass(frozen=True)
class Hours:
    """The opening hours; without spans always open. What begins on a holiday is closed, all of it."""

    spans: tuple[Span, ...] = ()
    zone: str = "UTC"
    holidays: frozenset[date] = field(default_factory=frozenset)

    def is_open(self, at: datetime) -> bool:
        """Whether it is open at this moment."""
        return not self.spans or bool(self._ends_around(at))

    def closes_at(self, at: datetime) -> datetime | None:
        """When the hours that `at` lies in end; None outside them, and when it is always open."""
        return max(self._ends_around(at), default=None)

    def after(self, at: datetime, open_time: timedelta) -> datetime:
        """The moment at which that much open time has passed since `at`."""
        if not self.spans:
            return at + open_time
        first, reached, left = self._day_of(at) - _DAY, at, open_time
        for ahead in range(FURTHEST_DAYS):
            for start, end in self._opened_on(first + ahead * _DAY):
                begin = max(start, reached)
                if begin >= end:
                    continue
                if end - begin >= left:
                    return begin + left
                left -= end - begin
                reached = end
        return at + FURTHEST_DAYS * _DAY

    def next_opening(self, at: datetime) -> datetime | None:
        """The next moment at which it opens, within three weeks; None when it is always open or never."""
        first = self._day_of(at)
        openings = (start for ahead in range(SOON_DAYS) for start, _end in self._opened_on(first + ahead * _DAY))
        return next((opening for opening in openings if opening > at), None)

    def is_working_day(self, day: date) -> bool:
        """Whether it opens on this day at all."""
        return not self.spans or bool(self._opened_on(day))

    def grouped(self) -> list[tuple[int, int, Span]]:
        """Runs of neighbouring days with the same hours, as (first day, last day, a span of them), for people."""
        runs: list[tuple[int, int, Span]] = []
        for span in sorted(self.spans, key=lambda one: (one.start, one.end, one.day)):
            same = runs and (runs[-1][2].start, runs[-1][2].end) == (span.start, span.end)
            if same and runs[-1][1] + 1 == span.day:
                runs[-1] = (runs[-1][0], span.day, runs[-1][2])
            else:
                runs.append((span.day, span.day, span))
        return sorted(runs, key=lambda run: run[0])

    def _day_of(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.zone)).date()

    def _ends_around(self, at: datetime) -> list[datetime]:
        today = self._day_of(at)
        return [end for day in (today - _DAY, today) for start, end in self._opened_on(day) if start <= at < end]

    def _opened_on(self, day: date) -> list[tuple[datetime, datetime]]:
        """The spans that begin on a day, in their order, in UTC: there every hour is as long as any other."""
        if day in self.holidays:
            return []
        zone, weekday = ZoneInfo(self.zone), day.weekday()
        return sorted(
            (
                datetime.combine(day, span.start, zone).astimezone(UTC),
                datetime.combine(day if span.start < span.end else day + _DAY, span.end, zone).astimezone(UTC),
            )
            for span in self.spans
            if span.day == weekday
        )


def read(text: str, holidays: Sequence[str] = ()) -> Hours:
    """The hours that a setting names. Raises ValueError, with what is wrong, for anything that cannot be meant."""
    text = text.strip()
    if not text:
        return Hours()
    *parts, zone = re.split(r"\s+(?=[A-Z])", text, maxsplit=1) if re.search(r"\s[A-Z]", text) else (text, "UTC")
    if zone not in available_timezones():
        raise ValueError(f"{zone!r} is not a time zone")
    spans: list[Span] = []
    for part in parts[0].split(","):
        spans.extend(_spans(part.strip()))
    return Hours(tuple(spans), zone, frozenset(date.fromisoformat(day) for day in holidays))


def _spans(part: str) -> list[Span]:
    found = _PART.fullmatch(part.lower())
    if found is None or found["first"] not in DAYS or (found["last"] or found["first"]) not in DAYS:
        raise ValueError(f"{part!r} is not like “mon-fri 09:00-17:30”")
    start, end = time.fromisoformat(found["start"]), _end(found["end"])
    if start == end != MIDNIGHT:
        raise ValueError(f"{part!r} ends when it starts")
    first, last = DAYS.index(found["first"]), DAYS.index(found["last"] or found["first"])
    days = range(first, last + 1) if first <= last else [*range(first, 7), *range(last + 1)]
    return [Span(day, start, end) for day in days]


def _end(text: str) -> time:
    return MIDNIGHT if text == "24:00" else time.fromisoformat(text)
