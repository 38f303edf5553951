"""The mails about somebody's own data: that their copy is ready, that their account is to be erased."""

from datetime import UTC, datetime

from flask_babel import gettext as _

from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.mail.letters import Letter, Link, Over
from helpdesk.mail.links import link_to
from helpdesk.mail.outbox import Facts
from helpdesk.privacy.models import DataExport, Erasure
from helpdesk.web.filters import date_and_time, long_date


def export_ready(person: Person, facts: Facts) -> Letter:
    """Their copy can be downloaded. Raises Over when it is gone by now."""
    row = db.session.get(DataExport, person.id)
    if row is None or row.ready_at is None:
        raise Over()
    return Letter(
        subject=_("The copy of your data is ready"),
        greeting=_("Hello %(name)s,", name=person.name),
        opening=_("The copy of your data that you asked for is ready."),
        remarks=(_("You can download it until %(time)s.", time=date_and_time(_moment(facts["ends"]))),),
        then=_("If you did not ask for it, change your password and tell our IT team."),
        link=_your_data(),
        reason=_reason(),
    )


def erasure_asked(person: Person, facts: Facts) -> Letter:
    """Their account will be erased. Raises Over when that was taken back."""
    _still(person)
    return Letter(
        subject=_("Your account is going to be erased"),
        greeting=_("Hello %(name)s,", name=person.name),
        opening=_("Your account and everything that you have sent us will be erased."),
        remarks=(_erased_on(facts),),
        then=_("Until then it can be taken back on the page “Your data”. Afterwards nobody can undo it."),
        link=_your_data(),
        reason=_reason(),
    )


def account_unused(person: Person, facts: Facts) -> Letter:
    """They have not been here for long. Raises Over when they have been since."""
    _still(person)
    return Letter(
        subject=_("Do you still need your account?"),
        greeting=_("Hello %(name)s,", name=person.name),
        opening=_("You have not signed in for a long time, so your account and everything in it will be erased."),
        remarks=(_erased_on(facts),),
        then=_("If you want to keep it, sign in before then. That is all you have to do."),
        link=Link(_("Sign in"), link_to("accounts.sign_in")),
        reason=_reason(),
    )


def _still(person: Person) -> None:
    row = db.session.get(Erasure, person.id)
    if row is None or row.begun_at is not None:
        raise Over()


def _erased_on(facts: Facts) -> str:
    return _("It happens on %(date)s.", date=long_date(_moment(facts["due"])))


def _moment(seconds: int | str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _your_data() -> Link:
    return Link(_("Your data"), link_to("privacy.your_data"))


def _reason() -> str:
    return _("You receive this email because you have an account here.")
