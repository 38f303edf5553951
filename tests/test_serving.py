"""Preparing, checking and claiming an instance, inside one process. Real servers are in test_starting.py."""

import io
import os
import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.logging import default_handler
from sqlalchemy import inspect, select, text
from werkzeug.test import create_environ

from helpdesk import janitor, serving
from helpdesk.accounts.person import Person
from helpdesk.config import BadSetting, Config
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.files import service
from helpdesk.files.models import StoredFile
from tests import builders
from tests.conftest import KEY, Make, make_app

NEXT = """
from alembic import op

revision = "next"
down_revision = "{head}"

def upgrade():
    op.execute("CREATE TABLE added_by_next (id INTEGER)")
    {then}
"""


def a_next_version(app: Flask, folder: Path, then: str = "pass") -> Flask:
    """The same program with one more migration than the database has seen."""
    scripts = serving._scripts(app)
    copy = folder / "migrations"
    shutil.copytree(scripts.dir, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "versions" / "next.py").write_text(NEXT.format(head=scripts.get_current_head(), then=then))
    app.extensions["migrate"].directory = str(copy)
    return app


def tables(app: Flask) -> set[str]:
    with app.app_context():
        return set(inspect(db.engine).get_table_names())


def backups(app: Flask) -> list[Path]:
    return sorted((app.config["HELPDESK"].instance / "backups").glob("*"))


def staged_file(app: Flask, owner: Person, age: timedelta) -> str:
    """Adds a file to a form that is never sent; the key of its bytes."""
    store, limits = app.config["FILES_STORE"], app.config["FILES_LIMITS"]
    prepared = service.receive(io.BytesIO(b"what I did"), "steps.txt", store=store, limits=limits)
    with app.app_context():
        intend_to_write()
        service.stage(prepared, submission=builders.token(), by=owner).created_at = now() - age
        db.session.commit()
    return prepared.key


def test_preparing_makes_the_folder_and_the_tables(tmp_path: Path) -> None:
    app = make_app(tmp_path / "deep" / "instance")

    assert serving.prepare(app) is True

    assert {"user", "ticket"} <= tables(app)


def test_preparing_again_does_nothing(app: Flask) -> None:
    assert serving.prepare(app) is False
    assert serving.prepare(app) is False
    assert backups(app) == []


def test_an_upgrade_makes_a_backup_first(app: Flask, make: Make, tmp_path: Path) -> None:
    make.member("keeps-her-account")
    a_next_version(app, tmp_path)

    assert serving.prepare(app) is False

    assert "added_by_next" in tables(app)
    (backup,) = backups(app)
    assert backup.stat().st_mode & 0o777 == 0o600
    copy = sqlite3.connect(backup)
    assert copy.execute("SELECT username FROM user").fetchall() == [("keeps-her-account",)]
    assert copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'added_by_next'").fetchall() == []
    copy.close()


def test_an_upgrade_that_fails_leaves_the_old_schema_and_a_backup(app: Flask, tmp_path: Path) -> None:
    a_next_version(app, tmp_path, then="raise ValueError('half way')")
    before = tables(app)

    with pytest.raises(ValueError, match="half way"):
        serving.prepare(app)

    assert tables(app) == before
    assert len(backups(app)) == 1
    with pytest.raises(BadSetting, match="flask prepare"):
        serving.check(app)


def test_without_a_backup_nothing_is_upgraded(app: Flask, tmp_path: Path) -> None:
    a_next_version(app, tmp_path)
    (tmp_path / "backups").write_text("in the way of the folder")

    with pytest.raises(BadSetting, match="backup before the upgrade failed"):
        serving.prepare(app)

    assert "added_by_next" not in tables(app)


def test_only_the_newest_backups_are_kept(app: Flask) -> None:
    made = [serving.back_up(app.config["HELPDESK"]) for _ in range(serving.BACKUPS_KEPT + 2)]

    assert backups(app) == made[2:]


def test_a_database_that_is_being_served_is_not_upgraded(app: Flask, tmp_path: Path) -> None:
    a_next_version(app, tmp_path)

    with serving.held(app.config["HELPDESK"]), pytest.raises(serving.AlreadyServed):
        serving.prepare(app)

    assert "added_by_next" not in tables(app)


def test_a_database_of_a_newer_program_is_left_alone(app: Flask) -> None:
    with app.app_context():
        intend_to_write()
        db.session.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))
        db.session.commit()

    with pytest.raises(BadSetting, match="newer version"):
        serving.prepare(app)
    assert backups(app) == []


def test_a_prepared_instance_may_be_served(app: Flask) -> None:
    serving.check(app)


def test_demo_accounts_are_refused_in_production(app: Flask, make: Make) -> None:
    make.member(origin="demo")

    with pytest.raises(BadSetting, match="demo accounts"):
        serving.check(app)


@pytest.mark.parametrize("settings", [{"mode": "demo"}])
def test_demo_accounts_are_what_a_demo_is_made_of(app: Flask, make: Make) -> None:
    make.member(origin="demo")

    serving.check(app)


def test_an_old_schema_is_refused(app: Flask, tmp_path: Path) -> None:
    a_next_version(app, tmp_path)

    with pytest.raises(BadSetting, match="flask prepare"):
        serving.check(app)


def test_missing_translations_are_refused_by_name(app: Flask, tmp_path: Path) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(tmp_path / "nothing-here")

    with pytest.raises(BadSetting, match=r"fr, sv, es|es, fr, sv|fr, es, sv"):
        serving.check(app)


@pytest.mark.parametrize("key", ["changeme", "secret", "x" * 64, "short-but-random-9f8a"])
def test_a_weak_key_is_refused(key: str) -> None:
    with pytest.raises(BadSetting, match="HELPDESK_SECRET_KEY"):
        Config.from_environment({"HELPDESK_SECRET_KEY": key})


def test_the_debugger_is_refused_in_production() -> None:
    with pytest.raises(BadSetting, match="FLASK_DEBUG"):
        Config.from_environment({"HELPDESK_SECRET_KEY": KEY, "FLASK_DEBUG": "1"})


def test_a_second_server_is_refused_and_told_of_postgresql(app: Flask) -> None:
    config = app.config["HELPDESK"]

    with serving.held(config), pytest.raises(BadSetting, match=r"PostgreSQL.*DATABASE_URL"):
        serving.claim(config)

    with serving.held(config):
        pass  # the first has ended, and the next may serve


def test_on_postgresql_several_processes_may_serve(tmp_path: Path) -> None:
    assert serving.claim(Config(instance=tmp_path, database_url="postgresql://desk@db/desk")) is None


def test_the_janitor_forgets_what_was_never_sent(app: Flask, make: Make) -> None:
    member = make.member()
    fresh, old = (staged_file(app, member, timedelta(hours=hours)) for hours in (23, 25))
    path = app.config["FILES_STORE"].path
    assert path(fresh).exists() and path(old).exists()

    janitor.clean(app, at=now())

    assert path(fresh).exists() and not path(old).exists()
    with app.app_context():
        assert db.session.scalars(select(StoredFile.key)).all() == [fresh]


def test_the_janitor_deletes_bytes_that_a_crash_has_left(app: Flask, make: Make) -> None:
    store = app.config["FILES_STORE"]
    known, left = staged_file(app, make.member(), timedelta()), store.keep(store.receive(io.BytesIO(b"left"), 99).path)
    for key in (known, left):
        os.utime(store.path(key), (0, 0))

    janitor.clean(app, at=now())

    assert store.path(known).exists() and not store.path(left).exists()


def test_a_fault_is_logged_once_and_not_by_itself_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = make_app(tmp_path, port=0)
    server = serving.listen(app)
    app.logger.addHandler(default_handler)
    try:
        with app.request_context({**create_environ("/"), **server.get_environ()}):
            app.logger.error("A fault.")
    finally:
        app.logger.removeHandler(default_handler)
        server.close()

    assert capsys.readouterr().err.count("A fault.") == 1
