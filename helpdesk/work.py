"""The work that time does beside the pages: mail leaves, members are reminded, tickets close, deadlines are kept up.

Each round is made of short transactions that look again under a lock: any number of processes may do it at the same
time, and one that is killed leaves the rest to the next round.
"""

import signal
from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import click
import gevent
from flask import Flask, current_app
from flask.cli import with_appcontext

from helpdesk.accounts import queries as accounts
from helpdesk.config import Config
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.mail import outbox
from helpdesk.mail import worker as mail
from helpdesk.operating import counts
from helpdesk.privacy import rounds as privacy
from helpdesk.tickets import clock, unanswered

FIRST_AFTER_SECONDS = 2
EVERY_SECONDS = 20
# How many tickets one look finds, and how many looks a round has at most.
BATCH = 50
MOST_LOOKS = 20
# The agents' day begins at eight; who has not been told by noon is told the next day.
DIGEST_HOURS = range(8, 12)
STOP_SECONDS = 8

Due = Callable[..., Sequence[int]]
Verb = Callable[..., bool]


def go_round(app: Flask, *, at: datetime) -> None:
    """Does what is due at this moment. What fails is logged, holds up nothing else, and is tried again."""
    for part in (_remind, _close, _reckon, _digest):
        try:
            part(app, at)
        except Exception:
            app.logger.exception("The work of the clock failed; it is tried again.")


def _remind(app: Flask, at: datetime) -> None:
    _each(app, unanswered.to_remind, unanswered.remind, at)


def _close(app: Flask, at: datetime) -> None:
    _each(app, unanswered.to_close, unanswered.close, at)


def _each(app: Flask, due: Due, verb: Verb, at: datetime) -> None:
    """Ticket by ticket, each in a transaction of its own; one that cannot be done does not hold up those behind it."""
    left_out: set[int] = set()
    for _look in range(MOST_LOOKS):
        with app.app_context():
            found = due(at, but=left_out, most=BATCH)
        if not found:
            return
        left_out.update(ticket_id for ticket_id in found if not _one(app, verb, ticket_id, at))


def _one(app: Flask, verb: Verb, ticket_id: int, at: datetime) -> bool:
    gevent.sleep(0)  # pages have their turn in between
    try:
        with app.app_context():
            intend_to_write()
            done = verb(ticket_id, at=at)
            db.session.commit()
            return done
    except Exception:
        app.logger.exception("The work of the clock failed for the ticket with the id %s.", ticket_id)
        return False


def _reckon(app: Flask, at: datetime) -> None:
    for _look in range(MOST_LOOKS):
        with app.app_context():
            if clock.is_reckoned():
                return
        with app.app_context():
            intend_to_write()
            clock.reckon_some(at=at, most=BATCH)
            db.session.commit()
        gevent.sleep(0)


def _digest(app: Flask, at: datetime) -> None:
    """Once a day each agent is told what waits, when their day begins: on days on which the team works at all."""
    told: dict[int, str] = app.extensions.setdefault("digests", {})
    with app.app_context():
        begun = _whose_day_begins(app, at) if outbox.in_use() else {}
    # Who was told by this process; the keys of the mails keep others from telling them once more.
    begun = {agent_id: day for agent_id, day in begun.items() if told.get(agent_id) != day}
    if not begun:
        return
    with app.app_context():
        intend_to_write()
        for day in sorted(set(begun.values())):
            agents = [agent_id for agent_id in begun if begun[agent_id] == day]
            outbox.put_all("agent_digest", to=agents, facts={}, key=f"digest:{day}", at=at)
        db.session.commit()
    told.update(begun)


def _whose_day_begins(app: Flask, at: datetime) -> dict[int, str]:
    """The agents for whom it is morning, with their day."""
    config: Config = app.config["HELPDESK"]
    hours = clock.rules().hours
    found = {}
    for agent in accounts.agents():
        there = at.astimezone(ZoneInfo(agent.time_zone or config.time_zone))
        if there.hour in DIGEST_HOURS and hours.is_working_day(there.date()):
            found[agent.id] = f"{there:%Y-%m-%d}"
    return found


def start(app: Flask) -> list[gevent.Greenlet]:
    """What a serving process does of it: everything, unless another process is there for it."""
    return begin(app) if app.config["HELPDESK"].work == "server" else []


def begin(app: Flask) -> list[gevent.Greenlet]:
    """Works until the greenlets are killed."""
    at_work = [gevent.spawn(_keep_going, app), gevent.spawn(privacy.keep_going, app)]
    if app.config["HELPDESK"].mail_server:
        at_work.append(gevent.spawn(mail.keep_sending, app))
    return at_work


def _keep_going(app: Flask) -> None:
    gevent.sleep(FIRST_AFTER_SECONDS)
    while True:
        go_round(app, at=now())
        counts.one_more("work_rounds")
        gevent.sleep(EVERY_SECONDS)


@click.command("work")
@click.option("--once", is_flag=True, help="Do everything that is due, and end.")
@with_appcontext
def work(once: bool) -> None:
    """Send mail and do what time does."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if once:
        _work_once(app)
    elif app.config["HELPDESK"].work != "separate":
        raise click.ClickException(
            "The server does this work itself, unless HELPDESK_WORK=separate. --once does it now."
        )
    else:
        _work_on(app)


def _work_once(app: Flask) -> None:
    go_round(app, at=now())
    privacy.go_round(app, at=now())
    config: Config = app.config["HELPDESK"]
    while config.mail_server and outbox.due(at=now(), most=1):
        db.session.remove()
        if mail.send_due(app):
            raise click.ClickException(f"The mail server {config.mail_server} cannot be reached. The mail is kept.")


def _work_on(app: Flask) -> None:
    at_work = begin(app)
    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, gevent.killall, at_work, block=False)
    gevent.joinall(at_work)
    gevent.wait(timeout=STOP_SECONDS)  # a mail that is just being handed over
