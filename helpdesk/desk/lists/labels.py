"""The words of the team's lists, in the reader's language."""

from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from helpdesk.desk.lists.filters import Column, Sort
from helpdesk.tickets.labels import priorities
from helpdesk.tickets.models import NUMBER_OFFSET
from helpdesk.web.language import locale_code


@dataclass(frozen=True)
class Words:
    """What choices and columns are called, by their codes."""

    priorities: dict[str, str]
    sorts: dict[str, str]
    columns: dict[str, str]


def words() -> Words:
    """The words of a list's page, made once for each language."""
    made: dict[str, Words] = current_app.extensions.setdefault("list_words", {})
    code = locale_code()
    if code not in made:
        made[code] = Words(priorities(), _sorts(), _columns())
    return made[code]


def _sorts() -> dict[str, str]:
    return {
        Sort.UPDATED.value: _("Last updated"),
        Sort.OPENED.value: _("Last opened"),
        Sort.DUE.value: _("Deadline"),
        Sort.WAITING.value: _("Longest wait"),
    }


def _columns() -> dict[str, str]:
    return {
        Column.NUMBER.value: _("Number"),
        Column.MEMBER.value: _("Member"),
        Column.RANK.value: _("Rank"),
        Column.LANGUAGE.value: _("Language"),
        Column.STATUS.value: _("Status"),
        Column.PRIORITY.value: _("Priority"),
        Column.TAGS.value: _("Tags"),
        Column.ASSIGNEE.value: _("Assigned to"),
        Column.DUE.value: _("Deadline"),
        Column.WAITING.value: pgettext("ticket", "Waiting since"),
        Column.OPENED.value: _("Opened"),
        Column.UPDATED.value: _("Updated"),
    }


def done(what: str, tickets: int, value: str) -> str:
    """What has been done to several tickets, by the name that the change has (BulkChange.what)."""
    return DONE[what](tickets, value)


DONE = {
    "assign": lambda tickets, name: (
        ngettext(
            "%(num)d ticket is now assigned to %(name)s.", "%(num)d tickets are now assigned to %(name)s.", tickets,
            name=name,
        )
        if name
        else ngettext(
            "%(num)d ticket is not assigned to anybody now.", "%(num)d tickets are not assigned to anybody now.",
            tickets,
        )
    ),
    "priority": lambda tickets, name: ngettext(
        "%(num)d ticket now has the priority “%(name)s”.", "%(num)d tickets now have the priority “%(name)s”.",
        tickets, name=name,
    ),
    "tag": lambda tickets, name: ngettext(
        "%(num)d ticket now has the tag “%(name)s”.", "%(num)d tickets now have the tag “%(name)s”.", tickets,
        name=name,
    ),
    "close": lambda tickets, name: ngettext(
        "%(num)d ticket has been closed.", "%(num)d tickets have been closed.", tickets
    ),
}  # fmt: skip


def left_out(ids: list[int]) -> str:
    """Which tickets a change could not be made to, by their numbers."""
    return ngettext(
        "Not changed, because it is closed: %(numbers)s.",
        "Not changed, because they are closed: %(numbers)s.",
        len(ids), numbers=_numbers(ids),
    )  # fmt: skip


def undone(tickets: int) -> str:
    """That a change of several tickets has been taken back."""
    return ngettext(
        "The change of %(num)d ticket has been undone.", "The change of %(num)d tickets has been undone.", tickets
    )


def not_undone(ids: list[int]) -> str:
    """Which tickets stay as they are, because somebody has done something to them since."""
    return ngettext(
        "Not undone, because it has changed since: %(numbers)s.",
        "Not undone, because they have changed since: %(numbers)s.",
        len(ids), numbers=_numbers(ids),
    )  # fmt: skip


def _numbers(ids: list[int]) -> str:
    return ", ".join(str(one + NUMBER_OFFSET) for one in ids)


SENTENCES = {
    "views_too_many": lambda no: ngettext(
        "You can have %(num)d saved view. Delete one first.",
        "You can have %(num)d saved views. Delete one first.",
        int(no.params["most"]),
    ),
    "bulk_none": lambda no: _("Select at least one ticket."),
    "bulk_too_many": lambda no: ngettext(
        "At most %(num)d ticket can be changed at once.",
        "At most %(num)d tickets can be changed at once.",
        int(no.params["most"]),
    ),
    "tag_missing": lambda no: _("Enter a tag."),
}
