"""The words of the chat, in the reader's language. The conversation itself is in English and is never translated."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_day_names
from flask_babel import force_locale, get_timezone, ngettext
from flask_babel import gettext as _

from helpdesk import languages
from helpdesk.chat.queries import Standing
from helpdesk.chat.service import BODY_SIGNS
from helpdesk.hours import Hours
from helpdesk.refusals import Refusal
from helpdesk.web.language import locale_code

# A day of this year in running text (glossary, section 4).
DAY = {"en": "EEEE, d MMMM", "fr": "EEEE d MMMM", "sv": "EEEE d MMMM", "es": "EEEE, d 'de' MMMM"}
# A system line stores its code; this is how the reader sees it. `{name}` is filled in by page and script alike.
LINES = {
    "claim": lambda: _("%(name)s joined the chat.", name="{name}"),
    "leave": lambda: _("You have left the queue."),
    "resume": lambda: _("You are back in the queue."),
    "hand_back": lambda: _("The chat is back at the front of the queue. Another team member will join."),
    "transfer": lambda: _("%(name)s handed the chat to a colleague.", name="{name}"),
    "end": lambda: _("The chat has ended."),
}


def line(code: str, name: str | None) -> str:
    """A system line as a sentence."""
    return LINES[code]().replace("{name}", name or _("The system"))


def lines() -> dict[str, str]:
    """All system lines with `{name}` in them, for the page's script."""
    return {code: sentence() for code, sentence in LINES.items()}


def place_sentence(standing: Standing) -> str:
    """The place in the queue, as it is read aloud when it changes."""
    place = _("You are number %(n)s in the queue.", n=standing.place)
    return f"{place} {_('You are next.')}" if not standing.ahead else place


def waiting_time(standing: Standing) -> str:
    """About how long it will take, where real chats tell it; otherwise nothing."""
    if standing.wait_s is None:
        return ""
    minutes = max(1, round(standing.wait_s / 60))
    return _("Waiting time: %(time)s", time=ngettext("about %(num)d minute", "about %(num)d minutes", minutes))


def closed_sentence(closed: str) -> str:
    """Why nobody can chat just now: outside the hours, or within them with no agent there."""
    if closed == "hours":
        return _("Chat is closed at the moment.")
    return _("No team member is available at the moment.")


def opening_sentence(opening: datetime | None, at: datetime, hours: Hours) -> str:
    """When the chat opens again, on the reader's clock and calendar; empty when nobody knows."""
    if opening is None:
        return ""
    there, today = opening.astimezone(get_timezone()), at.astimezone(get_timezone()).date()
    clock = format_time(there, "HH:mm", tzinfo=get_timezone(), locale=locale_code())
    elsewhere = there.utcoffset() != opening.astimezone(ZoneInfo(hours.zone)).utcoffset()
    time = _("%(time)s (your time)", time=clock) if elsewhere else clock
    if there.date() == today:
        return _("The chat opens again today at %(time)s.", time=time)
    soon = (there.date() - today).days < 7
    day = format_date(there.date(), "EEEE" if soon else DAY[locale_code()], locale=locale_code())
    return _("The chat opens again on %(day)s at %(time)s.", day=day, time=time)


def ask_for_ticket(language: str) -> str:
    """The polite message to somebody who writes in another language, in that language."""
    with force_locale(languages.normalise(language) or languages.DEFAULT):
        return _("This chat is only available in English. Please submit a ticket: we have prepared one for you.")


def hours_sentence(hours: Hours) -> str:
    """The opening hours in the reader's language; empty when the chat is always open."""
    if not hours.spans:
        return ""
    names = get_day_names("abbreviated", locale=locale_code())
    parts = []
    for first, last, span in hours.grouped():
        days = names[first] if first == last else f"{names[first]}–{names[last]}"
        parts.append(f"{days} {span.start:%H:%M}–{span.end:%H:%M}")
    return _("Chat hours: %(hours)s (%(timezone)s)", hours=", ".join(parts), timezone=hours.zone.replace("_", " "))


SENTENCES = {
    "bad_payload": lambda no: _("The form has expired. Reload the page and try again."),
    "chat_closed": lambda no: _("Chat is closed at the moment."),
    "chat_wrong_state": lambda no: _("This can no longer be done: the chat has changed in the meantime."),
    "chat_taken": lambda no: _("%(agent)s has already accepted this chat.", agent=no.params["agent"]),
    "chat_too_long": lambda no: _("The message must be %(max)s characters or fewer.", max=no.params["max"]),
    "chat_too_fast": lambda no: _("You are sending messages too quickly. Wait a moment."),
    "chat_same_agent": lambda no: _("The chat is already with this agent."),
    "rating_missing": lambda no: _("Choose how it was."),
}


def errors() -> dict[str, str]:
    """The sentences that the page's script may need, by the codes of the protocol."""
    return {
        "chat_too_long": _("The message must be %(max)s characters or fewer.", max=BODY_SIGNS),
        "chat_wrong_state": _("This was not sent: the chat is over. You can submit it as a ticket."),
        "not_signed_in": _("Your session has expired. Sign in again; your draft has been kept."),
        "not_allowed": _("You do not have access to this page."),
    }


def sentence(refusal: Refusal) -> str:
    """A refusal of the chat in the reader's words."""
    return SENTENCES[refusal.code](refusal)
