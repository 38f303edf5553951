"""Makes a queued mail when it leaves: for the recipient as they are now, in their language and time zone.

Nobody gets what they may no longer see (an account that was closed, a rank that was lost, a chat of somebody else), nor
what they have switched off meanwhile.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask_babel import gettext as _

from helpdesk import languages
from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.accounts.sessions import person_of
from helpdesk.config import Config
from helpdesk.extensions import db
from helpdesk.mail import (
    choices,
    digest,
    factors,
    limits,
    links,
    passwords,
    privacy,
    team,
    tickets,
    transcript,
    unsubscribing,
    untranslated,
)  # fmt: skip
from helpdesk.mail.kinds import KINDS
from helpdesk.mail.letters import Foot, Letter, Link, Over
from helpdesk.mail.models import Mail
from helpdesk.mail.outbox import Facts
from helpdesk.refusals import NotFound
from helpdesk.site import queries as site
from helpdesk.web.language import locale_code, read_by

log = logging.getLogger(__name__)

# Who writes each kind of mail.
WRITERS: dict[str, Callable[[Person, Facts], Letter]] = {
    **{kind: tickets.writer(kind) for kind in tickets.WORDS},
    **{kind: team.writer(kind) for kind in team.WORDS},
    "agent_chat_waiting": team.chat_waiting,
    "agent_digest": digest.letter,
    "chat_transcript": transcript.letter,
    "set_password": passwords.set_password,
    "reset_password": passwords.reset_password,
    "password_changed": passwords.password_changed,
    "export_ready": privacy.export_ready,
    "erasure_asked": privacy.erasure_asked,
    "account_unused": privacy.account_unused,
    "factor_added": factors.added,
    "factor_removed": factors.removed,
    "factors_reset": factors.reset,
    "recovery_code_used": factors.recovery_code_used,
}
# Of which kinds in which languages it has been said that sentences have no translation: once is enough.
_said_untranslated: set[tuple[str, str]] = set()


class Dropped(Exception):
    """The mail must not be sent to this person any more. `why` is a code for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class TooSoon(Exception):
    """This person has had enough mails about this ticket for now: not before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class _Policy(EmailPolicy):
    """As SMTP wants it, but an address in a header stays whole: folded, it would be encoded, and none any more."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() == "list-unsubscribe":
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep="\r\n")


def compose(mail: Mail, *, at: datetime) -> tuple[EmailMessage, str]:
    """The mail as it leaves, and the one address that it goes to. Never commits.

    Raises Dropped, or TooSoon; any other fault is a poisoned row.
    """
    user = db.session.get(User, mail.user_id)
    if user is None or user.disabled_at is not None:
        raise Dropped("account closed")
    person, kind = person_of(user), KINDS[mail.kind]
    if not current_app.config["RANKS"].may(person.rank, person.role, kind.action):
        raise Dropped("not allowed")
    if mail.kind not in choices.wanted(person.id):
        raise Dropped("not wanted")
    address = _plain_address(person.email)
    if (until := limits.free_at(mail, at=at)) is not None:
        if limits.is_overtaken(mail):
            raise Dropped(limits.OVERTAKEN)
        raise TooSoon(until)
    try:
        return _written(mail, person, address), address
    except NotFound:
        raise Dropped("not theirs") from None
    except Over:
        raise Dropped("over") from None


def _written(mail: Mail, person: Person, address: str) -> EmailMessage:
    """The mail in the reader's language; as a whole in English where a sentence of it has no translation."""
    with read_by(person.language, person.time_zone), untranslated.noted() as missing:
        message = _message(mail, person, address)
        language = locale_code()
    if not missing:
        return message
    if (mail.kind, language) not in _said_untranslated:
        _said_untranslated.add((mail.kind, language))
        log.warning("Mails %s leave in English: %s has no words for %s.", mail.kind, language, sorted(set(missing)))
    with read_by(languages.DEFAULT, person.time_zone):
        return _message(mail, person, address)


def _plain_address(email: str) -> str:
    """The address in ASCII, as every server takes it. Raises Dropped for one that is none, or more than one."""
    try:
        ascii_only = validate_email(email, check_deliverability=False).ascii_email
    except EmailNotValidError:
        ascii_only = None
    if ascii_only is None:
        raise Dropped("address unusable")
    return ascii_only


def _message(mail: Mail, person: Person, address: str) -> EmailMessage:
    letter, foot = WRITERS[mail.kind](person, mail.facts), _foot(mail)
    message = EmailMessage(policy=_POLICY)
    _head(message, mail, letter, address)
    if foot.unsubscribe:
        message["List-Unsubscribe"] = f"<{foot.unsubscribe.address}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    for kind in ("txt", "html"):
        body = current_app.jinja_env.get_template(f"mail/letter.{kind}").render(letter=letter, foot=foot)
        add = message.set_content if kind == "txt" else message.add_alternative
        # Quoted-printable keeps every line short and in ASCII: no server needs to be able to do more.
        add(body, subtype="plain" if kind == "txt" else "html", charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = locale_code()  # last: what is said of the content moves into its first part
    return message


def _head(message: EmailMessage, mail: Mail, letter: Letter, address: str) -> None:
    config: Config = current_app.config["HELPDESK"]
    domain = config.mail_from.rpartition("@")[2]
    # The recipient's name stays out: an address alone cannot be read as two.
    message["To"] = Address(addr_spec=address)
    message["From"] = Address(display_name=config.site_name, addr_spec=config.mail_from)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(mail.queued_at.astimezone(UTC))
    message["Message-ID"] = f"<{mail.token}@{domain}>"
    if letter.thread:
        message["In-Reply-To"] = message["References"] = f"<{letter.thread}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"


def _foot(mail: Mail) -> Foot:
    config: Config = current_app.config["HELPDESK"]
    words = site.text("footer", locale_code()).strip()
    if KINDS[mail.kind].wanted is None:
        return Foot(config.site_name, words)
    more = _("More has happened in this ticket than we have written to you about.") if limits.left_out(mail) else ""
    ending = links.link_to("mail.unsubscribe", token=unsubscribing.token(mail.user_id, mail.kind))
    return Foot(
        config.site_name,
        words,
        more,
        settings=Link(_("Change your notification settings"), links.link_to("mail.choose")),
        unsubscribe=Link(_("Stop these emails"), ending),
    )
