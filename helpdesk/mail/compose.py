"""Makes a queued mail when it leaves: for the recipient as they are now, in their language and time zone.

Nobody gets what they may no longer see: an account that was closed, a rank that was lost, a chat of somebody else.
"""

from collections.abc import Callable
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from email_validator import EmailNotValidError, validate_email
from flask import current_app

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.accounts.sessions import person_of
from helpdesk.config import Config
from helpdesk.extensions import db
from helpdesk.mail import tickets, transcript
from helpdesk.mail.letters import Letter
from helpdesk.mail.models import Mail
from helpdesk.mail.outbox import Facts
from helpdesk.ranks import Action
from helpdesk.refusals import NotFound
from helpdesk.web.language import locale_code, read_by

# Each kind of mail: what its recipient must be allowed to do, and who writes it.
KINDS: dict[str, tuple[Action, Callable[[Person, Facts], Letter]]] = {
    "chat_transcript": (Action.OPEN_CHAT, transcript.letter),
    **{kind: (Action.SEE_OWN_TICKETS, tickets.writer(kind)) for kind in tickets.WORDS},
}


class Dropped(Exception):
    """The mail must not be sent to this person any more. `why` is a code for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def compose(mail: Mail) -> tuple[EmailMessage, str]:
    """The mail as it leaves, and the one address that it goes to. Raises Dropped; any other fault is a poisoned row."""
    user = db.session.get(User, mail.user_id)
    if user is None or user.disabled_at is not None:
        raise Dropped("account closed")
    action, write = KINDS[mail.kind]
    person = person_of(user)
    if not current_app.config["RANKS"].may(person.rank, person.role, action):
        raise Dropped("not allowed")
    address = _plain_address(person.email)
    with read_by(person.language, person.time_zone):
        try:
            letter = write(person, mail.facts)
        except NotFound:
            raise Dropped("not theirs") from None
        return _message(letter, mail, address), address


def _plain_address(email: str) -> str:
    """The address in ASCII, as every server takes it. Raises Dropped for one that is none, or more than one."""
    try:
        ascii_only = validate_email(email, check_deliverability=False).ascii_email
    except EmailNotValidError:
        ascii_only = None
    if ascii_only is None:
        raise Dropped("address unusable")
    return ascii_only


def _message(letter: Letter, mail: Mail, address: str) -> EmailMessage:
    config: Config = current_app.config["HELPDESK"]
    domain = config.mail_from.rpartition("@")[2]
    message = EmailMessage(policy=SMTP)
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
    for kind in ("txt", "html"):
        template = current_app.jinja_env.get_template(f"mail/letter.{kind}")
        body = template.render(letter=letter)
        add = message.set_content if kind == "txt" else message.add_alternative
        # Quoted-printable keeps every line short and in ASCII: no server needs to be able to do more.
        add(body, subtype="plain" if kind == "txt" else "html", charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = locale_code()  # last: what is said of the content moves into its first part
    return message
