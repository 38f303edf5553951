"""The form of what the desk does by itself."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField

from helpdesk.tickets.patience import Patience
from helpdesk.web.forms import Form, one_line
from helpdesk.web.numbers import typed_number


class RulesForm(Form):
    """Whether new tickets are given out, and after how many days the desk reminds and closes. 0 means never."""

    auto_assign = BooleanField(_l("Assign new tickets automatically"))
    reminder_days = StringField(_l("Remind the member after days"), filters=[one_line])
    auto_close_days = StringField(_l("Close the ticket after days"), filters=[one_line])

    def patience(self) -> tuple[int, int] | None:
        """The two numbers of days, or None with the fields' errors when they cannot be meant."""
        reminder, close = typed_number(self.reminder_days.data or ""), typed_number(self.auto_close_days.data or "")
        for field, days in ((self.reminder_days, reminder), (self.auto_close_days, close)):
            if days is None or days > MOST_DAYS:
                field.errors = [_("Enter a number of days from 0 to %(max)s.", max=MOST_DAYS)]
        if self.reminder_days.errors or self.auto_close_days.errors or reminder is None or close is None:
            return None
        try:
            Patience(reminder, close).check()
        except ValueError:
            self.reminder_days.errors = [_("The member must be reminded some days before the ticket is closed.")]
            return None
        return reminder, close


MOST_DAYS = 365
