"""The words of the chat, in the reader's language. The conversation itself is in English and is never translated."""

from babel.dates import get_day_names
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from helpdesk import languages
from helpdesk.chat.hours import Hours
from helpdesk.chat.queries import Standing
from helpdesk.refusals import Refusal
from helpdesk.web.language import locale_code

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
    """The place in the queue, the people ahead and, where real chats tell it, the time."""
    parts = [_("You are number %(n)s in the queue.", n=standing.place)]
    if standing.ahead:
        parts.append(ngettext("%(num)d person ahead of you", "%(num)d people ahead of you", standing.ahead) + ".")
    else:
        parts.append(_("You are next."))
    if standing.wait_s is not None:
        minutes = max(1, round(standing.wait_s / 60))
        about = ngettext("about %(num)d minute", "about %(num)d minutes", minutes)
        parts.append(_("Waiting time: %(time)s.", time=about))
    return " ".join(parts)


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
    "chat_closed": lambda no: _("Chat is closed at the moment."),
    "chat_wrong_state": lambda no: _("This can no longer be done: the chat has changed in the meantime."),
    "chat_taken": lambda no: _("%(agent)s has already accepted this chat.", agent=no.params["agent"]),
    "chat_too_long": lambda no: _("The message must be %(max)s characters or fewer.", max=no.params["max"]),
    "chat_too_fast": lambda no: _("You are sending messages too quickly. Wait a moment."),
    "chat_same_agent": lambda no: _("The chat is already with this agent."),
    "rating_missing": lambda no: _("Choose how it was."),
}


def sentence(refusal: Refusal) -> str:
    """A refusal of the chat in the reader's words."""
    return SENTENCES[refusal.code](refusal)
