"""The form of one of the site’s own texts: a field for each language, and whether an older one is still right."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import ValidationError

from helpdesk import languages
from helpdesk.desk.forms import SideBySideForm
from helpdesk.site.texts import MOST_SIGNS, Written
from helpdesk.web.forms import many_lines


def _text(code: str) -> TextAreaField:
    return TextAreaField(languages.own_name(code), filters=[many_lines])


class TextForm(SideBySideForm):
    """A text in four languages. How long it may be depends on which it is."""

    en = _text("en")
    fr = _text("fr")
    sv = _text("sv")
    es = _text("es")

    @classmethod
    def of(cls, key: str, written: dict[str, Written]) -> "TextForm":
        """The form as it stands on the page: with a prefix, because there are several on it."""
        bodies = {code: one.body for code, one in written.items()}
        return cls(formdata=None, prefix=f"{key}-", data=bodies)

    def check(self, key: str) -> bool:
        """Whether every text is short enough."""
        sound = self.validate()
        for code in languages.CODES:
            try:
                self._check_length(code, MOST_SIGNS[key])
            except ValidationError as error:
                self[f"{code}"].errors = [*self[code].errors, str(error)]
                sound = False
        return sound

    def _check_length(self, code: str, most: int) -> None:
        if len(self[code].data or "") > most:
            raise ValidationError(str(_l("The text must be %(max)s characters or fewer.", max=most)))
