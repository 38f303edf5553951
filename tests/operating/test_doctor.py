"""The doctor says what is well and what is not, in words and for programs, and ends with 1 for what must be mended."""

import gettext
import json
import resource
import shutil
import socket
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from helpdesk import serving
from helpdesk.accounts import sessions
from helpdesk.accounts.models import User
from helpdesk.config import Config
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.mail import smtp
from helpdesk.operating import databases, disk, doctor
from helpdesk.operating.findings import Finding, Level
from tests.conftest import KEY, Make, make_app
from tests.processes import free_port
from tests.redis import Redis

Find = Callable[[str], list[Finding]]


@pytest.fixture
def find(app: Flask) -> Find:
    """What the doctor says of one thing."""

    def about(name: str) -> list[Finding]:
        with app.app_context():
            found = [finding for finding in doctor.examine(app) if finding.about == name]
            db.session.remove()
        return found

    return about


def levels(found: list[Finding]) -> set[str]:
    return {finding.level.value for finding in found}


def examined(app: Flask, *options: str) -> Result:
    return app.test_cli_runner().invoke(args=["doctor", *options])


def test_a_desk_that_is_well_is_said_to_be(app: Flask, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "helpdesk.sqlite"):
        path.chmod(path.stat().st_mode & 0o700)

    said = examined(app)

    assert said.exit_code == 0, said.output
    assert all(line.startswith(("ok   ", "warn ")) for line in said.stdout.splitlines())
    for about in ("settings", "key", "versions", "permissions", "disk", "database", "clock", "catalogues", "mail"):
        assert f"ok   {about}: " in said.stdout, about
    assert KEY not in said.output


def test_programs_read_the_same(app: Flask) -> None:
    told = json.loads(examined(app, "--json").stdout)
    assert {frozenset(one) for one in told} == {frozenset({"level", "about", "says"})}
    assert {"settings", "database", "limits"} <= {one["about"] for one in told}


def test_a_database_that_is_not_at_this_version_fails(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    said = examined(app)
    assert (said.exit_code, "fail database: Its schema is missing" in said.stdout) == (1, True), said.output
    with app.app_context():
        db.engine.dispose()


def test_an_unfinished_restore_fails(app: Flask, find: Find, tmp_path: Path) -> None:
    (tmp_path / serving.RESTORING).touch()
    (finding,) = find("database")
    assert (finding.level, "A restore was not finished" in finding.says) == (Level.FAIL, True)


def test_a_damaged_database_fails(app: Flask, find: Find, tmp_path: Path) -> None:
    with app.app_context():
        db.session.execute(text("SELECT 1"))
        db.session.remove()
        db.engine.dispose()
    with sqlite3.connect(tmp_path / "helpdesk.sqlite") as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("UPDATE sqlite_master SET rootpage = 3 WHERE name = 'ix_stored_file_message'")
    connection.close()
    assert "fail" in levels(find("database"))


@pytest.mark.parametrize(
    ("version", "level"),
    [
        ((3, 40, 1), "warn"), ((3, 44, 5), "warn"), ((3, 44, 6), "ok"), ((3, 45, 1), "warn"), ((3, 50, 6), "warn"),
        ((3, 50, 7), "ok"), ((3, 51, 2), "warn"), ((3, 51, 3), "ok"), ((3, 52, 0), "ok"), ((4, 0, 0), "ok"),
    ],
)  # fmt: skip
def test_an_sqlite_with_the_fault_of_its_wal_is_named(version: tuple[int, int, int], level: str) -> None:
    found = databases.wal_fault(version)
    assert found.level.value == level
    assert ("mended in 3.51.3" in found.says) == (level == "warn")


@pytest.mark.parametrize(
    ("name", "mode", "level"),
    [("secret_key", 0o640, "fail"), ("helpdesk.sqlite", 0o644, "warn"), ("secret_key", 0o600, "ok")],
)
def test_what_others_may_read_is_named(find: Find, tmp_path: Path, name: str, mode: int, level: str) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "helpdesk.sqlite").chmod(0o600)
    (tmp_path / name).touch()
    (tmp_path / name).chmod(mode)
    found = find("permissions")
    assert levels(found) == {level}
    assert level == "ok" or name in found[0].says


@pytest.mark.parametrize(("free", "level"), [(0.5, "ok"), (0.05, "warn"), (0.0001, "fail")])
def test_a_disk_that_fills_up_is_named(find: Find, monkeypatch: pytest.MonkeyPatch, free: float, level: str) -> None:
    total = 4 * disk.GIGABYTE
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(total, 0, int(total * free)))
    assert levels(find("disk")) == {level}


def test_a_clock_that_was_set_back_is_named(app: Flask, make: Make) -> None:
    member = make.member("kim")
    make.change(lambda: sessions.start(db.session.get_one(User, member.id), browser="", at=now()))
    with app.app_context():
        assert databases.clock(at=now()).level is Level.OK
        assert databases.clock(at=now() - timedelta(hours=1)).level is Level.FAIL


def test_a_language_that_lacks_a_sentence_is_named(app: Flask, find: Find, tmp_path: Path) -> None:
    translations = tmp_path / "translations"
    shutil.copytree(app.config["BABEL_TRANSLATION_DIRECTORIES"], translations, ignore=shutil.ignore_patterns("*.po*"))
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(translations)
    assert levels(find("catalogues")) == {"ok"}
    shutil.copy(_empty_catalogue(tmp_path), translations / "sv" / "LC_MESSAGES" / "messages.mo")
    assert levels(find("catalogues")) == {"warn"}
    (translations / "sv" / "LC_MESSAGES" / "messages.mo").unlink()
    assert levels(find("catalogues")) == {"fail"}


def _empty_catalogue(folder: Path) -> Path:
    path = folder / "empty.mo"
    path.write_bytes(bytes.fromhex("de120495") + b"".join(n.to_bytes(4, "little") for n in (0, 0, 28, 28, 0, 28)))
    with path.open("rb") as file:
        assert gettext.GNUTranslations(file)._catalog == {}
    return path


def test_redis_is_asked(app: Flask, find: Find, tmp_path: Path) -> None:
    assert find("redis")[0].says == "None is used."
    with Redis(tmp_path) as server:
        app.config["HELPDESK"] = Config(instance=tmp_path, secret_key=KEY, redis_url=server.url)
        assert levels(find("redis")) == {"ok"}
    assert levels(find("redis")) == {"warn"}


def test_the_mail_server_is_greeted(app: Flask, find: Find, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {"instance": tmp_path, "secret_key": KEY, "mail_server": "127.0.0.1", "mail_from": "desk@example.org"}
    facts |= {"public_url": "https://help.example.org", "mail_security": "none"}
    app.config["HELPDESK"] = Config(mail_port=free_port(), **facts)
    assert levels(find("mail")) == {"fail", "ok"}, "nobody listens there; the outbox is empty"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(doctor, "ANSWER_SECONDS", 0.2)
        monkeypatch.setattr(smtp, "ANSWER_SECONDS", 0.2)
        app.config["HELPDESK"] = Config(mail_port=silent.getsockname()[1], **facts)
        assert levels(find("mail")) == {"fail", "ok"}, "it takes the connection and says nothing"


def test_few_files_are_named(find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, level in ((256, "warn"), (16384, "ok")):
        monkeypatch.setattr(resource, "getrlimit", lambda _what, limit=limit: (limit, limit))
        assert levels(find("limits")) == {level}


def test_a_key_that_can_be_guessed_fails(app: Flask, find: Find, tmp_path: Path) -> None:
    app.config["HELPDESK"] = Config(instance=tmp_path, secret_key="ab" * 20)
    assert levels([*find("settings"), *find("key")]) == {"fail"}


def test_a_look_that_breaks_keeps_no_other_from_being_had(find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "room", lambda _config: 1 / 0)
    assert levels(find("disk")) == {"fail"}
    assert find("limits")
