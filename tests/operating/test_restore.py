"""A restore refuses what it must not touch, finishes what was killed, and brings an older schema up to date."""

import io
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import select

from helpdesk import serving
from helpdesk.accounts.models import User
from helpdesk.config import BadSetting
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.operating import archive, backup, restore, snapshot
from helpdesk.operating.archive import BadArchive
from tests.conftest import Make
from tests.operating.conftest import Elsewhere, ticket_with_file

Change = Callable[[Path], None]


@pytest.fixture
def made(app: Flask, make: Make, tmp_path: Path) -> Path:
    """A backup of a desk with one member and their file."""
    ticket_with_file(app, make.member("kim"), b"what I did")
    return backup.make(app, tmp_path / "desk.zip").path


def people(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(User.username)))


def holds(app: Flask) -> list[str]:
    """What lies in an instance folder, but for the key and the folders that every application makes."""
    folder = app.config["HELPDESK"].instance
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.name != "secret_key"]


def rewritten(path: Path, change: Callable[[dict[str, object]], None]) -> None:
    """The same archive with another manifest."""
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    manifest = json.loads(members[archive.MANIFEST])
    change(manifest)
    members[archive.MANIFEST] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w") as new:
        for name, content in members.items():
            new.writestr(name, content)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def flip(path: Path) -> None:
    """Changes one byte of the file that a member had sent."""
    content = path.read_bytes()
    path.write_bytes(content.replace(b"what I did", b"what I dud"))


def no_archive(path: Path) -> None:
    path.write_text("not a backup at all")


def member_more(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("files/../../../etc/passwd", "root")


def outside(path: Path) -> None:
    def change(manifest: dict[str, object]) -> None:
        manifest["members"]["../../etc/passwd"] = {"size": 0, "sha256": ""}

    rewritten(path, change)


def newer_format(path: Path) -> None:
    rewritten(path, lambda manifest: manifest.update(format=2))


def newer_schema(path: Path) -> None:
    rewritten(path, lambda manifest: manifest.update(schema="9999_from_the_future"))


def of_another_program(path: Path) -> None:
    rewritten(path, lambda manifest: manifest.update(product="something else"))


def of_postgresql(path: Path) -> None:
    rewritten(path, lambda manifest: manifest.update(database="postgresql"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (cut, "damaged"), (flip, "damaged"), (no_archive, "not a backup"), (member_more, "not those that its manifest"),
        (outside, "names what no backup holds"), (newer_format, "newer version"), (newer_schema, "newer version"),
        (of_another_program, "not a backup of this program"), (of_postgresql, "a postgresql database"),
    ],
    ids=lambda part: getattr(part, "__name__", None),
)  # fmt: skip
def test_an_archive_that_cannot_be_used_changes_nothing(
    made: Path, elsewhere: Elsewhere, change: Change, words: str
) -> None:
    change(made)
    other = elsewhere()

    said = other.test_cli_runner().invoke(args=["restore", str(made)])

    assert (said.exit_code, words in said.stderr) == (1, True), said.output
    assert holds(other) == []


def test_an_instance_that_is_not_empty_is_left_alone(app: Flask, made: Path, make: Make, tmp_path: Path) -> None:
    make.member("came-later")

    said = app.test_cli_runner().invoke(args=["restore", str(made)])

    assert (said.exit_code, "has a database already" in said.stderr) == (1, True), said.output
    assert set(people(app)) == {"kim", "came-later"}
    assert not (tmp_path / serving.RESTORING).exists()


def test_files_of_another_desk_are_left_alone(made: Path, elsewhere: Elsewhere) -> None:
    other = elsewhere()
    other.config["FILES_STORE"].bring_back("0" * 32, io.BytesIO(b"theirs"))

    with pytest.raises(restore.NotEmpty, match="files of another desk"):
        restore.take(other, made, at=now())


def test_an_instance_that_is_served_is_left_alone(made: Path, elsewhere: Elsewhere) -> None:
    other = elsewhere()
    with serving.held(other.config["HELPDESK"]), pytest.raises(serving.AlreadyServed):
        restore.take(other, made, at=now())
    assert "helpdesk.sqlite" not in holds(other)


def test_the_key_comes_back_so_that_nobody_has_to_sign_in_anew(
    app: Flask, made: Path, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    (tmp_path / "secret_key").write_text("of the old machine, long enough 0123456789")
    whole = backup.make(app, tmp_path / "whole.zip").path
    other = elsewhere()

    restore.take(other, whole, at=now())

    key = other.config["HELPDESK"].instance / "secret_key"
    assert (key.read_text(), key.stat().st_mode & 0o777) == ("of the old machine, long enough 0123456789", 0o600)


def test_a_restore_that_was_killed_is_not_served_and_is_run_again(
    made: Path, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = elsewhere()
    for step in ("_write", "_replay"):
        with monkeypatch.context() as killed:
            killed.setattr(restore, step, lambda *_arguments: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                restore.take(other, made, at=now())
        with pytest.raises(BadSetting, match="A restore was not finished"):
            serving.check(other)

    restore.take(other, made, at=now())

    serving.check(other)
    assert people(other) == ["kim"]


def test_a_backup_of_an_older_schema_is_brought_up_to_date(
    app: Flask, make: Make, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    ticket_with_file(app, make.member("kim"), b"what I did")
    with app.app_context():
        downgrade(directory=app.extensions["migrate"].directory, revision="-1")
    old = backup.make(app, tmp_path / "old.zip")
    other = elsewhere()

    restore.take(other, old.path, at=now())

    assert people(other) == ["kim"]
    serving.check(other)
    assert old.manifest.schema not in (None, serving._scripts(app).get_current_head())


def test_it_goes_into_a_folder_that_is_named(app: Flask, made: Path, tmp_path: Path) -> None:
    said = app.test_cli_runner().invoke(args=["restore", str(made), "--into", str(tmp_path / "drill")])

    assert said.exit_code == 0, said.output
    assert "with 1 files" in said.stdout and str(tmp_path / "drill") in said.stdout
    assert (tmp_path / "drill" / "helpdesk.sqlite").stat().st_mode & 0o777 == 0o600


def test_who_was_erased_since_stays_erased(
    app: Flask, made: Path, tmp_path: Path, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / archive.TOMBSTONES).write_text('{"erased": 1}\n')
    whole = backup.make(app, tmp_path / "whole.zip").path
    other = elsewhere()
    stones = other.config["HELPDESK"].instance / archive.TOMBSTONES
    stones.write_text('{"erased": 2}\n')
    seen: list[str] = []
    monkeypatch.setattr(restore, "_replay", lambda *_arguments: seen.append(stones.read_text()) or 2)

    assert restore.take(other, whole, at=now()).forgotten == 2

    assert seen == ['{"erased": 1}\n{"erased": 2}\n'], "those of the archive and those of this machine"


def test_a_password_is_on_no_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[list[str], dict[str, str]]] = []

    def run(command: list[str], *, env: dict[str, str], **_options: object) -> subprocess.CompletedProcess[str]:
        ran.append((command, env))
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(snapshot.subprocess, "run", run)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    snapshot.program("pg_dump", "--file=x", address="postgresql+psycopg://desk:pass-word@db.example:5433/desk")
    ((command, environment),) = ran
    assert "pass-word" not in " ".join(command)
    names = ("PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSWORD")
    assert [environment[name] for name in names] == ["db.example", "5433", "desk", "desk", "pass-word"]


def test_without_the_programs_of_postgresql_it_says_which_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(snapshot.NotCopied, match="postgresql-client"):
        snapshot.program("pg_dump", address="postgresql://db/desk")


def test_a_damaged_member_is_no_reason_for_a_traceback(made: Path) -> None:
    with archive.reading(made) as reader, pytest.raises(BadArchive):
        reader.open("files/" + "f" * 32)
