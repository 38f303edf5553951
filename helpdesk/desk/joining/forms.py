"""Forms that name another ticket, or begin a new one."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, StringField

from helpdesk.submission.forms import DescriptionForm, TitleForm
from helpdesk.tickets.forms import MessageForm
from helpdesk.web.forms import Filled, Form, one_line


class NumberForm(Form):
    """The number of another ticket, with or without its sign."""

    number = StringField(
        _l("Ticket number"),
        [Filled(_l("Enter the number of a ticket."))],
        filters=[lambda typed: (one_line(typed) or "").lstrip("# ")],
    )


class SplitForm(TitleForm):
    """Which messages begin a ticket of their own, and what it is called."""

    submission = MessageForm.submission
    messages = SelectMultipleField(_l("Messages"), choices=(), validate_choice=False)


class FollowUpForm(TitleForm, DescriptionForm):
    """A new ticket in the member's name."""

    submission = MessageForm.submission
