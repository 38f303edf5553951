"""How long a ticket awaits feedback: when its owner is reminded, when it is closed. Plain rules: no Flask, no database.

Nobody's ticket is closed who has not been told: it is closed only after a reminder that named the day.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_DAYS = 3650


@dataclass(frozen=True)
class Patience:
    """Days without an answer until the reminder and until the closing; 0 means that there is none."""

    reminder_days: int
    close_days: int

    def check(self) -> None:
        """Raises ValueError, with what is wrong, for days that nobody can mean."""
        if min(self.reminder_days, self.close_days) < 0:
            raise ValueError("days must not be negative")
        if max(self.reminder_days, self.close_days) > MOST_DAYS:
            raise ValueError(f"days must not be more than {MOST_DAYS}")
        if self.close_days and not self.reminder_days:
            raise ValueError("tickets are closed only after a reminder")
        if self.close_days and self.reminder_days >= self.close_days:
            raise ValueError("the reminder must come before the ticket is closed")

    def asked_before(self, at: datetime) -> datetime | None:
        """Whose feedback is awaited since then or longer is reminded at the moment `at`; None if nobody is."""
        return at - timedelta(days=self.reminder_days) if self.reminder_days else None

    def closes_at(self, asked_at: datetime, *, reminded_at: datetime | None = None) -> datetime | None:
        """When a ticket closes by itself; None if it does not. A late reminder leaves as long as one in time."""
        if not 0 < self.reminder_days < self.close_days:
            return None
        in_time = asked_at + timedelta(days=self.close_days)
        if reminded_at is None:
            return in_time
        return max(in_time, reminded_at + timedelta(days=self.close_days - self.reminder_days))
