"""Changes of several tickets at once, each by its own rule, and taking them back. Never commits.

A ticket whose rule forbids the change is left out and named. What each ticket was before is kept with the change.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.desk.models import BulkChange
from helpdesk.extensions import db
from helpdesk.refusals import Invalid, TooMany, WrongState
from helpdesk.tickets import changes, handling, service
from helpdesk.tickets.models import Tag, Ticket

MOST_TICKETS = 100
# What closing changes, and undoing it brings back.
TIMES = ("status_since", "waiting_since", "due_at", "warn_at", "first_answered_at", "reminded_at", "closes_at")

Do = Callable[[Ticket], None]


@dataclass
class Outcome:
    """Which tickets were changed, which are as they are, and the change itself if there was one."""

    changed: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    change: BulkChange | None = None


def assign(ids: Sequence[int], agent: User | None, *, by: Person, at: datetime) -> Outcome:
    """Gives the tickets to somebody of the team, or back to nobody."""
    return _change("assign", ids, lambda ticket: service.assign(ticket, agent, by=by, at=at), by=by, at=at)


def set_priority(ids: Sequence[int], priority: str, *, by: Person, at: datetime) -> Outcome:
    """Sets the priority of the tickets."""
    return _change("priority", ids, lambda ticket: handling.set_priority(ticket, priority, by=by, at=at), by=by, at=at)


def add_tag(ids: Sequence[int], tag: Tag, *, by: Person, at: datetime) -> Outcome:
    """Puts a tag on the tickets."""
    outcome = _change("tag", ids, lambda ticket: handling.add_tag(ticket, tag, by=by, at=at), by=by, at=at)
    if outcome.change:
        outcome.change.before = {**outcome.change.before, "tag": tag.id}
    return outcome


def close(ids: Sequence[int], *, by: Person, at: datetime) -> Outcome:
    """Closes the tickets, without a last message."""
    return _change("close", ids, lambda ticket: service.close(ticket, by=by, at=at), by=by, at=at)


def undo(change: BulkChange, *, by: Person, at: datetime) -> Outcome:
    """Takes a change back, where nobody has done anything to the ticket since."""
    outcome = Outcome(change=change)
    change.undone_at = at
    tag = db.session.get(Tag, change.before["tag"]) if "tag" in change.before else None
    kept = {int(key): facts for key, facts in change.before.items() if key.isdigit()}
    for ticket in _tickets(list(kept)):
        changes.lock(ticket)
        before = kept[ticket.id]
        if ticket.last_seq != before["seq"]:
            outcome.left.append(ticket.id)
            continue
        _take_back(change.what, ticket, before, tag, by=by, at=at)
        outcome.changed.append(ticket.id)
    outcome.left += sorted(set(kept) - set(outcome.changed) - set(outcome.left))
    return outcome


def _change(what: str, ids: Sequence[int], do: Do, *, by: Person, at: datetime) -> Outcome:
    if not ids:
        raise Invalid("bulk_none")
    if len(ids) > MOST_TICKETS:
        raise TooMany("bulk_too_many", most=MOST_TICKETS)
    outcome, before = Outcome(), {}
    for ticket in _tickets(ids):
        changes.lock(ticket)
        facts = _facts(ticket)
        try:
            do(ticket)
        except WrongState:
            outcome.left.append(ticket.id)
            continue
        db.session.flush()
        db.session.refresh(ticket, ["last_seq"])
        if ticket.last_seq == facts["seq"]:  # it was so already: nothing has been done, nothing is to be undone
            continue
        outcome.changed.append(ticket.id)
        before[str(ticket.id)] = {**facts, "seq": ticket.last_seq}
    if before:
        outcome.change = BulkChange(agent_id=by.id, what=what, before=before, at=at)
        db.session.add(outcome.change)
        db.session.flush()
    return outcome


def _tickets(ids: Sequence[int]) -> list[Ticket]:
    """The tickets in the order of their ids, so that two changes at once wait for each other."""
    return list(db.session.scalars(select(Ticket).where(Ticket.id.in_(set(ids))).order_by(Ticket.id)))


def _facts(ticket: Ticket) -> dict[str, object]:
    times = {name: getattr(ticket, name) for name in TIMES}
    return {
        "seq": ticket.last_seq, "status": ticket.status, "assignee": ticket.assignee_id, "priority": ticket.priority,
        **{name: moment.isoformat() if moment else None for name, moment in times.items()},
    }  # fmt: skip


def _take_back(
    what: str, ticket: Ticket, before: dict[str, object], tag: Tag | None, *, by: Person, at: datetime
) -> None:
    if what == "assign":
        agent = db.session.get(User, before["assignee"]) if before["assignee"] else None
        service.assign(ticket, agent, by=by, at=at)
    if what == "priority":
        handling.set_priority(ticket, str(before["priority"]), by=by, at=at)
    if what == "tag" and tag is not None:
        handling.remove_tag(ticket, tag, by=by, at=at)
    if what == "close":
        times = {name: datetime.fromisoformat(str(before[name])) if before[name] else None for name in TIMES}
        changes.take_back_closing(ticket, str(before["status"]), times, by=by, at=at)
