"""The words of people's rights in the reader's language: what is kept how long, refusals, a copy to be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext
from jinja2.environment import TemplateModule

from helpdesk.accounts.person import Person
from helpdesk.privacy.exporting.facts import ChatFacts, Facts, TicketFacts, file_path
from helpdesk.privacy.keeping import NOTICE_DAYS, PARKED, UPLOADS, Keeping, Span
from helpdesk.web.language import read_by

SENTENCES = {
    "erasure_team": lambda no: _("The account belongs to the team: first make it a member’s account again."),
    "erasure_held": lambda no: _("The law obliges us to keep this account for now. It cannot be erased."),
    "erasure_begun": lambda no: _("The erasure has begun and cannot be taken back."),
    "passage_missing": lambda no: _("The passage stands nowhere here. Copy it exactly as it is written."),
    "passage_length": lambda no: _(
        "The passage must have between %(least)s and %(most)s characters.",
        least=no.params["least"],
        most=no.params["most"],
    ),
    "file_missing": lambda no: _("Select at least one file."),
}  # fmt: skip


def kept(times: Keeping) -> list[tuple[str, str]]:
    """Each kind of data with how long it is kept: from the table that also deletes it."""
    spans = times.spans
    return [
        (_("Tickets with their messages and files"), _after(spans["tickets"], _("after the ticket was closed"))),
        (_("Chats"), _after(spans["chats"], _("after the chat ended"))),
        (_("Chats that nobody had answered yet"), _after(spans["abandoned"], _("after you left the queue"))),
        (_("Tickets that you have begun and not submitted"), _after(spans["drafts"], _("after the last change"))),
        (_("Files that you have added and not sent"), _after(UPLOADS, _("after you added them"))),
        (_("What you were typing when your session ended"), _after(PARKED, _("after that"))),
        (_("Sessions, with the kind of browser"), _after(spans["sessions"], _("after the last use"))),
        (_("Emails to you: that and when they were sent"), _after(spans["mail"], _("after that"))),
        (_("Notifications"), _after(spans["notices"], _("after you read them"))),
        (_("The log of changes to accounts"), _after(spans["log"], _("after each change"))),
        (_("Copies of your data that you asked for"), _after(spans["exports"], _("after they were made"))),
        (_("Your account"), _account(spans["members"])),
    ]


def kept_for(kind: str) -> str:
    """What becomes of what is given on a form, in a sentence or two; `kind` is tickets or chats."""
    span = current_app.config["HELPDESK"].keeping().spans[kind]
    if span is None:
        return _("We use what you send only to answer you.")
    if kind == "chats":
        return _(
            "We use what you send only to answer you and delete it %(time)s after the chat ended.", time=length(span)
        )
    return _(
        "We use what you send only to answer you and delete it %(time)s after the ticket was closed.",
        time=length(span),
    )


def _after(span: Span | None, since: str) -> str:
    if span is None:
        return _("until you have your account erased")
    return _("%(time)s %(since)s", time=length(span), since=since)


def _account(span: Span | None) -> str:
    if span is None:
        return _("as long as you are a member")
    return _(
        "as long as you are a member, at most %(time)s after your last sign-in; we write to you %(days)s days before",
        time=length(span),
        days=NOTICE_DAYS,
    )


def length(span: Span) -> str:
    """A length of time in words."""
    if span.months:
        return ngettext("%(num)d month", "%(num)d months", span.months)
    return ngettext("%(num)d day", "%(num)d days", span.days)


class Reading:
    """A copy for people, written part by part."""

    def __init__(self, parts: TemplateModule) -> None:
        self._parts = parts

    def head(self, found: Facts, at: datetime) -> str:
        return str(self._parts.head(found, at))  # type: ignore[attr-defined]

    def ticket(self, found: TicketFacts) -> str:
        return str(self._parts.ticket(found, file_path))  # type: ignore[attr-defined]

    def chat(self, found: ChatFacts) -> str:
        return str(self._parts.chat(found))  # type: ignore[attr-defined]

    def foot(self) -> str:
        return str(self._parts.foot())  # type: ignore[attr-defined]


@contextmanager
def reading(person: Person) -> Iterator[Reading]:
    """Inside, a copy is written in this person's language and time zone."""
    with read_by(person.language, person.time_zone):
        yield Reading(current_app.jinja_env.get_template("macros/copy.html").module)
