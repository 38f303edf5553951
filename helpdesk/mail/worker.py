"""Sends what the outbox holds, beside the server. A mail server that is slow or away delays mails and nothing else.

Each mail is taken for a while, made, handed over outside of any transaction, and marked. A crash between the last two
sends it once more, with the same Message-ID.
"""

import logging
import traceback
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from enum import Enum

import gevent
from flask import Flask
from gevent.event import Event
from sqlalchemy.exc import OperationalError

from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.mail import compose, outbox, smtp
from helpdesk.mail.kinds import KINDS
from helpdesk.mail.models import Mail

log = logging.getLogger(__name__)

EVERY_SECONDS = 2
# While the mail server is away.
FIRST_PAUSE_SECONDS = 15
LONGEST_PAUSE_SECONDS = 300
A_ROUND = 50
# About five days. A mail that cannot even be made has fewer: it is our own mistake, and stays one.
MOST_TRIES = 30
MOST_TRIES_TO_MAKE = 5
# Seconds; together well within the lease.
WAITS_FOR_DATABASE = (1, 5, 25, 60)

Clock = Callable[[], datetime]


class Outcome(Enum):
    """What has become of a mail that was tried."""

    SENT = "sent"
    NOT_SENT = "not sent"
    UNREACHABLE = "unreachable"
    NOT_OURS = "not ours"


def keep_sending(app: Flask) -> None:
    """Round after round. Whoever ends it does not tear the mail apart that is just being handed over."""
    ended, pause = Event(), EVERY_SECONDS
    try:
        while True:
            gevent.sleep(pause)
            # A greenlet of its own, which goes on to its end while the server drains.
            is_away = gevent.spawn(_round, app, ended).get()
            pause = min(LONGEST_PAUSE_SECONDS, max(FIRST_PAUSE_SECONDS, pause * 2)) if is_away else EVERY_SECONDS
    finally:
        ended.set()


def _round(app: Flask, ended: Event) -> bool:
    try:
        return send_due(app, is_over=ended.is_set)
    except Exception as fault:
        log.error("Sending mail failed; it is tried again. %s", _where(fault))
        return True


def send_due(app: Flask, *, clock: Clock = now, is_over: Callable[[], bool] = lambda: False) -> bool:
    """One round through what is due. True if the mail server is away: then the rest stays for later, untouched."""
    with app.app_context():
        waiting = outbox.due(at=clock(), most=A_ROUND)
    for mail_id in waiting:
        if is_over():
            return False
        outcome = send_one(app, mail_id, clock=clock)
        if outcome is Outcome.UNREACHABLE:
            return True
    return False


def send_one(app: Flask, mail_id: int, *, clock: Clock = now) -> Outcome:
    """Tries one mail, unless another worker has it."""
    with app.app_context():
        intend_to_write()
        mail = outbox.lease(mail_id, at=clock())
        db.session.commit()
        if mail is None:
            return Outcome.NOT_OURS
        db.session.refresh(mail)
        db.session.expunge(mail)
    made = _made(app, mail, at=clock())
    if made is None:
        return Outcome.NOT_SENT
    message, address = made
    try:
        smtp.send(message, to=address, config=app.config["HELPDESK"])
    except smtp.Fault as fault:
        return _failed(app, mail, fault, at=clock())
    _settle(app, _sent, mail, at=clock())
    log.info("Mail %s (%s) was sent.", mail.id, mail.kind)
    return Outcome.SENT


def _made(app: Flask, mail: Mail, *, at: datetime) -> tuple[EmailMessage, str] | None:
    """The mail and its address, made in a transaction that has ended by then; None if it will not be sent now."""
    try:
        with app.app_context():
            if mail.tries > MOST_TRIES:
                raise compose.Dropped("tried too often")
            if KINDS[mail.kind].makes_link:
                intend_to_write()
            made = compose.compose(mail, at=at)
            db.session.commit()  # of a link its hash must be kept before anybody can have it
            return made
    except compose.Dropped as no:
        log.log(_level(no.why), "Mail %s (%s) is not sent: %s.", mail.id, mail.kind, no.why)
        _settle(app, outbox.set_aside, mail, no.why, at=at)
    except compose.TooSoon as no:
        log.warning("Mail %s (%s) waits: enough was sent about this ticket today.", mail.id, mail.kind)
        _settle(app, outbox.hold, mail, at=no.until)
    except Exception as fault:
        # Only where it happened: an error's own words may hold what people wrote.
        log.error("Mail %s (%s) cannot be made. %s", mail.id, mail.kind, _where(fault))
        verb = outbox.put_off if mail.tries < MOST_TRIES_TO_MAKE else outbox.set_aside
        _settle(app, verb, mail, "cannot be made", at=at)
    return None


def _level(why: str) -> int:
    """What people have chosen, and what has passed, is nothing to look into."""
    return logging.INFO if why in {"not wanted", "over"} else logging.WARNING


def _failed(app: Flask, mail: Mail, fault: smtp.Fault, *, at: datetime) -> Outcome:
    over = isinstance(fault, smtp.Refused) or mail.tries >= MOST_TRIES
    _settle(app, outbox.set_aside if over else outbox.put_off, mail, fault.why, at=at)
    detail = fault.detail if isinstance(fault, smtp.Unreachable) else fault.why
    log.warning("Mail %s (%s) did not leave: %s.", mail.id, mail.kind, detail)
    return Outcome.UNREACHABLE if isinstance(fault, smtp.Unreachable) else Outcome.NOT_SENT


def _sent(mail: Mail, *, at: datetime) -> None:
    outbox.mark_sent(mail, at=at)
    outbox.hurry("unreachable", at=at)  # the mail server is there: whatever waits for it need not wait longer


def _settle(app: Flask, verb: Callable[..., None], mail: Mail, *words: str, at: datetime) -> None:
    """Writes down what has become of a mail. A database that is locked meanwhile is waited for: it has left by now."""
    for wait in (*WAITS_FOR_DATABASE, None):
        try:
            with app.app_context():
                intend_to_write()
                verb(mail, *words, at=at)
                db.session.commit()
                return
        except OperationalError:
            if wait is None:
                raise
            gevent.sleep(wait)


def _where(fault: BaseException) -> str:
    place = traceback.extract_tb(fault.__traceback__)[-1:]
    return f"{type(fault).__name__}" + "".join(f" at {frame.filename}:{frame.lineno}" for frame in place)
