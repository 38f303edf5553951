"""The tickets' part of a report: opened and closed, how long it took, how old they are, by language, agent and tag."""

from collections.abc import Callable, Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import pgettext

from helpdesk import languages
from helpdesk.desk.reports import ages, labels
from helpdesk.desk.reports.asking import Asked, Choices, names_of_agents
from helpdesk.desk.reports.figures import Headline, bin_names, bin_title
from helpdesk.desk.reports.tables import Column, Section, Table, by_name, over_days
from helpdesk.reports import queries, scale
from helpdesk.reports.queries import Counts, Whose
from helpdesk.tickets.figures import CLOSED, FIRST_RESPONSE, OPENED, REOPENED, RESOLUTION

DURATIONS = (FIRST_RESPONSE, RESOLUTION)
# What is counted for whom: a ticket is opened before anybody has it, and has its tags when it is closed.
COUNTED = {"all": (OPENED, CLOSED, REOPENED), "language": (OPENED, CLOSED, REOPENED), "agent": (CLOSED, REOPENED)}
COUNTED["tag"] = (CLOSED,)
# The parts of the charts of times: up to an hour, four hours, a day, three days, a week, longer.
BOUNDS = (3600.0, 4 * 3600.0, 86_400.0, 3 * 86_400.0, 7 * 86_400.0)


def headlines(asked: Asked) -> list[Headline]:
    """The part's figures with what they were in the period before."""
    measures = (*COUNTED[asked.whose.dimension], *DURATIONS)
    present = queries.totals(measures, asked.whose, asked.days)
    before = queries.totals(measures, asked.whose, asked.days.before())
    words = _words()
    found = [
        Headline(words[one], labels.number(present[one].times), labels.change(present[one].times, before[one].times))
        for one in COUNTED[asked.whose.dimension]
    ]
    return [
        *found,
        _time(_("First response, median"), present[FIRST_RESPONSE], before[FIRST_RESPONSE]),
        _time(_("Until closed, median"), present[RESOLUTION], before[RESOLUTION]),
    ]


def _time(title: str, present: Counts, before: Counts) -> Headline:
    ninety = _("9 of 10 within %(time)s", time=labels.duration(present.p90)) if present.times else ""
    return Headline(
        title, labels.duration(present.median), labels.change_of_duration(present.median, before.median), ninety
    )


def sections(asked: Asked, choices: Choices, *, at: datetime) -> dict[str, Callable[[], Section]]:
    """The sections that there are for what is asked, by name, each made when it is called."""
    found: dict[str, Callable[[], Section]] = {
        "opened-closed": lambda: _opened_closed(asked),
        "first-response": lambda: _times(asked, FIRST_RESPONSE, "first-response", _("Time to first response")),
        "resolution": lambda: _times(asked, RESOLUTION, "resolution", _("Time until closed")),
    }
    if asked.whose != Whose():
        return found
    return {
        **found,
        "ages": lambda: _ages(at),
        "languages": lambda: _by(asked, "language", "languages", _("By language"), _("Language"), _own_names()),
        "agents": lambda: _by(asked, "agent", "agents", _("By agent"), _("Agent"), _agents(asked, choices)),
        "tags": lambda: _by(asked, "tag", "tags", _("By tag"), _("Tag"), _tags(asked, choices)),
    }


def _opened_closed(asked: Asked) -> Section:
    words = _words()
    measures = COUNTED[asked.whose.dimension]
    drawn = [one for one in measures if one != REOPENED]
    figures = queries.by_bin(measures, asked.whose, asked.days)
    bins = asked.days.bins()
    said = {
        2: _("%(opened)s tickets opened and %(closed)s closed.", opened=labels.number(sum(figures.get(OPENED, []))),
             closed=labels.number(sum(figures[CLOSED]))),
        1: _("%(closed)s tickets closed.", closed=labels.number(sum(figures[CLOSED]))),
    }[len(drawn)]  # fmt: skip
    return Section(
        "opened-closed", _("Opened and closed") if OPENED in measures else words[CLOSED], said,
        Table(
            [bin_title(asked.days), *(Column(words[one], labels.number) for one in measures)],
            [[start, *(figures[one][place] for one in measures)] for place, start in enumerate(bins)],
        ),
        days=over_days([words[one] for one in drawn], [figures[one] for one in drawn], bin_names(asked.days)),
    )  # fmt: skip


def _times(asked: Asked, measure: str, name: str, title: str) -> Section:
    counts = queries.totals([measure], asked.whose, asked.days)[measure]
    return spread(name, title, counts, BOUNDS, _("Tickets"))


def spread(name: str, title: str, counts: Counts, bounds: tuple[float, ...], what: str) -> Section:
    """How many took up to an hour, up to four and so on, with the median and the ninetieth percentile in words."""
    up_to = [_("Up to %(time)s", time=labels.bound(one)) for one in bounds]
    parts = [*up_to, _("Longer than %(time)s", time=labels.bound(bounds[-1]))]
    many = scale.between(counts, bounds)
    said = _(
        "Half within %(median)s, 9 of 10 within %(ninety)s.", median=labels.duration(counts.median),
        ninety=labels.duration(counts.p90),
    )  # fmt: skip
    return Section(
        name, title, said,
        Table([Column(_("Time"), str), Column(what, labels.number)], list(zip(parts, many, strict=True))),
        names=by_name([what], parts, [many]),
    )  # fmt: skip


def _ages(at: datetime) -> Section:
    groups = ages.open_by_age(at=at)
    bounds = [labels.bound(days * labels.DAY) for days in ages.DAYS]
    parts = [*(_("Up to %(time)s", time=bound) for bound in bounds), _("Longer than %(time)s", time=bounds[-1])]
    series = [_("Open tickets"), _("Awaiting Feedback")]
    figures = [[group[place] for group in groups] for place in (0, 1)]
    many = _("Groups of more than %(number)s are not counted further.", number=labels.number(ages.MOST))
    return Section(
        "ages", _("Open today, by age"),
        _("%(number)s tickets are not closed.", number=_at_most(sum(map(sum, groups)), groups)),
        Table(
            [Column(_("Age"), str), *(Column(one, labels.number) for one in series)],
            [[part, *group] for part, group in zip(parts, groups, strict=True)],
        ),
        names=by_name(series, parts, figures),
        notes=[many] if any(one > ages.MOST for group in groups for one in group) else [],
    )  # fmt: skip


def _at_most(figure: int, groups: Sequence[Sequence[int]]) -> str:
    return f"{labels.number(figure)}{'+' if any(one > ages.MOST for group in groups for one in group) else ''}"


def _by(asked: Asked, dimension: str, name: str, title: str, who: str, names: dict[str, str]) -> Section:
    keys = list(names)
    measures = (*COUNTED[dimension], *DURATIONS)
    found = queries.by_key(measures, dimension, keys, asked.days)
    words = _words()
    drawn = [one for one in COUNTED[dimension] if one != REOPENED]
    times, unit = _titles_of_times(), _("seconds")
    return Section(
        name, title, "",
        Table(
            [Column(who, str), *(Column(words[one], labels.number) for one in COUNTED[dimension]),
             *(Column(one, labels.duration, unit) for one in times)],
            [[names[key], *(found[key][one].times for one in COUNTED[dimension]),
              *(time for one in DURATIONS for time in (found[key][one].median, found[key][one].p90))] for key in keys],
        ),
        names=by_name(
            [words[one] for one in drawn], [names[key] for key in keys],
            [[found[key][one].times for key in keys] for one in drawn],
        ),
    )  # fmt: skip


def _agents(asked: Asked, choices: Choices) -> dict[str, str]:
    """Those who closed and answered the most, with their names; agents see only themselves among them."""
    keys = queries.largest_keys((CLOSED, FIRST_RESPONSE), "agent", asked.days)
    names = names_of_agents(keys, choices)
    return {key: names[key] for key in keys if key in names}


def _tags(asked: Asked, choices: Choices) -> dict[str, str]:
    names = {str(row.id): row.name for row in choices.tags}
    return {key: names[key] for key in queries.largest_keys((CLOSED,), "tag", asked.days) if key in names}


def _words() -> dict[str, str]:
    return {
        OPENED: pgettext("tickets", "Opened"), CLOSED: pgettext("tickets", "Closed"),
        REOPENED: pgettext("tickets", "Reopened"),
    }  # fmt: skip


def _titles_of_times() -> list[str]:
    return [
        _("First response, median"), _("First response, 9 of 10"), _("Until closed, median"),
        _("Until closed, 9 of 10"),
    ]  # fmt: skip


def _own_names() -> dict[str, str]:
    return {code: languages.own_name(code) for code in languages.CODES}
