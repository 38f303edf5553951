"""Pages of the audit log, the latest first, by who, about whom, what and when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select

from helpdesk.accounts.models import User
from helpdesk.accounts.queries import user_by_name
from helpdesk.site.models import AuditEntry
from helpdesk.tickets.paging import Cursor, Listing, Page

PAGE_SIZE = 50
# By whom: a number of an account, or this for what the operator's commands have done.
COMMAND = "command"
NAME_SIGNS = 254

_entry = AuditEntry.__table__.c
_actor, _about = User.__table__.alias("actor"), User.__table__.alias("about")
_ROWS = (
    select(
        _entry.id, _entry.at, _entry.what, _entry.facts, _entry.actor_id, _entry.about_id,
        _actor.c.name.label("actor"), _about.c.name.label("about"),
    )
    .outerjoin_from(AuditEntry.__table__, _actor, _actor.c.id == _entry.actor_id)
    .outerjoin(_about, _about.c.id == _entry.about_id)
)  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """What the log shows. Days are those of the reader's zone, both of them included; empty means all."""

    by: str = ""
    about: str = ""
    what: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def read(cls, asked: dict[str, str], whats: Collection[str]) -> "Filter":
        """The filter that an address names; whatever it cannot mean counts as not given."""
        by, what = asked.get("by", ""), asked.get("what", "")
        is_number = by.isascii() and by.isdigit() and len(by) < 10
        return cls(
            by if is_number or by == COMMAND else "", asked.get("about", "")[:NAME_SIGNS].strip(),
            what if what in whats else "", _day(asked.get("from", "")), _day(asked.get("to", "")),
        )  # fmt: skip

    def arguments(self) -> dict[str, str]:
        """The filter as the arguments of an address, without what is not set."""
        named = {"by": self.by, "about": self.about, "what": self.what, "from": self.since, "to": self.until}
        return {name: value for name, value in named.items() if value}


def page(wanted: Filter, cursor: Cursor | None, *, zone: str) -> Page[Row[Any]]:
    """A page of the log; an empty one about somebody whom nobody knows."""
    rows = _ROWS
    if wanted.by:
        rows = rows.where(_entry.actor_id.is_(None) if wanted.by == COMMAND else _entry.actor_id == int(wanted.by))
    if wanted.about:
        found = user_by_name(wanted.about)
        rows = rows.where(_entry.about_id == (found.id if found else 0))
    if wanted.what:
        rows = rows.where(_entry.what == wanted.what)
    if wanted.since:
        rows = rows.where(_entry.at >= _midnight(wanted.since, zone))
    if wanted.until:
        rows = rows.where(_entry.at < _midnight(wanted.until, zone, days=1))
    return Listing(rows, _entry.at, _entry.id, PAGE_SIZE).page(cursor)


def _day(typed: str) -> str:
    """The day, as 2026-12-25; empty for anything else, and for one that has no neighbours."""
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return ""
    return found.isoformat() if 1970 <= found.year < 9999 else ""


def _midnight(day: str, zone: str, *, days: int = 0) -> datetime:
    there = date.fromisoformat(day) + timedelta(days=days)
    return datetime(there.year, there.month, there.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
