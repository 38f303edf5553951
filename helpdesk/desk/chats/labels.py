"""The desk's words about chats: how long somebody waits, which language they write, which time it is where they are."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime, format_timedelta

from helpdesk import languages
from helpdesk.web.filters import CLOCK
from helpdesk.web.language import locale_code, zones


def waited(since: datetime, at: datetime) -> str:
    """How long it has been, in whole minutes: 6 min."""
    passed = max(at - since, timedelta(minutes=1))
    return format_timedelta(passed, granularity="minute", threshold=1.5, format="short", locale=locale_code())


def language_in_words(code: str | None) -> str:
    """The language as the reader calls it within a sentence: French, français, franska. Empty for none and English."""
    if code not in languages.CODES or code == languages.DEFAULT:
        return ""
    return Locale(locale_code()).languages[code]


def time_there(zone: str | None, at: datetime) -> str:
    """The time of day where the member is; empty when their zone is not known."""
    if zone is None or zone not in zones():
        return ""
    return format_datetime(at, CLOCK, tzinfo=ZoneInfo(zone), locale=locale_code())
