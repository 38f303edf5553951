"""Until when the team is to answer: targets by priority, in business hours. Plain rules: no Flask, no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from helpdesk.hours import Hours
from helpdesk.tickets.priorities import Priority

# Of a target's time this part has passed when it is nearly over.
WARNS_AFTER = 0.75
# A year around the clock: what administrators may set at most.
MOST_MINUTES = 366 * 24 * 60


@dataclass(frozen=True)
class Target:
    """Minutes of business time for the first answer and for each later one; None: it is not measured."""

    first_minutes: int | None
    next_minutes: int | None


# Until administrators set others. Eight hours are a working day, where there are business hours.
DEFAULTS: Mapping[Priority, Target] = {
    Priority.LOW: Target(24 * 60, 24 * 60),
    Priority.NORMAL: Target(8 * 60, 16 * 60),
    Priority.HIGH: Target(4 * 60, 8 * 60),
    Priority.URGENT: Target(60, 2 * 60),
}


@dataclass(frozen=True)
class Deadline:
    """Until when an answer is due, and from when on that is near."""

    warn_at: datetime
    due_at: datetime


def deadline(target: Target, *, since: datetime, is_first: bool, hours: Hours) -> Deadline | None:
    """The deadline of a ticket that waits since then, for its first answer or a later one; None without a target."""
    minutes = target.first_minutes if is_first else target.next_minutes
    if minutes is None:
        return None
    time = timedelta(minutes=minutes)
    return Deadline(hours.after(since, time * WARNS_AFTER), hours.after(since, time))
