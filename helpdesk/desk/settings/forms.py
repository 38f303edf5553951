"""Forms of how an agent works."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectChoice, SelectMultipleField, widgets
from wtforms.validators import ValidationError

from helpdesk import languages
from helpdesk.accounts.agents import Profile
from helpdesk.web.forms import Form


def written_languages(label: str) -> SelectMultipleField:
    """The field of the languages that an agent writes."""
    return SelectMultipleField(
        label,
        choices=[SelectChoice(code, languages.own_name(code)) for code in languages.CODES],
        option_widget=widgets.CheckboxInput(),
        validate_choice=False,
    )


class WorkForm(Form):
    """What tickets can be given to an agent by themselves: the fields `languages` and `takes_tickets`."""

    without_languages: str

    def validate_languages(self, field: SelectMultipleField) -> None:
        if not set(field.data or ()) <= set(languages.CODES):
            raise ValidationError(_l("Choose a language."))
        if self.takes_tickets.data and not field.data:
            raise ValidationError(self.without_languages)


class SettingsForm(WorkForm):
    """What an agent can set about their own work."""

    without_languages = _l("Choose the languages in which you can be given tickets.")
    languages = written_languages(_l("Languages that you write"))
    takes_tickets = BooleanField(_l("Give me new tickets automatically"))
    shortcuts = BooleanField(_l("Use keyboard shortcuts"))

    def show(self, profile: Profile) -> None:
        """Fills the form with what holds now."""
        self.languages.data = list(profile.languages)
        self.takes_tickets.data, self.shortcuts.data = profile.takes_tickets, profile.shortcuts
