"""How long what is kept, by kinds: the one table that the deletion, the page about it and the documents read. PURE."""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

_WRITTEN = re.compile(r"([a-z]+)\s+(?:(\d{1,3})\s*([dm])|never)")


@dataclass(frozen=True)
class Span:
    """A time in days or whole months, as people count them: a month before 31 March is the end of February."""

    days: int = 0
    months: int = 0

    def before(self, at: datetime) -> datetime:
        """That long before a moment."""
        month = at.year * 12 + at.month - 1 - self.months
        year, month = divmod(month, 12)
        day = min(at.day, calendar.monthrange(year, month + 1)[1])
        return at.replace(year=year, month=month + 1, day=day) - timedelta(days=self.days)

    def __str__(self) -> str:
        return f"{self.months}m" if self.months else f"{self.days}d"


# What a site may set (`HELPDESK_KEEP`); None there: for ever. From when it counts: tickets and chats from their end,
# abandoned chats from when the member left the queue, drafts from the last change, sessions from their last use, the
# log and mails from their making, notices from when they were read, members from their last sign-in.
DEFAULTS: dict[str, Span] = {
    "tickets": Span(months=24),
    "chats": Span(months=12),
    "abandoned": Span(days=30),
    "drafts": Span(months=6),
    "sessions": Span(days=30),
    "log": Span(months=12),
    "mail": Span(days=30),
    "notices": Span(days=90),
    "members": Span(months=36),
    "exports": Span(days=7),
    "backups": Span(days=30),
}
# What is kept no longer than it is needed, on every site.
UPLOADS = Span(days=1)
PARKED = Span(days=7)
# Before an account is erased that its owner has not asked for today.
GRACE_DAYS = 7
NOTICE_DAYS = 30
# A copy of one's data, and a mail that is on its way, must end sometime.
ALWAYS_END = frozenset({"exports", "mail"})


@dataclass(frozen=True)
class Keeping:
    """The times of a site."""

    spans: dict[str, Span | None]

    def before(self, kind: str, at: datetime) -> datetime | None:
        """What is older than this moment goes; None: nothing of this kind goes by itself."""
        span = self.spans[kind]
        return None if span is None else span.before(at)


def read(written: Iterable[str]) -> Keeping:
    """The table with what a site has set instead, as `tickets 12m` or `log never`. Raises ValueError."""
    spans: dict[str, Span | None] = dict(DEFAULTS)
    for one in written:
        found = _WRITTEN.fullmatch(one.strip().lower())
        if found is None or found[1] not in DEFAULTS:
            raise ValueError(f"{one!r} is not like `tickets 24m`; the kinds are {', '.join(DEFAULTS)}")
        kind, number, unit = found.groups()
        if number is None and kind in ALWAYS_END:
            raise ValueError(f"{kind} cannot be kept for ever")
        if number is not None and int(number) == 0:
            raise ValueError(f"{kind} must be kept for at least a day")
        spans[kind] = (
            None if number is None else Span(**{"m": {"months": int(number)}, "d": {"days": int(number)}}[unit])
        )
    return Keeping(spans)
