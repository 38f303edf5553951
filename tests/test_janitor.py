"""What is left lying about is cleaned up, and nothing younger."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from helpdesk import janitor
from helpdesk.accounts import service
from helpdesk.accounts.models import ParkedForm, PasswordLink, User
from helpdesk.database import BUSY_MS_SERVING, intend_to_write, now
from helpdesk.extensions import db
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


def test_a_serving_process_waits_for_the_database_only_briefly(app: Flask) -> None:
    from helpdesk import serving

    with app.app_context():
        assert db.session.connection().exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000
        db.session.remove()
    serving.check(app)
    with app.app_context():
        assert db.session.connection().exec_driver_sql("PRAGMA busy_timeout").scalar() == BUSY_MS_SERVING
