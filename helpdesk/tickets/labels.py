"""The words of tickets, in the reader's language."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from helpdesk import languages
from helpdesk.database import now
from helpdesk.refusals import Refusal
from helpdesk.tickets.lifecycle import Status
from helpdesk.web.filters import long_date, time_span

# The parts of a section: its heading, the guides' helper sentence, what it says when it is empty.
SECTIONS = {
    Status.AWAITING_FEEDBACK: (
        _l("Awaiting Feedback"),
        _l("This feature lists the tickets for which our IT team needs information from you."),
        _l("Nothing is waiting for you."),
    ),
    Status.OPEN: (
        _l("Open Tech Issues"),
        _l("This feature lets you see your open tickets."),
        _l("You have no open tickets."),
    ),
    Status.CLOSED: (
        _l("Closed Tech Issues"),
        _l("Use this feature to see all the tickets that have been submitted and resolved."),
        _l("You have no closed tickets yet."),
    ),
}

EVENTS = {
    "submitted": lambda who, about: _("%(name)s submitted the ticket.", name=who),
    "replied": lambda who, about: _("%(name)s replied.", name=who),
    "requested_information": lambda who, about: _("%(name)s requested information.", name=who),
    "noted": lambda who, about: _("%(name)s added an internal note.", name=who),
    "closed": lambda who, about: _("%(name)s closed the ticket.", name=who),
    "reopened": lambda who, about: _("%(name)s reopened the ticket with a reply.", name=who),
    "close_undone": lambda who, about: _("%(name)s took the closing of the ticket back.", name=who),
    "thanked": lambda who, about: _("%(name)s said thank you.", name=who),
    "assigned": lambda who, about: (
        _("%(name)s took the ticket.", name=who)
        if who == about
        else _("%(name)s assigned the ticket to %(other)s.", name=who, other=about)
    ),
    "given": lambda who, about: _("Assigned automatically to %(name)s.", name=about),
    "unassigned": lambda who, about: _("%(name)s took the assignment off.", name=who),
    "reminded": lambda who, about: _("A reminder was sent."),
    "auto_closed": lambda who, about: _("The ticket was closed automatically, because no answer came."),
}


def full_title(language: str, title: str) -> str:
    """The title with its language prefix, as everybody reads it."""
    return languages.with_prefix(language, title)


@dataclass(frozen=True)
class DeadlineLabel:
    """How a deadline reads. `kind` is due, near or overdue; `at` is the deadline itself."""

    kind: str
    text: str
    at: datetime


def deadline(due_at: datetime | None, warn_at: datetime | None) -> DeadlineLabel | None:
    """Until when the team is to answer, for agents; None where nothing is due."""
    if due_at is None:
        return None
    at = now()
    if due_at <= at:
        return DeadlineLabel("overdue", _("Overdue by %(time)s", time=time_span(at - due_at)), due_at)
    kind = "near" if warn_at is not None and warn_at <= at else "due"
    return DeadlineLabel(kind, _("Answer due %(when)s", when=time_span(due_at - at, ahead=True)), due_at)


def closing(closes_at: datetime | None) -> str:
    """On which day a ticket closes by itself, for the member whose answer is awaited; empty if it does not."""
    if closes_at is None:
        return ""
    return _("If you do not reply, the ticket closes automatically on %(date)s.", date=long_date(closes_at))


def event_sentence(what: str, who: str | None, about: str | None) -> str:
    """One line of a ticket's history."""
    if what == "assigned" and who is None:
        what = "given"
    return EVENTS[what](who or _("The system"), about or "")


def reopen_time_over(refusal: Refusal) -> str:
    """Why a closed ticket cannot be reopened any more."""
    days = int(refusal.params["days"])
    return ngettext(
        "This ticket was closed more than %(num)d day ago. Submit a follow-up ticket instead.",
        "This ticket was closed more than %(num)d days ago. Submit a follow-up ticket instead.",
        days,
    )


SENTENCES = {
    "reopen_time_over": reopen_time_over,
    "message_missing": lambda no: _("Enter a message."),
}
