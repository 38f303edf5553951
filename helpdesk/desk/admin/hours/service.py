"""Setting hours and holidays. Never commits, never reads the request."""

from collections.abc import Sequence
from datetime import datetime

from helpdesk import hours
from helpdesk.accounts.person import Person
from helpdesk.hours import Hours
from helpdesk.site import queries
from helpdesk.site import service as site

# Each kind of hours with the setting that holds it.
KEYS = {"chat": "chat_hours", "business": "business_hours"}
HOLIDAYS = "holidays"


def present(which: str) -> Hours:
    """The hours as they hold now."""
    return hours.read(str(queries.value(KEYS[which]) or ""), holidays())


def holidays() -> list[str]:
    """The days on which nobody is there, as 2026-12-25, in their order."""
    found = queries.value(HOLIDAYS)
    return sorted(str(day) for day in found) if isinstance(found, list) else []


def set_hours(which: str, text: str, *, by: Person, at: datetime) -> None:
    """Keeps hours, in the grammar of the settings. Raises ValueError for what cannot be meant."""
    hours.read(text)
    site.set_value(KEYS[which], text, by=by.id, at=at)
    site.record("hours_set", by=by.id, at=at, facts={"which": which, "hours": text})


def add_holiday(day: str, *, by: Person, at: datetime) -> None:
    """Adds a day, once."""
    _set_holidays([*holidays(), day], "holiday_added", day, by=by, at=at)


def remove_holiday(day: str, *, by: Person, at: datetime) -> None:
    """Takes a day away, if it is there."""
    _set_holidays([one for one in holidays() if one != day], "holiday_removed", day, by=by, at=at)


def _set_holidays(days: Sequence[str], what: str, day: str, *, by: Person, at: datetime) -> None:
    if set(days) == set(holidays()):
        return
    site.set_value(HOLIDAYS, sorted(set(days)), by=by.id, at=at)
    site.record(what, by=by.id, at=at, facts={"day": day})
