"""The chats' part of a report: waiting time, abandoned, handed over by language, satisfaction.

Everything is told of the chats that began in the range.
"""

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import pgettext

from helpdesk import languages
from helpdesk.chat.figures import BEGUN, HANDED_OVER, LEFT, RATED, WAITED
from helpdesk.desk.reports import labels
from helpdesk.desk.reports.asking import Asked
from helpdesk.desk.reports.figures import Headline, bin_names, bin_title
from helpdesk.desk.reports.tables import Column, Section, Table, by_name, over_days
from helpdesk.desk.reports.tickets import spread
from helpdesk.reports import queries
from helpdesk.reports.queries import Counts

# What is counted for whom: the chat is in English, only its ticket has a language; tags are for tickets.
COUNTED = {
    "all": (BEGUN, WAITED, LEFT, HANDED_OVER, RATED), "agent": (WAITED, RATED), "language": (HANDED_OVER,), "tag": (),
}  # fmt: skip
# The parts of the chart of waiting times, in seconds.
BOUNDS = (30.0, 60.0, 180.0, 300.0, 600.0)
STARS = (5, 4, 3, 2, 1)


def headlines(asked: Asked) -> list[Headline]:
    """The part's figures with what they were in the period before."""
    measures = COUNTED[asked.whose.dimension]
    if not measures:
        return []
    present = queries.totals(measures, asked.whose, asked.days)
    before = queries.totals(measures, asked.whose, asked.days.before())
    made = {BEGUN: _begun, WAITED: _waited, LEFT: _left, HANDED_OVER: _handed_over, RATED: _rated}
    return [made[one](present, before) for one in measures]


def _begun(present: dict[str, Counts], before: dict[str, Counts]) -> Headline:
    many = present[BEGUN].times
    return Headline(_("Chats"), labels.number(many), labels.change(many, before[BEGUN].times))


def _waited(present: dict[str, Counts], before: dict[str, Counts]) -> Headline:
    now, then = present[WAITED], before[WAITED]
    ninety = _("9 of 10 within %(time)s", time=labels.duration(now.p90)) if now.times else ""
    compared = labels.change_of_duration(now.median, then.median)
    return Headline(_("Waiting time, median"), labels.duration(now.median), compared, ninety)


def _left(present: dict[str, Counts], before: dict[str, Counts]) -> Headline:
    many, of = present[LEFT].times, present[BEGUN].times
    share = _("%(share)s of the chats", share=labels.share(many, of)) if of else ""
    return Headline(pgettext("chats", "Abandoned"), labels.number(many), labels.change(many, before[LEFT].times), share)


def _handed_over(present: dict[str, Counts], before: dict[str, Counts]) -> Headline:
    many = present[HANDED_OVER].times
    return Headline(_("Handed over to a ticket"), labels.number(many), labels.change(many, before[HANDED_OVER].times))


def _rated(present: dict[str, Counts], before: dict[str, Counts]) -> Headline:
    now = present[RATED]
    compared = labels.change_of_rating(now.mean, before[RATED].mean)
    return Headline(_("Satisfaction, 1 to 5"), labels.decimal(now.mean), compared, _ratings(now.times))


def _ratings(many: int) -> str:
    return _("Ratings: %(number)s", number=labels.number(many))


def sections(asked: Asked) -> dict[str, Callable[[], Section]]:
    """The sections that there are for what is asked, by name, each made when it is called."""
    made: dict[str, tuple[str, Callable[[], Section]]] = {
        "chats": (BEGUN, lambda: _by_day(asked)),
        "waiting": (WAITED, lambda: _waits(asked)),
        "handed-over": (HANDED_OVER, lambda: _tickets(asked)),
        "satisfaction": (RATED, lambda: _satisfaction(asked)),
    }
    return {name: make for name, (measure, make) in made.items() if measure in COUNTED[asked.whose.dimension]}


def _by_day(asked: Asked) -> Section:
    measures, words = (BEGUN, LEFT), (_("Chats"), pgettext("chats", "Abandoned"))
    figures = queries.by_bin(measures, asked.whose, asked.days)
    said = _(
        "%(chats)s chats, %(abandoned)s of them abandoned.", chats=labels.number(sum(figures[BEGUN])),
        abandoned=labels.number(sum(figures[LEFT])),
    )  # fmt: skip
    return Section(
        "chats", _("Chats and abandoned chats"), said,
        Table(
            [bin_title(asked.days), *(Column(word, labels.number) for word in words)],
            [[start, *(figures[one][at] for one in measures)] for at, start in enumerate(asked.days.bins())],
        ),
        days=over_days(words, [figures[one] for one in measures], bin_names(asked.days)),
    )  # fmt: skip


def _waits(asked: Asked) -> Section:
    return spread("waiting", _("Waiting time in the chat"), _totals(asked, WAITED), BOUNDS, _("Chats"))


def _tickets(asked: Asked) -> Section:
    codes = [asked.whose.key] if asked.whose.key else list(languages.CODES)
    found = queries.by_key([HANDED_OVER], "language", codes, asked.days)
    many = [found[code][HANDED_OVER].times for code in codes]
    names = [languages.own_name(code) for code in codes]
    return Section(
        "handed-over", _("Handed over to a ticket, by language"), "",
        Table([Column(_("Language"), str), Column(_("Chats"), labels.number)], list(zip(names, many, strict=True))),
        names=by_name([_("Chats")], names, [many]),
    )  # fmt: skip


def _satisfaction(asked: Asked) -> Section:
    counts = _totals(asked, RATED)
    many = [counts[stars] for stars in STARS]
    names = [_("%(stars)s of 5", stars=stars) for stars in STARS]
    said = _("%(mean)s on average.", mean=labels.decimal(counts.mean))
    return Section(
        "satisfaction", _("Satisfaction with the chat"), said,
        Table([Column(_("Rating"), str), Column(_("Chats"), labels.number)], list(zip(names, many, strict=True))),
        names=by_name([_("Chats")], names, [many]),
    )  # fmt: skip


def _totals(asked: Asked, measure: str) -> Counts:
    return queries.totals([measure], asked.whose, asked.days)[measure]
