"""Forms of a ticket's page."""

import secrets

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Regexp

from helpdesk.web.forms import AtMost, Form, many_lines

BODY_SIGNS = 10_000


class MessageForm(Form):
    """A message in a ticket. `submission` is the form's own token: sent twice, it makes one message."""

    submission = HiddenField(
        validators=[Regexp(r"\A[0-9a-f]{32}\Z", message=_l("The form has expired. Reload the page and try again."))],
        default=lambda: secrets.token_hex(16),
    )
    body = TextAreaField(
        _l("Your reply"),
        [AtMost(BODY_SIGNS, lambda most: _l("The message must be %(max)s characters or fewer.", max=most))],
        filters=[many_lines],
    )

    def validate(self, *arguments: object) -> bool:
        """As every form; one without a usable token gets a new one, so that what was written can be sent again."""
        sound = bool(super().validate(*arguments))
        if self.submission.errors:
            self.submission.data = secrets.token_hex(16)
        return sound
