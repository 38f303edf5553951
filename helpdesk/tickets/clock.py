"""The clock of a ticket: until when the team is to answer. It runs while the team owes an answer, in business hours."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Row, select

from helpdesk import hours
from helpdesk.extensions import db
from helpdesk.hours import Hours
from helpdesk.site import queries as site
from helpdesk.site import service as site_service
from helpdesk.tickets.deadlines import DEFAULTS, Target, deadline
from helpdesk.tickets.models import Target as TargetRow
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.priorities import Priority

# How far all waiting tickets have been reckoned anew, after the rules have changed.
PROGRESS = "deadlines_reckoned"
_target = TargetRow.__table__.c
_TARGETS = select(_target.priority, _target.first_minutes, _target.next_minutes).order_by(_target.priority)


@dataclass(frozen=True)
class Rules:
    """What deadlines are reckoned by. `mark` tells one set of rules from another."""

    hours: Hours
    targets: Mapping[Priority, Target]
    mark: str


def rules() -> Rules:
    """The present rules: two queries."""
    made = site.values("business_hours", "holidays")
    text, holidays = str(made.get("business_hours", "")), tuple(made.get("holidays", ()))  # type: ignore[call-overload]
    rows = {Priority(row.priority): Target(row.first_minutes, row.next_minutes) for row in db.session.execute(_TARGETS)}
    targets = {**DEFAULTS, **rows}
    mark = hashlib.sha256(f"{text}\n{holidays}\n{sorted(targets.items())}".encode()).hexdigest()[:16]
    return Rules(_read(text, holidays), targets, mark)


# Asked whenever somebody writes, and always the same: finding out what zones there are takes milliseconds.
@lru_cache(maxsize=8)
def _read(text: str, holidays: tuple[str, ...]) -> Hours:
    return hours.read(text, holidays)


def start(ticket: Ticket, *, at: datetime) -> None:
    """The team owes an answer from this moment on."""
    reckon(ticket, rules(), since=at)


def stop(ticket: Ticket) -> None:
    """Nothing is owed: no deadline."""
    ticket.due_at = ticket.warn_at = None


def reckon(ticket: Ticket, by: Rules | None = None, *, since: datetime | None = None) -> None:
    """Sets the deadline anew, as after a change of its priority: from the moment since which an answer is owed."""
    since = since or ticket.waiting_since
    if since is None:
        stop(ticket)
        return
    by = by or rules()
    target = by.targets[Priority(ticket.priority or Priority.NORMAL)]
    found = deadline(target, since=since, is_first=ticket.first_answered_at is None, hours=by.hours)
    ticket.due_at, ticket.warn_at = (found.due_at, found.warn_at) if found else (None, None)


def is_reckoned() -> bool:
    """Whether all tickets that wait have been reckoned by the present rules."""
    progress = _progress()
    return progress.get("mark") == rules().mark and progress.get("done") is True


def reckon_some(*, at: datetime, most: int) -> None:
    """After the rules have changed: reckons the next tickets that wait.

    What starts to wait from now on follows the new rules by itself, so those before the mark of progress are done.
    """
    by, progress = rules(), _progress()
    after = progress.get("after") if progress.get("mark") == by.mark else None
    found = _waiting(after, most)
    for ticket in _locked([row.id for row in found]):
        reckon(ticket, by)
    done = len(found) < most
    last = None if done else [found[-1].waiting_since.isoformat(), found[-1].id]
    site_service.set_value(PROGRESS, {"mark": by.mark, "done": done, "after": last}, by=None, at=at)


def _progress() -> Mapping[str, object]:
    made = site.value(PROGRESS)
    return made if isinstance(made, dict) else {}


def _waiting(after: object, most: int) -> Sequence[Row[tuple[int, datetime]]]:
    """The tickets that wait, longest first, from a place on that `_progress` has kept."""
    rows = select(Ticket.id, Ticket.waiting_since).where(Ticket.waiting_since.is_not(None))
    if isinstance(after, list):
        since, ticket_id = datetime.fromisoformat(after[0]), after[1]
        later = (Ticket.waiting_since == since) & (Ticket.id > ticket_id)
        rows = rows.where((Ticket.waiting_since > since) | later, Ticket.waiting_since >= since)
    return db.session.execute(rows.order_by(Ticket.waiting_since, Ticket.id).limit(most)).all()


def _locked(ticket_ids: list[int]) -> Sequence[Ticket]:
    # By their ids, as everybody locks several tickets: two who do so at once wait for each other and go on.
    rows = select(Ticket).where(Ticket.id.in_(ticket_ids)).order_by(Ticket.id).with_for_update()
    return db.session.scalars(rows.execution_options(populate_existing=True)).all()
