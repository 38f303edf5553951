"""What is left lying about is cleaned up, and nothing younger."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk import janitor
from helpdesk.accounts import service
from helpdesk.accounts.models import ParkedForm, PasswordLink, User
from helpdesk.database import BUSY_MS_SERVING, intend_to_write, now
from helpdesk.extensions import db
from helpdesk.mail.models import Mail
from helpdesk.notices.models import Notice
from tests import builders


def _left_behind() -> tuple[int, int]:
    parked = db.session.scalar(select(func.count()).select_from(ParkedForm)) or 0
    return parked, db.session.scalar(select(func.count()).select_from(PasswordLink)) or 0


def test_parked_text_goes_after_a_week_and_links_when_they_end(app: Flask) -> None:
    at = now()
    with app.app_context():
        member = builders.member()
        intend_to_write()
        db.session.add(ParkedForm(user_id=member.id, path="/x", fields="{}", parked_at=at))
        service.issue_password_link(db.session.get_one(User, member.id), at=at, hours=1)
        db.session.commit()

    for after, left in ((timedelta(minutes=59), (1, 1)), (timedelta(hours=1), (1, 0)), (timedelta(days=8), (0, 0))):
        janitor.clean(app, at=at + after)
        with app.app_context():
            assert _left_behind() == left


@pytest.mark.parametrize(
    ("settings", "left"),
    [
        ({}, {"waits", "sent 29", "unread", "read 89"}),
        ({"keep": ("mail 20d", "notices never")}, {"waits", "unread", "read 89", "read 91"}),
    ],
    ids=["as usual", "as a site has set it"],
)
def test_sent_mails_and_read_notices_go_when_the_table_says(app: Flask, left: set[str]) -> None:
    at = now()
    with app.app_context():
        member = builders.member()
        intend_to_write()
        for key, days, sent in (("waits", 400, False), ("sent 29", 29, True), ("sent 31", 31, True)):
            then = at - timedelta(days=days)
            facts = {"queued_at": then, "next_try_at": then, "sent_at": then if sent else None}
            db.session.add(Mail(user_id=member.id, kind="closed", facts={}, key=key, token=key, **facts))
        for key, days in (("unread", None), ("read 89", 89), ("read 91", 91)):
            read_at = at - timedelta(days=days) if days else None
            long_ago = at - timedelta(days=400)
            db.session.add(Notice(user_id=member.id, kind="closed", key=key, at=long_ago, read_at=read_at))
        db.session.commit()

    janitor.clean(app, at=at)

    with app.app_context():
        assert {*db.session.scalars(select(Mail.key)), *db.session.scalars(select(Notice.key))} == left


def test_a_serving_process_waits_for_the_database_only_briefly(app: Flask) -> None:
    from helpdesk import serving

    with app.app_context():
        assert db.session.connection().exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000
        db.session.remove()
    serving.check(app)
    with app.app_context():
        assert db.session.connection().exec_driver_sql("PRAGMA busy_timeout").scalar() == BUSY_MS_SERVING
