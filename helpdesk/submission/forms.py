"""Forms of the steps A and B; C is the files' own, D has nothing to fill in."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import AnyOf

from helpdesk import languages
from helpdesk.submission.steps import DESCRIPTION_SIGNS, TITLE_SIGNS
from helpdesk.web.forms import AtMost, Filled, Form, many_lines, one_line


def _bare_title(text: str | None) -> str:
    cleaned = one_line(text)
    return languages.without_prefix(cleaned) if cleaned else ""


class TitleForm(Form):
    """Step A. A typed prefix is taken off: the page adds the chosen language's."""

    language = RadioField(
        _l("Language of this ticket"),
        [AnyOf(languages.CODES, message=_l("Choose the language of the ticket."))],
        choices=[SelectChoice(language.code, language.own_name) for language in languages.LANGUAGES.values()],
        validate_choice=False,
    )
    title = StringField(
        _l("Title"),
        [
            Filled(_l("Enter a title.")),
            AtMost(TITLE_SIGNS, lambda most: _l("The title must be %(max)s characters or fewer.", max=most)),
        ],
        filters=[_bare_title],
    )


class DescriptionForm(Form):
    """Step B."""

    description = TextAreaField(
        _l("Description"),
        [
            Filled(_l("Describe the problem.")),
            AtMost(
                DESCRIPTION_SIGNS, lambda most: _l("The description must be %(max)s characters or fewer.", max=most)
            ),
        ],
        filters=[many_lines],
    )
