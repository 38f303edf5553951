"""Hands one mail to the site's mail server. The only place that talks SMTP; knows no database and no words."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from functools import cache
from urllib.parse import urlsplit

import gevent

from helpdesk.config import Config

# How long one answer may take, and one mail as a whole: a server that answers one sign a minute is no server.
ANSWER_SECONDS = 20
DEADLINE_SECONDS = 90
GOODBYE_SECONDS = 2
_GOES_AWAY = 421


class Fault(Exception):
    """A mail that was not taken. `why` is a code without anybody's address: what servers say may hold one."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Unreachable(Fault):
    """The mail server is not there, does not answer or does not let us in: no other mail would leave either."""

    def __init__(self, detail: str) -> None:
        super().__init__("unreachable")
        self.detail = detail


class Later(Fault):
    """This mail was not taken now; others may be."""


class Refused(Fault):
    """This mail will never be taken: there is no such mailbox, or it does not want it."""


def send(message: EmailMessage, *, to: str, config: Config) -> None:
    """Hands the mail over for exactly one recipient. Raises Unreachable, Later or Refused."""
    # Each wait has its own end, and all of them together have one: a gevent.Timeout where there is a hub to keep it.
    with gevent.Timeout(DEADLINE_SECONDS, Unreachable("took too long")), _connected(config) as server:
        try:
            # Its bytes, not itself: `send_message` would write ">From" where somebody began a line with "From".
            server.sendmail(_returns_to(message, config), [to], message.as_bytes())
        except smtplib.SMTPRecipientsRefused as fault:
            (code, _), *_ = fault.recipients.values()
            raise _answer(code) from None
        except smtplib.SMTPSenderRefused as fault:
            # Our own address is not welcome: that is the operator's to mend, and no mail's fault.
            raise Unreachable(f"sender {fault.smtp_code}") from None
        except smtplib.SMTPResponseException as fault:
            raise _answer(fault.smtp_code) from None
        except (smtplib.SMTPException, OSError) as fault:
            raise Later(f"broken off: {type(fault).__name__}"[:40]) from None


def _returns_to(message: EmailMessage, config: Config) -> str:
    """Where the mail goes that cannot be delivered, and what a robot answers: with its id in it, or nowhere at all."""
    if config.mail_bounces == "none":
        return ""
    token = message["Message-ID"].strip("<>").partition("@")[0]
    return config.mail_bounces.replace("{id}", token) or config.mail_from


def greet(config: Config, *, seconds: float) -> None:
    """Signs in to the mail server and says goodbye. Raises Unreachable."""
    with gevent.Timeout(seconds, Unreachable("took too long")), _connected(config):
        pass


def _answer(code: int) -> Fault:
    if code == _GOES_AWAY:
        return Unreachable(f"answer {code}")
    return Refused(f"refused {code}") if code >= 500 else Later(f"later {code}")


@contextmanager
def _connected(config: Config) -> Iterator[smtplib.SMTP]:
    try:
        server = _connect(config)
    except smtplib.SMTPResponseException as fault:
        raise Unreachable(f"{type(fault).__name__} {fault.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as fault:
        raise Unreachable(type(fault).__name__) from None
    try:
        yield server
    finally:
        # Whether the mail was taken is known by now: how the goodbye goes changes nothing.
        with suppress(smtplib.SMTPException, OSError):
            if server.sock is not None:
                server.sock.settimeout(GOODBYE_SECONDS)
                server.quit()
        server.close()


def _connect(config: Config) -> smtplib.SMTP:
    # Our name for ourselves is told: the standard library's own guess asks a name server.
    ours = {"local_hostname": urlsplit(config.site).hostname, "timeout": ANSWER_SECONDS}
    where = (config.mail_server, config.mail_port)
    if config.mail_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(*where, context=_trust(), **ours)
    else:
        server = smtplib.SMTP(*where, **ours)
    try:
        if config.mail_security == "starttls":
            server.starttls(context=_trust())
        if config.mail_username:
            server.login(config.mail_username, config.mail_password)
    except BaseException:
        server.close()
        raise
    return server


@cache
def _trust() -> ssl.SSLContext:
    """The system's certificate authorities, read once: it takes some time."""
    return ssl.create_default_context()
