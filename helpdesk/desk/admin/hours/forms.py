"""The form of opening hours: from and to for each weekday, twice for days with a break, and the zone they are in."""

from collections.abc import Sequence
from datetime import date, time

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import AnyOf

from helpdesk.hours import DAYS, Hours, read
from helpdesk.web.forms import Filled, Form, one_line
from helpdesk.web.language import zones

SPANS = 2
ALWAYS, BY_DAY = "always", "by_day"


class HoursForm(Form):
    """`mon_1_from`, `mon_1_to`, `mon_2_from` … are added below: an empty pair is no span."""

    kind = RadioField(
        _l("Open"), [AnyOf([ALWAYS, BY_DAY], message=_l("Choose when it is open."))],
        choices=[SelectChoice(ALWAYS, _l("Always")), SelectChoice(BY_DAY, _l("At these hours"))], validate_choice=False,
    )  # fmt: skip
    zone = SelectField(_l("Time zone"), validate_choice=True)

    def offer_zones(self, present: str) -> None:
        """Fills in the time zones; the one that is in use is among them, whatever it is."""
        self.zone.choices = [SelectChoice(zone, zone.replace("_", " ")) for zone in sorted({*zones(), present})]

    def show(self, hours: Hours, zone: str) -> None:
        """Fills in the hours as they are. `zone` is offered where there are none."""
        self.kind.data = BY_DAY if hours.spans else ALWAYS
        self.zone.data = hours.zone if hours.spans else zone
        for number, day in enumerate(DAYS):
            spans = sorted((span for span in hours.spans if span.day == number), key=lambda span: span.start)
            for place, span in enumerate(spans[:SPANS], 1):
                self[f"{day}_{place}_from"].data = f"{span.start:%H:%M}"
                self[f"{day}_{place}_to"].data = f"{span.end:%H:%M}"

    def text(self) -> str:
        """What was typed, in the grammar of the settings; empty for always."""
        if self.kind.data == ALWAYS:
            return ""
        parts = [
            f"{day} {self[f'{day}_{place}_from'].data}-{self[f'{day}_{place}_to'].data}"
            for day in DAYS
            for place in range(1, SPANS + 1)
            if self[f"{day}_{place}_from"].data
        ]
        return f"{', '.join(parts)} {self.zone.data}" if parts else ""

    def validate(self, extra_validators: object = None) -> bool:
        """Each pair has both ends, and somewhere there is one."""
        sound = super().validate(extra_validators)
        if self.kind.data == BY_DAY:
            wrong = [day for day in DAYS for place in range(1, SPANS + 1) if not self._check(day, place)]
            sound = sound and not wrong
            if sound and not self.text():
                self["mon_1_from"].errors = [_("Enter the hours of at least one day.")]
                sound = False
        return sound

    def _check(self, day: str, place: int) -> bool:
        begin, end = self[f"{day}_{place}_from"], self[f"{day}_{place}_to"]
        if not begin.data and not end.data:
            return True
        try:
            time.fromisoformat(begin.data), time.fromisoformat(end.data)
            read(f"{day} {begin.data}-{end.data}")
        except ValueError:
            begin.errors = [_("Enter when it opens and when it closes, like 09:00 and 17:30.")]
            return False
        return True


for _day in DAYS:
    for _place in range(1, SPANS + 1):
        for _end in ("from", "to"):
            setattr(HoursForm, f"{_day}_{_place}_{_end}", StringField(filters=[one_line]))


class HolidayForm(Form):
    """One day more on which nobody is there."""

    day = StringField(_l("Day"), [Filled(_l("Enter a day."))], filters=[one_line])

    def read(self, present: Sequence[str]) -> str:
        """The day that was typed, as 2026-12-25. Raises ValueError for none, and beyond what a list should hold."""
        if len(present) >= MOST_HOLIDAYS:
            raise ValueError("too many")
        return date.fromisoformat(self.day.data or "").isoformat()


MOST_HOLIDAYS = 200
