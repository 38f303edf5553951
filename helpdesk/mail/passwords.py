"""The mails about an account's password: a link to choose one, made as it leaves, and that it has been changed."""

from datetime import UTC, datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from helpdesk.accounts import labels, queries, service
from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.mail.letters import Letter, Link
from helpdesk.mail.links import link_to
from helpdesk.mail.outbox import Facts
from helpdesk.web.filters import date_and_time


def set_password(person: Person, facts: Facts) -> Letter:
    """A link with which somebody chooses the first password of their account."""
    days = service.LINK_HOURS // 24
    return Letter(
        subject=_("Choose your password"),
        greeting=_("Hello %(name)s,", name=person.name),
        opening=_("With this link you choose the password of your account."),
        remarks=(
            _("Your username: %(username)s", username=person.username),
            ngettext(
                "The link is valid for %(num)d day and works once.",
                "The link is valid for %(num)d days and works once.",
                days,
            ),
        ),
        link=_link(person, hours=service.LINK_HOURS),
        reason=_reason(),
    )


def reset_password(person: Person, facts: Facts) -> Letter:
    """A link for somebody who has forgotten their password, or for whom somebody else has asked for it."""
    minutes = service.RESET_HOURS * 60
    return Letter(
        subject=_("Reset your password"),
        greeting=_("Hello %(name)s,", name=person.name),
        opening=_("Somebody, probably you, has asked for a new password for your account."),
        remarks=(
            _asked(facts),
            ngettext(
                "The link is valid for %(num)d minute and works once.",
                "The link is valid for %(num)d minutes and works once.",
                minutes,
            ),
        ),
        then=_("If you did not ask for this, you can ignore this email.") + " " + _("Your password stays as it is."),
        link=_link(person, hours=service.RESET_HOURS),
        reason=_reason(),
    )


def password_changed(person: Person, facts: Facts) -> Letter:
    """Tells an account that it has another password now."""
    return Letter(
        subject=_("Your password has been changed"),
        greeting=_("Hello %(name)s,", name=person.name),
        opening=_("The password of your account has been changed."),
        remarks=(_changed(facts),),
        then=_("If that was not you, ask for a new password at once and tell our IT team."),
        link=Link(_("Forgot your password?"), link_to("accounts.forgotten")),
        reason=_reason(),
    )


def _link(person: Person, *, hours: int) -> Link:
    token = service.issue_password_link(queries.user(person.id), at=now(), hours=hours)
    return Link(_("Choose a password"), link_to("accounts.set_password", token=token))


def _when(facts: Facts) -> str:
    return date_and_time(datetime.fromtimestamp(int(facts["at"]), UTC))


def _asked(facts: Facts) -> str:
    browser = labels.browser_name(str(facts["browser"]))
    return _("Asked for on %(time)s, with this browser: %(browser)s", time=_when(facts), browser=browser)


def _changed(facts: Facts) -> str:
    browser = labels.browser_name(str(facts["browser"]))
    return _("Changed on %(time)s, with this browser: %(browser)s", time=_when(facts), browser=browser)


def _reason() -> str:
    return _("You receive this email because you have an account here.")
