"""Forms of sign-in, profile and passwords."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import AnyOf

from helpdesk import languages
from helpdesk.web.forms import AtMost, Filled, Form, one_line

NAME_SIGNS = 120
LOGIN_SIGNS = 254
PASSKEY_SIGNS = 60
THEMES = [SelectChoice("system", _l("System")), SelectChoice("light", _l("Light")), SelectChoice("dark", _l("Dark"))]


class SignInForm(Form):
    """The username (or e-mail address, or member ID) and the password of an existing account."""

    username = StringField(_l("Username"), [Filled(_l("Enter your username."))], filters=[one_line])
    password = PasswordField(_l("Password"), [Filled(_l("Enter your password."))])


class ProfileForm(Form):
    """What people can set about themselves."""

    name = StringField(
        _l("Name"),
        [
            Filled(_l("Enter your name.")),
            AtMost(NAME_SIGNS, lambda most: _l("The name must be %(max)s characters or fewer.", max=most)),
        ],
        filters=[one_line],
    )
    language = RadioField(
        _l("Interface language"),
        [AnyOf(languages.CODES, message=_l("Choose a language."))],
        choices=[SelectChoice(language.code, language.own_name) for language in languages.LANGUAGES.values()],
        validate_choice=False,
    )
    time_zone = SelectField(_l("Time zone"), validate_choice=True)
    theme = RadioField(
        _l("Theme"),
        [AnyOf([theme.value for theme in THEMES], message=_l("Choose a theme."))],
        choices=THEMES,
        validate_choice=False,
    )


class PasswordForm(Form):
    """A new password, with the present one to show that it is the same person."""

    current_password = PasswordField(_l("Current password"), [Filled(_l("Enter your current password."))])
    new_password = PasswordField(_l("New password"), [Filled(_l("Enter a new password."))])


class ConfirmForm(Form):
    """The password of whoever is signed in, to show that it is still them."""

    password = PasswordField(_l("Password"), [Filled(_l("Enter your password."))])


class CodeForm(Form):
    """A code of an authenticator app, or a recovery code."""

    code = StringField(_l("Code"), [Filled(_l("Enter the code."))], filters=[one_line])


class PasskeyForm(Form):
    """A new passkey: what its owner calls it, and what the browser has made."""

    name = StringField(
        _l("Name of the passkey"),
        [
            Filled(_l("Give the passkey a name.")),
            AtMost(PASSKEY_SIGNS, lambda most: _l("The name must be %(max)s characters or fewer.", max=most)),
        ],
        filters=[one_line],
    )
    credential = StringField("", [Filled(_l("The passkey was not accepted. Try again."))])


class ForgottenForm(Form):
    """Whose password it is, by any name that signs in."""

    username = StringField(_l("Username or email address"), [Filled(_l("Enter your username."))], filters=[one_line])


class NewPasswordForm(Form):
    """A new password, set through a one-time link."""

    new_password = PasswordField(_l("New password"), [Filled(_l("Enter a new password."))])
