"""Setting targets. Never commits, never reads the request."""

from collections.abc import Mapping
from datetime import datetime

from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.site import service as site
from helpdesk.tickets.deadlines import DEFAULTS, Target
from helpdesk.tickets.models import Target as Row
from helpdesk.tickets.priorities import Priority


def set_targets(targets: Mapping[Priority, Target], *, by: Person, at: datetime) -> None:
    """Keeps each target, and writes down those that are other ones than before. The clock reckons anew by itself."""
    for priority, target in targets.items():
        if present(priority) == target:
            continue
        minutes = {"first_minutes": target.first_minutes, "next_minutes": target.next_minutes}
        db.session.merge(Row(priority=priority.value, **minutes))
        facts = {"priority": priority.value, "first": target.first_minutes, "next": target.next_minutes}
        site.record("target_set", by=by.id, at=at, facts=facts)


def present(priority: Priority) -> Target:
    """The target that holds now: the one that was set, or the one that every site begins with."""
    row = db.session.get(Row, priority.value)
    return DEFAULTS[priority] if row is None else Target(row.first_minutes, row.next_minutes)
