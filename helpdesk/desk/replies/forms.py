"""The form of a saved reply: a title and a text for each language, of which only the English one must be there."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField

from helpdesk import languages
from helpdesk.chat.service import BODY_SIGNS
from helpdesk.desk.forms import SideBySideForm
from helpdesk.desk.models import SavedReply
from helpdesk.web.forms import AtMost, Filled, many_lines, one_line

TITLE_SIGNS = 80


def _text(code: str, *more: object) -> TextAreaField:
    too_long = AtMost(BODY_SIGNS, lambda most: _l("The message must be %(max)s characters or fewer.", max=most))
    return TextAreaField(languages.own_name(code), [*more, too_long], filters=[many_lines])


class ReplyForm(SideBySideForm):
    """A field of its own for each language, so that each can have its own error."""

    title = StringField(
        _l("Title"),
        [
            Filled(_l("Enter a title.")),
            AtMost(TITLE_SIGNS, lambda most: _l("The title must be %(max)s characters or fewer.", max=most)),
        ],
        filters=[one_line],
    )
    en = _text("en", Filled(_l("Enter the English text: it is used where another language has none.")))
    fr = _text("fr")
    sv = _text("sv")
    es = _text("es")

    def show(self, reply: SavedReply) -> None:
        """Fills the form with a reply as it is."""
        self.title.data = reply.title
        for code in languages.CODES:
            self[code].data = reply.text(code)
