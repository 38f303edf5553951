"""The mails about the second step of an account's sign-in: added, removed, reset, and a recovery code that was used."""

from datetime import UTC, datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from helpdesk.accounts import labels
from helpdesk.accounts.person import Person
from helpdesk.mail.letters import Letter, Link
from helpdesk.mail.links import link_to
from helpdesk.mail.outbox import Facts
from helpdesk.web.filters import date_and_time


def added(person: Person, facts: Facts) -> Letter:
    """Tells an account that its sign-in can have another second step now."""
    return _letter(
        person, subject=_("A second step has been added to your sign-in"),
        opening=_("A second step has been added to the sign-in of your account."),
        remarks=(labels.factor_name(str(facts["which"])), _changed(facts)),
    )  # fmt: skip


def removed(person: Person, facts: Facts) -> Letter:
    """Tells an account that a second step of its sign-in is gone."""
    return _letter(
        person, subject=_("A second step has been removed from your sign-in"),
        opening=_("A second step has been removed from the sign-in of your account."),
        remarks=(labels.factor_name(str(facts["which"])), _changed(facts)),
    )  # fmt: skip


def reset(person: Person, facts: Facts) -> Letter:
    """Tells an account that somebody else has taken its second step away."""
    return _letter(
        person, subject=_("The second step of your sign-in has been reset"),
        opening=_("An administrator has reset the second step of your sign-in.")
        + " "
        + _("You sign in with your password alone until you set one up again."),
        remarks=(_("Reset on %(time)s", time=_when(facts)),),
    )  # fmt: skip


def recovery_code_used(person: Person, facts: Facts) -> Letter:
    """Tells an account that somebody has signed in with one of its recovery codes."""
    left = int(facts["left"])
    return _letter(
        person, subject=_("A recovery code has been used"),
        opening=_("Somebody has signed in to your account with one of your recovery codes."),
        remarks=(
            _used(facts), ngettext("%(num)d recovery code is left.", "%(num)d recovery codes are left.", left),
        ),
    )  # fmt: skip


def _letter(person: Person, *, subject: str, opening: str, remarks: tuple[str, ...]) -> Letter:
    return Letter(
        subject=subject,
        greeting=_("Hello %(name)s,", name=person.name),
        opening=opening,
        remarks=remarks,
        then=_("If that was not you, change your password at once and tell our IT team."),
        link=Link(_("Two-step sign-in"), link_to("accounts.two_step")),
        reason=_("You receive this email because you have an account here."),
    )


def _when(facts: Facts) -> str:
    return date_and_time(datetime.fromtimestamp(int(facts["at"]), UTC))


def _changed(facts: Facts) -> str:
    browser = labels.browser_name(str(facts["browser"]))
    return _("Changed on %(time)s, with this browser: %(browser)s", time=_when(facts), browser=browser)


def _used(facts: Facts) -> str:
    browser = labels.browser_name(str(facts["browser"]))
    return _("Used on %(time)s, with this browser: %(browser)s", time=_when(facts), browser=browser)
