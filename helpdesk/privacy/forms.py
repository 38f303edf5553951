"""Forms of people's rights: what must be typed before something is erased, and what is to be removed."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import ValidationError

from helpdesk.web.forms import Form, many_lines, one_line

MOST_SIGNS = 254


class ErasureForm(Form):
    """The username, typed once more: a slip of the finger erases nobody."""

    username = StringField(_l("Username"), filters=[lambda text: one_line((text or "")[:MOST_SIGNS])])

    def expect(self, username: str) -> "ErasureForm":
        self._expected = username
        return self

    def validate_username(self, field: Field) -> None:
        if (field.data or "").casefold() != self._expected.casefold():
            raise ValidationError(_("Type the username “%(username)s” to confirm.", username=self._expected))


class RemovalForm(Form):
    """A passage as it is written, or files by their tokens."""

    passage = TextAreaField(_l("The passage, exactly as it is written"), filters=[many_lines])
    files = SelectMultipleField(_l("Files"), validate_choice=False)
