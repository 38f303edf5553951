"""The form of an agent's own settings."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectChoice, SelectMultipleField, widgets
from wtforms.validators import ValidationError

from helpdesk import languages
from helpdesk.accounts.agents import Profile
from helpdesk.web.forms import Form


class SettingsForm(Form):
    """What an agent can set about their work."""

    languages = SelectMultipleField(
        _l("Languages that you write"),
        choices=[SelectChoice(code, languages.own_name(code)) for code in languages.CODES],
        option_widget=widgets.CheckboxInput(),
        validate_choice=False,
    )
    takes_tickets = BooleanField(_l("Give me new tickets automatically"))
    shortcuts = BooleanField(_l("Use keyboard shortcuts"))

    def show(self, profile: Profile) -> None:
        """Fills the form with what holds now."""
        self.languages.data = list(profile.languages)
        self.takes_tickets.data, self.shortcuts.data = profile.takes_tickets, profile.shortcuts

    def validate_languages(self, field: SelectMultipleField) -> None:
        if not set(field.data or ()) <= set(languages.CODES):
            raise ValidationError(_l("Choose a language."))
        if self.takes_tickets.data and not field.data:
            raise ValidationError(_l("Choose the languages in which you can be given tickets."))
