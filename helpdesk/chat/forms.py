"""Forms of the chat: the short one before it, what is written, the rating after it."""

import uuid

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import Regexp, ValidationError

from helpdesk.chat.service import BODY_SIGNS, CLIENT_ID
from helpdesk.web.forms import AtMost, Filled, Form, many_lines, one_line

EXPIRED = _l("The form has expired. Reload the page and try again.")


def real_address(form: Form, field: Field) -> None:
    """The address must be one; no name server is asked."""
    try:
        validate_email(field.data or "", check_deliverability=False)
    except EmailNotValidError:
        raise ValidationError(_l("Enter an email address in the correct format, like name@example.com.")) from None


def _client_id() -> HiddenField:
    """What makes a double click one message."""
    return HiddenField(validators=[Regexp(rf"\A{CLIENT_ID}\Z", message=EXPIRED)], default=lambda: str(uuid.uuid4()))


def _message(label: str, *, missing: str) -> TextAreaField:
    too_long = AtMost(BODY_SIGNS, lambda most: _l("The message must be %(max)s characters or fewer.", max=most))
    return TextAreaField(label, [Filled(missing), too_long], filters=[many_lines])


class BeginForm(Form):
    """The guides' form. `client_id` makes a double click one chat with one question."""

    client_id = _client_id()
    name = StringField(
        _l("What is your name?"),
        [
            Filled(_l("Enter your name.")),
            AtMost(120, lambda most: _l("The name must be %(max)s characters or fewer.", max=most)),
        ],
        filters=[one_line],
    )
    member_ref = StringField(
        _l("Member ID — Optional"),
        [AtMost(40, lambda most: _l("The member ID must be %(max)s characters or fewer.", max=most))],
        filters=[one_line],
    )
    email = StringField(_l("Email address"), [real_address], filters=[one_line])
    question = _message(_l("How can we help?"), missing=_l("Enter your question."))


class SayForm(Form):
    """One message, for browsers without script."""

    client_id = _client_id()
    body = _message(_l("Type your message"), missing=_l("Enter a message."))


class RatingForm(Form):
    """One question after the chat, and room for words."""

    rating = RadioField(
        _l("How was this chat?"),
        choices=[
            SelectChoice("5", _l("Very good")),
            SelectChoice("4", _l("Good")),
            SelectChoice("3", _l("All right")),
            SelectChoice("2", _l("Bad")),
            SelectChoice("1", _l("Very bad")),
        ],
        validate_choice=False,
    )
    comment = TextAreaField(_l("Anything else?"), filters=[many_lines])
