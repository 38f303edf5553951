"""The form of the targets: hours and minutes for the first and each next answer, by priority."""

import re

from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField
from wtforms.validators import ValidationError

from helpdesk.tickets.deadlines import MOST_MINUTES, Target
from helpdesk.tickets.priorities import Priority
from helpdesk.web.forms import Form, one_line

_TYPED = re.compile(r"(?P<hours>\d{1,4})(?:[:.](?P<minutes>[0-5]\d))?", re.ASCII)


def minutes_of(typed: str) -> int | None:
    """What `8`, `8:30` or nothing means, in minutes. Raises ValueError for anything else, and beyond a year."""
    if not typed:
        return None
    found = _TYPED.fullmatch(typed)
    minutes = int(found["hours"]) * 60 + int(found["minutes"] or 0) if found else 0
    if not 0 < minutes <= MOST_MINUTES:
        raise ValueError(typed)
    return minutes


def typed_of(minutes: int | None) -> str:
    """The minutes as they are typed: 8:30; nothing for none."""
    return "" if minutes is None else f"{minutes // 60}:{minutes % 60:02}"


def _is_time(form: Form, field: Field) -> None:
    try:
        minutes_of(field.data or "")
    except ValueError:
        raise ValidationError(_l("Enter hours and minutes, like 8:30, or leave it empty.")) from None


def _time(label: str) -> StringField:
    return StringField(label, [_is_time], filters=[one_line])


class TargetsForm(Form):
    """Two times for each priority, the most urgent first."""

    urgent_first = _time(_l("Urgent: first response"))
    urgent_next = _time(_l("Urgent: next response"))
    high_first = _time(_l("High: first response"))
    high_next = _time(_l("High: next response"))
    normal_first = _time(_l("Normal: first response"))
    normal_next = _time(_l("Normal: next response"))
    low_first = _time(_l("Low: first response"))
    low_next = _time(_l("Low: next response"))

    def show(self, priority: Priority, target: Target) -> None:
        """Fills in the target as it is."""
        self[f"{priority.value}_first"].data = typed_of(target.first_minutes)
        self[f"{priority.value}_next"].data = typed_of(target.next_minutes)

    @property
    def targets(self) -> dict[Priority, Target]:
        """What was typed; call it after `validate`."""
        return {
            priority: Target(
                minutes_of(self[f"{priority.value}_first"].data), minutes_of(self[f"{priority.value}_next"].data)
            )
            for priority in Priority
        }
