"""The rounds beside the server in which copies are built, accounts erased, and what was kept long enough goes.

Made of short transactions that look again under a lock: what is killed is left to the next round, and several processes
may go round at the same time.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import gevent
from flask import Flask

from helpdesk import connections
from helpdesk.config import Config
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.privacy import retention, scrubbing
from helpdesk.privacy.erasing import service as erasing
from helpdesk.privacy.exporting import archive, building
from helpdesk.privacy.exporting import service as exporting
from helpdesk.privacy.keeping import Keeping

log = logging.getLogger(__name__)
FIRST_AFTER_SECONDS = 5
EVERY = timedelta(seconds=20)
RETENTION_EVERY = timedelta(hours=1)
# Somebody looks at the page while their copy is made.
COPIES_EVERY_SECONDS = 3
# In one round; the rest is for the next, so that nothing waits behind a large desk's first cleaning.
MOST_BATCHES = 50


def keep_going(app: Flask) -> None:
    """Round after round, until the greenlet is killed."""
    gevent.sleep(FIRST_AFTER_SECONDS)
    gone_round_at: datetime | None = None
    cleaned_at: datetime | None = None
    while True:
        at = now()
        if gone_round_at and at < gone_round_at + EVERY:
            _try([_make_copies], app, at)
        else:
            is_time = cleaned_at is None or at >= cleaned_at + RETENTION_EVERY
            go_round(app, at=at, with_retention=is_time)
            cleaned_at, gone_round_at = at if is_time else cleaned_at, at
        gevent.sleep(COPIES_EVERY_SECONDS)


def go_round(app: Flask, *, at: datetime, with_retention: bool = True) -> None:
    """Does what is due at this moment. What fails is logged, holds up nothing else, and is tried again."""
    _try([_make_copies, _forget_copies, _erase, *([clean] if with_retention else []), scrub], app, at)


def _try(parts: list[Callable[[Flask, datetime], None]], app: Flask, at: datetime) -> None:
    for part in parts:
        try:
            part(app, at)
        except Exception as fault:
            # Only its name: an error's own words may hold what people wrote.
            log.error("A round of the data protection failed in %s (%s).", part.__name__, type(fault).__name__)


def _make_copies(app: Flask, at: datetime) -> None:
    building.build_due(app, clock=lambda: at)


def _forget_copies(app: Flask, at: datetime) -> None:
    with app.app_context():
        intend_to_write()
        wanted = exporting.forget_old(at=at)
        db.session.commit()
    archive.sweep(app.config["HELPDESK"].instance, wanted)


def _erase(app: Flask, at: datetime) -> None:
    with app.app_context():
        intend_to_write()
        retention.welcome_back()
        db.session.commit()
    with app.app_context():
        waiting = erasing.due(at=at)
    for user_id in waiting:
        erase(app, user_id, at=at)


def erase(app: Flask, user_id: int, *, at: datetime) -> None:
    """Erases one account, a few tickets at a time. Killed in between, it goes on where it was."""
    _in_transaction(app, user_id, erasing.begin, at)
    connections.cut_person(user_id)
    while _in_transaction(app, user_id, erasing.erase_some, at):
        gevent.sleep(0)
    _in_transaction(app, user_id, erasing.finish, at)
    with app.app_context():
        wanted = exporting.forget_old(at=at)
        db.session.rollback()
    archive.sweep(app.config["HELPDESK"].instance, wanted)
    app.extensions["pieces"].forget_all()
    log.info("The account with the id %s was erased.", user_id)


def _in_transaction(app: Flask, user_id: int, verb: Callable[..., bool | None], at: datetime) -> bool:
    with app.app_context():
        intend_to_write()
        done = verb(erasing.account(user_id), at=at)
        db.session.commit()
        return bool(done)


def clean(app: Flask, at: datetime) -> None:
    """What has been kept for long enough goes. The demo's tickets are the guides' own, of years ago, and nobody's."""
    config: Config = app.config["HELPDESK"]
    if config.demo:
        return
    times = config.keeping()
    steps = (retention.empty_tickets, retention.empty_chats, retention.forget_rows, retention.ask_the_absent)
    for step in steps:
        _in_batches(app, step, times, at)
    before = times.before("backups", at)
    for copy in (config.instance / "backups").glob("helpdesk-*.sqlite") if before else ():
        if copy.stat().st_mtime < before.timestamp():
            copy.unlink(missing_ok=True)


def _in_batches(app: Flask, step: Callable[..., bool], times: Keeping, at: datetime) -> None:
    for _batch in range(MOST_BATCHES):
        with app.app_context():
            intend_to_write()
            more = step(times, at=at)
            db.session.commit()
        if not more:
            return
        gevent.sleep(0)


def scrub(app: Flask, at: datetime) -> None:
    """Has the database's file forget what was deleted, if something was; a large one at night."""
    config: Config = app.config["HELPDESK"]
    with app.app_context():
        if not scrubbing.is_wanted():
            return
    on_sqlite = not config.database_url
    path = config.instance / "helpdesk.sqlite"
    if on_sqlite and not _may_now(path, config, at):
        return
    if on_sqlite:
        with app.app_context():
            intend_to_write()
            scrubbing.drop_words()
            db.session.commit()
        gevent.get_hub().threadpool.apply(scrubbing.make_anew, (path,))
    with app.app_context():
        intend_to_write()
        scrubbing.note(at=at, before=at)
        db.session.commit()
    if on_sqlite:
        gevent.get_hub().threadpool.apply(scrubbing.empty_log, (path,))


def _may_now(path: Path, config: Config, at: datetime) -> bool:
    is_small = path.stat().st_size < scrubbing.LARGE_BYTES
    return is_small or at.astimezone(ZoneInfo(config.time_zone)).hour in scrubbing.NIGHT
