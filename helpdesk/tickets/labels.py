"""The words of tickets, in the reader's language."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Row

from helpdesk import languages
from helpdesk.database import now
from helpdesk.refusals import Refusal
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import NUMBER_OFFSET
from helpdesk.tickets.priorities import Priority
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


@dataclass(frozen=True)
class Line:
    """What a line of a ticket's history speaks of: who, whom, which other ticket (its number), and what exactly."""

    who: str
    about: str
    other: int
    detail: str


EVENTS: dict[str, Callable[[Line], str]] = {
    "submitted": lambda line: _("%(name)s submitted the ticket.", name=line.who),
    "replied": lambda line: _("%(name)s replied.", name=line.who),
    "requested_information": lambda line: _("%(name)s requested information.", name=line.who),
    "noted": lambda line: _("%(name)s added an internal note.", name=line.who),
    "mentioned": lambda line: _("%(name)s mentioned %(other)s in a note.", name=line.who, other=line.about),
    "closed": lambda line: _("%(name)s closed the ticket.", name=line.who),
    "reopened": lambda line: _("%(name)s reopened the ticket with a reply.", name=line.who),
    "close_undone": lambda line: _("%(name)s took the closing of the ticket back.", name=line.who),
    "thanked": lambda line: _("%(name)s said thank you.", name=line.who),
    "assigned": lambda line: (
        _("%(name)s took the ticket.", name=line.who)
        if line.who == line.about
        else _("%(name)s assigned the ticket to %(other)s.", name=line.who, other=line.about)
    ),
    "given": lambda line: _("Assigned automatically to %(name)s.", name=line.about),
    "unassigned": lambda line: _("%(name)s took the assignment off.", name=line.who),
    "reminded": lambda line: _("A reminder was sent."),
    "auto_closed": lambda line: _("The ticket was closed automatically, because no answer came."),
    "passage_removed": lambda line: _("%(name)s removed a passage.", name=line.who),
    "file_removed": lambda line: _("%(name)s removed a file.", name=line.who),
    "emptied": lambda line: _("The texts and files were erased, because their time is over."),
    "erased": lambda line: _("The texts and files were erased with the member’s account."),
    "priority_changed": lambda line: _(
        "%(name)s set the priority to “%(priority)s”.", name=line.who, priority=priorities()[line.detail]
    ),
    "tagged": lambda line: _("%(name)s added the tag “%(tag)s”.", name=line.who, tag=line.detail),
    "untagged": lambda line: _("%(name)s removed the tag “%(tag)s”.", name=line.who, tag=line.detail),
    "merged": lambda line: _("%(name)s merged this ticket into no. %(number)s.", name=line.who, number=line.other),
    "merged_from": lambda line: _(
        "%(name)s merged ticket no. %(number)s into this one.", name=line.who, number=line.other
    ),
    "split_off": lambda line: _("%(name)s split off ticket no. %(number)s.", name=line.who, number=line.other),
    "split_from": lambda line: _("%(name)s split this off ticket no. %(number)s.", name=line.who, number=line.other),
    "linked": lambda line: _("%(name)s linked ticket no. %(number)s.", name=line.who, number=line.other),
    "unlinked": lambda line: _("%(name)s removed the link to ticket no. %(number)s.", name=line.who, number=line.other),
}  # fmt: skip


def priorities() -> dict[str, str]:
    """The priorities by their codes, the most urgent first."""
    return {
        Priority.URGENT.value: _("Urgent"),
        Priority.HIGH.value: _("High"),
        Priority.NORMAL.value: _("Normal"),
        Priority.LOW.value: _("Low"),
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


def event_sentence(event: Row[Any]) -> str:
    """One line of a ticket's history (queries.history). Nobody is the desk itself."""
    what = "given" if event.what == "assigned" and event.actor is None else event.what
    other = (event.other_id or 0) + NUMBER_OFFSET
    return EVENTS[what](Line(event.actor or _("The system"), event.about or "", other, event.detail or ""))


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
    "merged_away": lambda no: _("This ticket goes on in no. %(number)s. Write there.", number=no.params["number"]),
    "merge_same": lambda no: _("A ticket cannot be merged into itself."),
    "merge_other_owner": lambda no: _("Only tickets of the same member can be merged. Link them instead."),
    "merge_done": lambda no: _("The ticket has been merged into no. %(number)s already.", number=no.params["number"]),
    "merge_closed": lambda no: _("Closed tickets cannot be merged. Link them instead."),
    "split_nothing": lambda no: _("Select at least one message that is not an internal note."),
    "follow_up_open": lambda no: _("The ticket is not closed: reply in it instead."),
    "link_same": lambda no: _("A ticket cannot be linked to itself."),
}
