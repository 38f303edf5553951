"""What both parts of a report share: their headline figures, and how the bins of a chart are called."""

from dataclasses import dataclass

from flask_babel import gettext as _

from helpdesk.desk.reports import labels
from helpdesk.desk.reports.tables import Column
from helpdesk.reports.ranges import Range


@dataclass(frozen=True)
class Headline:
    """A figure with its name, how it compares with the period before, and what else belongs to it."""

    title: str
    value: str
    change: str
    more: str = ""


def bin_names(days: Range) -> list[str]:
    """The days or months of a chart, as they stand below it."""
    return [(labels.short_day if days.grain == "day" else labels.month)(start) for start in days.bins()]


def bin_title(days: Range) -> Column:
    """The column that names the days or months."""
    return Column(_("Day"), labels.day) if days.grain == "day" else Column(_("Month"), labels.month)
