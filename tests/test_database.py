"""How the database is opened: times with their zone, SQLite's settings, writers one after the other."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask, g
from sqlalchemy import select, text

from helpdesk.accounts.models import User
from helpdesk.database import UTCDateTime, intend_to_write, now
from helpdesk.extensions import db
from tests import builders


def test_now_has_its_zone() -> None:
    assert now().utcoffset() == timedelta(0)


def test_a_moment_comes_back_in_utc_to_the_microsecond(on_both: Flask) -> None:
    moment = datetime(2026, 3, 29, 3, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    person = builders.member()
    intend_to_write()
    db.session.get_one(User, person.id).disabled_at = moment
    db.session.commit()
    db.session.expire_all()

    kept = db.session.get_one(User, person.id).disabled_at

    assert kept == moment
    assert kept is not None and kept.tzinfo is UTC


def test_a_time_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001  it is the point
    with pytest.raises(ValueError, match="zone"):
        UTCDateTime().process_bind_param(naive, db.session)  # type: ignore[arg-type]


def test_no_time_stays_no_time(on_both: Flask) -> None:
    person = builders.member()
    assert db.session.get_one(User, person.id).disabled_at is None


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000), ("secure_delete", 1)],
)
def test_sqlite_is_durable_and_checks_its_references(app_context: Flask, pragma: str, value: object) -> None:
    assert db.session.scalar(text(f"PRAGMA {pragma}")) == value


def test_a_reader_takes_no_write_lock(app_context: Flask) -> None:
    db.session.execute(select(User.id)).all()
    assert _can_write_elsewhere(app_context)


def test_whoever_intends_to_write_keeps_others_waiting_until_the_end(app_context: Flask) -> None:
    intend_to_write()
    db.session.execute(select(User.id)).all()
    assert not _can_write_elsewhere(app_context)

    db.session.rollback()

    assert _can_write_elsewhere(app_context)


def test_the_lock_is_given_back_when_the_request_fails(app: Flask) -> None:
    def fail() -> None:
        with app.app_context():
            intend_to_write()
            db.session.execute(select(User.id)).all()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert _can_write_elsewhere(app)


def test_writers_come_one_after_the_other_and_none_is_refused(app: Flask) -> None:
    with app.app_context():
        person = builders.member(name="0")
    faults: list[BaseException] = []

    def count() -> None:
        try:
            for _ in range(10):
                with app.app_context():
                    intend_to_write()
                    user = db.session.get_one(User, person.id)
                    user.name = str(int(user.name) + 1)
                    db.session.commit()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    with app.app_context():
        assert db.session.get_one(User, person.id).name == "40"


def _can_write_elsewhere(app: Flask) -> bool:
    """Whether a second writer gets its transaction within a moment."""
    done = threading.Event()

    def write() -> None:
        with app.app_context():
            g.intends_to_write = True
            db.session.execute(select(User.id)).all()
            done.set()

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    got_it = done.wait(0.3)
    if not got_it:
        # It goes on as soon as the first writer ends; nobody is left waiting behind this test.
        db.session.rollback()
        thread.join(5)
        intend_to_write()
        db.session.execute(select(User.id)).all()
    else:
        thread.join(5)
    return got_it
