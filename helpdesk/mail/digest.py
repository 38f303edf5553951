"""The daily summary for the team: how much waits, and what waits longest. Counted when it leaves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, UnaryExpression, func, select

from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.mail.letters import Entry, Foreign, Letter, Link, Over, Part
from helpdesk.mail.links import link_to
from helpdesk.mail.outbox import Facts
from helpdesk.mail.team import reason_team
from helpdesk.tickets import counts, labels
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import NUMBER_OFFSET, Ticket
from helpdesk.web.filters import date_and_time, short_date

# Of each kind that many are named; the rest is at the desk.
NAMED = 5
# Counted no further than this: a mail that says "99+" says enough.
MOST_COUNTED = 100

_ticket = Ticket.__table__.c
_ROW = select(_ticket.id, _ticket.language, _ticket.title, _ticket.due_at, _ticket.waiting_since)


def letter(agent: Person, facts: Facts) -> Letter:
    """What waits now. Raises Over if nothing does: no mail is better than one that says nothing."""
    at = now()
    mine, unassigned = _ticket.assignee_id == agent.id, _ticket.assignee_id.is_(None)
    late = _ticket.due_at <= at
    lists = (
        (_("Overdue tickets"), _first(late, _ticket.due_at), _due),
        (_("Tickets assigned to you"), _first(mine & _waits(), _ticket.waiting_since), _since),
        (_("Unassigned tickets"), _first(unassigned & _waits(), _ticket.waiting_since), _since),
    )
    if not any(rows for _heading, rows, _note in lists):
        raise Over()
    return Letter(
        subject=_("What is waiting at the desk, %(date)s", date=short_date(at)),
        greeting=_("Hello %(name)s,", name=agent.name),
        opening=_("This is what is waiting at the desk."),
        remarks=(_figures(agent, _how_many(late)),),
        parts=tuple(
            Part(heading, tuple(_entry(row, note(row)) for row in rows)) for heading, rows, note in lists if rows
        ),
        link=Link(_("Open the desk"), link_to("desk.index")),
        reason=reason_team(),
    )


def _waits() -> ColumnElement[bool]:
    return _ticket.waiting_since.is_not(None)


def _first(which: ColumnElement[bool], order: UnaryExpression[datetime] | Any) -> Sequence[Row[Any]]:
    return db.session.execute(_ROW.where(which).order_by(order, _ticket.id).limit(NAMED)).all()


def _how_many(which: ColumnElement[bool]) -> int:
    some = select(_ticket.id).where(which).limit(MOST_COUNTED).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def _figures(agent: Person, late: int) -> str:
    kept = counts.read([counts.ALL, counts.UNASSIGNED, counts.of_assignee(agent.id)])
    overdue = f"{MOST_COUNTED - 1}+" if late >= MOST_COUNTED else str(late)
    return "\n".join(
        (
            _("Overdue: %(count)s", count=overdue),
            _("Open and assigned to you: %(count)s", count=kept[counts.of_assignee(agent.id)][Status.OPEN]),
            _("Open and unassigned: %(count)s", count=kept[counts.UNASSIGNED][Status.OPEN]),
            _("All open tickets: %(count)s", count=kept[counts.ALL][Status.OPEN]),
            _("Awaiting feedback: %(count)s", count=kept[counts.ALL][Status.AWAITING_FEEDBACK]),
        )
    )


def _entry(row: Row[Any], note: str) -> Entry:
    number = row.id + NUMBER_OFFSET
    title = Foreign(labels.full_title(row.language, row.title), row.language)
    return Entry(number, title, note, link_to("desk.show", number=number))


def _due(row: Row[Any]) -> str:
    return _("Due on %(time)s", time=date_and_time(row.due_at))


def _since(row: Row[Any]) -> str:
    return _("Waiting since %(when)s", when=date_and_time(row.waiting_since))
