"""The sentences and names of accounts, in the reader's language."""

from flask_babel import gettext as _
from flask_babel import lazy_pgettext

from helpdesk.ranks import Role
from helpdesk.refusals import Refusal
from helpdesk.web import refused

# French and Swedish guides keep the English names; the Spanish ones say Plata, Oro, Platino, Diamante.
RANK_NAMES = {
    "Wellness Advocate": lazy_pgettext("rank", "Wellness Advocate"),
    "Manager": lazy_pgettext("rank", "Manager"),
    "Director": lazy_pgettext("rank", "Director"),
    "Executive": lazy_pgettext("rank", "Executive"),
    "Elite": lazy_pgettext("rank", "Elite"),
    "Premier": lazy_pgettext("rank", "Premier"),
    "Silver": lazy_pgettext("rank", "Silver"),
    "Gold": lazy_pgettext("rank", "Gold"),
    "Platinum": lazy_pgettext("rank", "Platinum"),
    "Diamond": lazy_pgettext("rank", "Diamond"),
    "Blue Diamond": lazy_pgettext("rank", "Blue Diamond"),
    "Presidential Diamond": lazy_pgettext("rank", "Presidential Diamond"),
}


def rank_name(rank: str) -> str:
    """The rank as the reader's language calls it. A rank of the site's own ladder shows as it is."""
    return str(RANK_NAMES.get(rank, rank))


def role_name(role: Role) -> str:
    """What somebody is to the desk, in words."""
    names = {Role.MEMBER: _("Member"), Role.AGENT: _("Agent"), Role.ADMIN: _("Administrator")}
    return names[role]


def factor_name(which: str) -> str:
    """A kind of second factor, in words."""
    return _("Authenticator app") if which == "app" else _("Passkey")


# What browsers call themselves, the more particular names first: Edge and Opera also say Chrome, Chrome says Safari.
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser_name(user_agent: str) -> str:
    """A browser and its system as people call them: Firefox, Windows."""
    names = [next((name for sign, name in table if sign in user_agent), "") for table in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in names if name) or _("Unknown browser")


def sentence(refusal: Refusal) -> str:
    """A refusal of this feature in the reader's words."""
    return refused.sentence(refusal)


SENTENCES = {
    "sign_in_wrong": lambda no: _("Incorrect username or password."),
    "password_wrong": lambda no: _("The password is incorrect."),
    "unproved": lambda no: _("Confirm that it is you"),
    "factor_missing": lambda no: _("Set up the second step first."),
    "code_wrong": lambda no: _("The code is incorrect, or has been used already."),
    "passkey_refused": lambda no: _("The passkey was not accepted. Try again."),
    "passkeys_enough": lambda no: _("You have %(most)s passkeys. Remove one first.", most=no.params["most"]),
    "factor_last": lambda no: _("This is your only second step, and you need one here. Add another one first."),
    "factor_none": lambda no: _("%(name)s has no second step.", name=no.params["name"]),
    "sign_in_too_often": lambda no: refused.wait_sentence(int(no.params["seconds"])),
    "password_short": lambda no: _(
        "The password must be at least %(least)s characters long.", least=no.params["least"]
    ),
    "password_long": lambda no: _("The password is too long."),
    "password_guessable": lambda no: _("This password is too easy to guess. Choose another one."),
    "link_expired": lambda no: _("This link has expired. Request a new one."),
    "account_exists": lambda no: _("An account with this username, email address or member ID already exists."),
    "account_disabled": lambda no: _(
        "The account %(username)s is disabled. Enable it first.", username=no.params["username"]
    ),
    "admin_self": lambda no: _("You cannot do this to your own account."),
    "admin_last": lambda no: _("There must always be an administrator. Make somebody else one first."),
    "rank_unknown": lambda no: _("There is no rank called “%(rank)s”.", rank=no.params["rank"]),
}
