"""Cleans up while the desk serves: what was added or typed and never sent, bytes that no row names, ended links."""

from datetime import datetime

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
from helpdesk.privacy import keeping

FIRST_AFTER_SECONDS = 60
EVERY_SECONDS = 3600


def start(app: Flask) -> gevent.Greenlet:
    """Cleans up soon and then every hour, until the greenlet is killed. A failure is logged and tried again."""
    return gevent.spawn(_keep_cleaning, app)


def clean(app: Flask, *, at: datetime) -> None:
    """Forgets what was staged a day before that moment, or parked a week before, and links that are over.

    Mails, and notices that were read, go when the site's table says; who had a ticket open, after a day. Then deletes
    the bytes of a day before that nobody knows.
    """
    times, day_before = app.config["HELPDESK"].keeping(), keeping.UPLOADS.before(at)
    with app.app_context():
        intend_to_write()
        service.sweep(older_than=day_before)
        parking.forget(older_than=keeping.PARKED.before(at))
        accounts.forget_ended_links(at=at)
        if sent_before := times.before("mail", at):
            outbox.forget(older_than=sent_before)
        if read_before := times.before("notices", at):
            notices.forget(read_before=read_before)
        viewers.forget(older_than=day_before)
        db.session.commit()
    with app.app_context():  # another one: reading all keys must not hold the write lock
        keys = queries.known_keys()
    ballast.keep(app.config["HELPDESK"])
    store: Store = app.config["FILES_STORE"]
    # Walking a large store takes a while: in a thread of its own, where it holds up no request.
    gevent.get_hub().threadpool.apply(store.sweep, (day_before, keys))


def _keep_cleaning(app: Flask) -> None:
    gevent.sleep(FIRST_AFTER_SECONDS)
    while True:
        try:
            clean(app, at=now())
        except Exception:
            app.logger.exception("Cleaning up failed; it is tried again in an hour.")
        gevent.sleep(EVERY_SECONDS)
