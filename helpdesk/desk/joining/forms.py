"""Forms that name another ticket, or begin a new one."""

from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectMultipleField, StringField

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


class AnotherForm(TitleForm):
    """A ticket that comes of another one: its language and title, and of what it is made."""

    submission = MessageForm.submission

    @property
    def made_of(self) -> Field:
        """The field that a refusal is about."""
        raise NotImplementedError


class SplitForm(AnotherForm):
    """Which messages begin a ticket of their own, and what it is called."""

    messages = SelectMultipleField(_l("Messages"), choices=(), validate_choice=False)

    @property
    def made_of(self) -> Field:
        return self.messages


class FollowUpForm(AnotherForm, DescriptionForm):
    """A new ticket in the member's name."""

    @property
    def made_of(self) -> Field:
        return self.description
