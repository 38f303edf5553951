"""Cleans up while the desk serves: what was added or typed and never sent, bytes that no row names, ended links."""

from datetime import datetime, timedelta

import gevent
from flask import Flask

from helpdesk.accounts import parking
from helpdesk.accounts import service as accounts
from helpdesk.database import intend_to_write, now
from helpdesk.desk.unsent import viewers
from helpdesk.extensions import db
from helpdesk.files import queries, service
from helpdesk.files.store import Store
from helpdesk.mail import outbox
from helpdesk.notices import service as notices
from helpdesk.operating import ballast

FIRST_AFTER_SECONDS = 60
EVERY_SECONDS = 3600
KEPT = timedelta(hours=24)
PARKED = timedelta(days=7)
MAILED = timedelta(days=30)
READ = timedelta(days=90)


def start(app: Flask) -> gevent.Greenlet:
    """Cleans up soon and then every hour, until the greenlet is killed. A failure is logged and tried again."""
    return gevent.spawn(_keep_cleaning, app)


def clean(app: Flask, *, at: datetime) -> None:
    """Forgets what was staged a day before that moment, or parked a week before, and links that are over.

    Of mails, those of a month before; of notices, what was read three months before; who had a ticket open a day
    before. Then deletes the bytes of a day before that nobody knows.
    """
    with app.app_context():
        intend_to_write()
        service.sweep(older_than=at - KEPT)
        parking.forget(older_than=at - PARKED)
        accounts.forget_ended_links(at=at)
        outbox.forget(older_than=at - MAILED)
        notices.forget(read_before=at - READ)
        viewers.forget(older_than=at - KEPT)
        db.session.commit()
    with app.app_context():  # another one: reading all keys must not hold the write lock
        keys = queries.known_keys()
    ballast.keep(app.config["HELPDESK"])
    store: Store = app.config["FILES_STORE"]
    # Walking a large store takes a while: in a thread of its own, where it holds up no request.
    gevent.get_hub().threadpool.apply(store.sweep, (at - KEPT, keys))


def _keep_cleaning(app: Flask) -> None:
    gevent.sleep(FIRST_AFTER_SECONDS)
    while True:
        try:
            clean(app, at=now())
        except Exception:
            app.logger.exception("Cleaning up failed; it is tried again in an hour.")
        gevent.sleep(EVERY_SECONDS)
