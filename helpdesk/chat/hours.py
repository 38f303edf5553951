"""When the chat is open: hours per weekday in one time zone, and holidays. Plain rules: standard library only.

HELPDESK_CHAT_HOURS reads `mon-fri 09:00-17:30, sat 10:00-14:00 Europe/Paris`; HELPDESK_CHAT_HOLIDAYS is a list of
days, `2026-12-25, 2027-01-01`. Without hours the chat is open whenever an agent is available.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PART = re.compile(r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)")


@dataclass(frozen=True)
class Span:
    """Open from `start` to `end` on a weekday (0 is Monday)."""

    day: int
    start: time
    end: time


@dataclass(frozen=True)
class Hours:
    """The opening hours; without spans always open."""

    spans: tuple[Span, ...] = ()
    zone: str = "UTC"
    holidays: frozenset[date] = field(default_factory=frozenset)

    def is_open(self, at: datetime) -> bool:
        """Whether the chat is open at this moment."""
        if not self.spans:
            return True
        there = at.astimezone(ZoneInfo(self.zone))
        if there.date() in self.holidays:
            return False
        return any(span.day == there.weekday() and span.start <= there.time() < span.end for span in self.spans)

    def closes_at(self, at: datetime) -> datetime | None:
        """When the hours that `at` lies in end; None outside them, and when the chat is always open."""
        if not self.spans or not self.is_open(at):
            return None
        there = at.astimezone(ZoneInfo(self.zone))
        last = max(s.end for s in self.spans if s.day == there.weekday() and s.start <= there.time() < s.end)
        return datetime.combine(there.date(), last, ZoneInfo(self.zone))

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
    start, end = time.fromisoformat(found["start"]), time.fromisoformat(found["end"])
    if start >= end:
        raise ValueError(f"{part!r} ends before it starts")
    first, last = DAYS.index(found["first"]), DAYS.index(found["last"] or found["first"])
    days = range(first, last + 1) if first <= last else [*range(first, 7), *range(last + 1)]
    return [Span(day, start, end) for day in days]


def next_opening(hours: Hours, at: datetime) -> datetime | None:
    """The next moment at which the chat opens, within three weeks; None when it is always open or never."""
    if not hours.spans:
        return None
    zone = ZoneInfo(hours.zone)
    there = at.astimezone(zone)
    for ahead in range(22):
        day = there.date() + timedelta(days=ahead)
        if day in hours.holidays:
            continue
        for span in sorted((one for one in hours.spans if one.day == day.weekday()), key=lambda one: one.start):
            opening = datetime.combine(day, span.start, zone)
            if opening > at:
                return opening
    return None
