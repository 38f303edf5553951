"""How the reports read: figures, durations and days in the reader's language, and what has changed in words."""

from datetime import date
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from flask_babel import gettext as _

from helpdesk.web.filters import DATE
from helpdesk.web.language import locale_code

NONE = "–"
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
# From here on a duration is told in the next larger unit: 90 seconds, 90 minutes, 36 hours.
_UNITS = ((90.0, 1.0, "second"), (90 * MINUTE, MINUTE, "minute"), (36 * HOUR, HOUR, "hour"))
_WHOLE = ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (1.0, "second"))

PRESETS = {
    "7": lambda: _("7 days"),
    "30": lambda: _("30 days"),
    "90": lambda: _("90 days"),
    "this_month": lambda: _("This month"),
    "last_month": lambda: _("Last month"),
    "12_months": lambda: _("12 months"),
}
PROBLEMS = {
    "range_no_date": lambda: _("Enter both days, like 2026-03-31."),
    "range_backwards": lambda: _("The last day must not be before the first one."),
    "range_outside": lambda: _("Choose days from the year 2000 until today."),
    "range_too_long": lambda: _("Choose ten years at most."),
}


def number(figure: int) -> str:
    return _decimal(figure, "#,##0", locale_code())


def decimal(figure: float | None) -> str:
    return NONE if figure is None else _decimal(figure, "#,##0.0", locale_code())


def share(part: int, whole: int) -> str:
    return _percent(part / whole, locale_code()) if whole else NONE


def duration(seconds: float | None) -> str:
    """45 sec, 12 min, 3.5 h, 2.1 days; a dash for none."""
    if seconds is None:
        return NONE
    size, unit = next(((size, unit) for most, size, unit in _UNITS if seconds < most), (DAY, "day"))
    return _in_unit(seconds / size, unit)


def bound(seconds: float) -> str:
    """A round duration in the largest unit that it is several whole ones of: 30 sec, 60 min, 4 hr, 3 days."""
    size, unit = next((size, unit) for size, unit in _WHOLE if seconds % size == 0 and seconds > size)
    return _in_unit(seconds / size, unit)


def _in_unit(figure: float, unit: str) -> str:
    form = "#,##0.#" if unit in {"hour", "day"} else "#,##0"
    return _unit(figure, unit, form, locale_code())


def day(start: date) -> str:
    return _date(start, DATE, locale_code())


def short_day(start: date) -> str:
    return _date(start, "d MMM", locale_code())


def month(start: date) -> str:
    return _date(start, "MMM y", locale_code())


# Babel takes 30 to 100 microseconds for each of these, and a report shows hundreds of figures again and again.


@lru_cache(maxsize=4096)
def _decimal(figure: float, form: str, locale: str) -> str:
    return str(format_decimal(figure, format=form, locale=locale))


@lru_cache(maxsize=1024)
def _percent(part: float, locale: str) -> str:
    return str(format_percent(part, locale=locale))


@lru_cache(maxsize=2048)
def _unit(figure: float, unit: str, form: str, locale: str) -> str:
    return str(format_unit(figure, f"duration-{unit}", length="short", format=form, locale=locale))


@lru_cache(maxsize=2048)
def _date(start: date, pattern: str, locale: str) -> str:
    return str(format_date(start, pattern, locale=locale))


def change(present: int, before: int) -> str:
    """How a count compares with that of the period before."""
    if present == before:
        return _("As many as in the period before")
    if present > before:
        return _("%(number)s more than in the period before", number=number(present - before))
    return _("%(number)s fewer than in the period before", number=number(before - present))


def change_of_duration(present: float | None, before: float | None) -> str:
    """How a time compares with that of the period before."""
    then = "" if before is None else duration(before)
    return _compared(
        present, before, 1,
        same=_("As long as in the period before"),
        more=_("Longer than in the period before: %(time)s then", time=then),
        less=_("Shorter than in the period before: %(time)s then", time=then),
    )  # fmt: skip


def change_of_rating(present: float | None, before: float | None) -> str:
    """How a mean rating compares with that of the period before."""
    then = "" if before is None else decimal(before)
    return _compared(
        present, before, 0.05,
        same=_("The same as in the period before"),
        more=_("Better than in the period before: %(rating)s then", rating=then),
        less=_("Worse than in the period before: %(rating)s then", rating=then),
    )  # fmt: skip


def _compared(
    present: float | None, before: float | None, difference: float, *, same: str, more: str, less: str
) -> str:
    """Which of the sentences holds; what is nearer than `difference` is the same. Nothing without a present figure."""
    if present is None:
        return ""
    if before is None:
        return _("No figures in the period before")
    if abs(present - before) < difference:
        return same
    return more if present > before else less
