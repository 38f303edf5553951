"""How times and numbers read in the reader's language and time zone. Knows no feature.

The patterns are glossary.md's, section 4: one for all four languages, which gives the guides' "3 Aug 2020".
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from babel.dates import format_datetime, format_timedelta, get_timezone
from flask import Flask, g
from flask_babel import get_timezone as reader_zone
from flask_babel import gettext as _
from markupsafe import Markup

from helpdesk.database import now
from helpdesk.web.language import locale_code
from helpdesk.web.links import linked

DATE = "d MMM y"
DATE_AND_TIME = "d MMM y, HH:mm"
CLOCK = "HH:mm"
LONG = "d MMMM y"
LONG_IN = {"es": "d 'de' MMMM 'de' y"}
FULL = "EEEE d MMMM y, HH:mm zzzz"
RELATIVE_UNTIL = timedelta(days=7)
JUST_NOW = timedelta(minutes=1)
WHOLE_MINUTES = timedelta(hours=1)  # from here on seconds are not seen in what is shown


def short_date(moment: datetime) -> str:
    """3 Aug 2020, in the reader's zone."""
    return _formatted(moment, DATE, _zone(), locale_code())


def date_and_time(moment: datetime) -> str:
    """3 Aug 2020, 14:05, in the reader's zone."""
    return _formatted(moment, DATE_AND_TIME, _zone(), locale_code())


def clock(moment: datetime) -> str:
    """14:05, in the reader's zone."""
    return _formatted(moment, CLOCK, _zone(), locale_code())


def full_time(moment: datetime) -> str:
    """The date, the time and the zone in words: what a pointer over a time shows."""
    return _formatted(moment, FULL, _zone(), locale_code())


def long_date(moment: datetime) -> str:
    """3 August 2020, in the reader's zone: for running text."""
    return _formatted(moment, LONG_IN.get(locale_code(), LONG), _zone(), locale_code())


def zone_name(moment: datetime) -> str:
    """What the reader's zone is called at that moment: Central European Summer Time."""
    return _formatted(moment, "zzzz", _zone(), locale_code())


def relative_time(moment: datetime) -> str:
    """2 hours ago; from a week on, the date and time."""
    return _relative(moment, now(), _zone(), locale_code())


def time_span(passed: timedelta, *, ahead: bool = False) -> str:
    """2 hours; `ahead`: in 2 hours. At least a minute."""
    passed = max(passed, JUST_NOW)
    return _span(passed - passed % timedelta(minutes=1), locale_code(), ahead)


def iso(moment: datetime) -> str:
    """The moment as a machine reads it, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(moment: datetime) -> Markup:
    """A day, as in the lists: 6 Mar 2026, with the full time for a pointer over it."""
    zone, locale = _zone(), locale_code()
    return _marked(moment, _formatted(moment, DATE, zone, locale), zone, locale)


def when(moment: datetime) -> Markup:
    """A moment: relative while it is fresh, with the full time for a pointer over it."""
    return reader_when()(moment)


def reader_when() -> Callable[[datetime], Markup]:
    """`when` for many moments of one page: who reads it, and which moment is now, is looked up once."""
    present, zone, locale = now(), _zone(), locale_code()

    def moment_in_words(moment: datetime) -> Markup:
        return _marked(moment, _relative(moment, present, zone, locale), zone, locale)

    return moment_in_words


def _relative(moment: datetime, present: datetime, zone: str, locale: str) -> str:
    passed = present - moment
    if passed >= RELATIVE_UNTIL or passed <= -JUST_NOW:
        return _formatted(moment, DATE_AND_TIME, zone, locale)
    if passed < JUST_NOW:
        return _("just now")
    step = timedelta(minutes=1) if passed >= WHOLE_MINUTES else timedelta(seconds=1)
    return _ago(passed - passed % step, locale)


def _zone() -> str:
    zone = g.get("zone")
    if zone is None:
        zone = g.zone = str(reader_zone())
    return zone


# Babel takes 30 to 60 microseconds for each of these, and the same times are shown again and again.


@lru_cache(maxsize=4096)
def _formatted(moment: datetime, pattern: str, zone: str, locale: str) -> str:
    return format_datetime(moment, pattern, tzinfo=get_timezone(zone), locale=locale)


@lru_cache(maxsize=1024)
def _ago(passed: timedelta, locale: str) -> str:
    return format_timedelta(-passed, add_direction=True, threshold=1.1, locale=locale)


@lru_cache(maxsize=1024)
def _span(passed: timedelta, locale: str, ahead: bool) -> str:
    return format_timedelta(passed, granularity="minute", add_direction=ahead, threshold=1.1, locale=locale)


@lru_cache(maxsize=4096)
def _marked(moment: datetime, shown: str, zone: str, locale: str) -> Markup:
    full = _formatted(moment, FULL, zone, locale)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(iso(moment), full, shown)


def init_app(app: Flask) -> None:
    """Gives the templates these filters."""
    for one in (short_date, date_and_time, clock, full_time, relative_time, iso, day, when, linked):
        app.jinja_env.filters[one.__name__] = one
