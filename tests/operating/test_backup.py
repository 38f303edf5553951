"""A backup is made while others write, and what it brings back elsewhere is all that was there: rows and bytes."""

import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.files import service as files
from helpdesk.files.models import StoredFile
from helpdesk.operating import archive, backup, restore, snapshot
from helpdesk.tickets.models import Ticket, TicketMessage
from tests import builders
from tests.conftest import Make
from tests.operating.conftest import Elsewhere, ticket_with_file

WRITERS = 4


@pytest.fixture
def app(either: Flask) -> Flask:
    return either


class Members:
    """Members who add files, take one of two out again, and send the other, until they are told to stop."""

    def __init__(self, app: Flask, people: list[Person]) -> None:
        self.told: dict[int, str] = {}  # the number of each acknowledged ticket, and the digest of its file
        self._app, self._people = app, people
        self._hush = threading.Event()
        self._going_on = threading.Condition()

    @contextmanager
    def writing(self) -> Iterator["Members"]:
        threads = [threading.Thread(target=self._write, args=(person,)) for person in self._people]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._hush.set()
            for thread in threads:
                thread.join()

    def send(self, more: int) -> dict[int, str]:
        """Waits until so many more have been sent; all that have been acknowledged by then."""
        with self._going_on:
            enough = len(self.told) + more
            assert self._going_on.wait_for(lambda: len(self.told) >= enough, timeout=60), self.told
            return dict(self.told)

    def _write(self, person: Person) -> None:
        place = 0
        while not self._hush.is_set():
            place += 1
            words = f"{person.username} has done {place} things".encode()
            self._change_their_mind(person, words + b" badly")
            number = ticket_with_file(self._app, person, words)
            with self._going_on:
                self.told[number] = hashlib.sha256(words).hexdigest()
                self._going_on.notify_all()

    def _change_their_mind(self, person: Person, words: bytes) -> None:
        store, limits = self._app.config["FILES_STORE"], self._app.config["FILES_LIMITS"]
        prepared = files.receive(io.BytesIO(words), "draft.txt", store=store, limits=limits)
        for staged in (True, False):
            with self._app.app_context():
                intend_to_write()
                if staged:
                    file_id = files.stage(prepared, submission=builders.token(), by=person).id
                else:
                    files.remove(db.session.get_one(StoredFile, file_id), by=person)
                db.session.commit()


def tickets_with_files(app: Flask) -> dict[int, str]:
    """The number of each ticket, and the digest of its file; fails unless every row of a file has its bytes."""
    store = app.config["FILES_STORE"]
    with app.app_context():
        for file in db.session.scalars(select(StoredFile)):
            with store.open(file.key) as stream:
                assert hashlib.sha256(stream.read()).hexdigest() == file.sha256, file.name
        rows = (
            select(Ticket, StoredFile.sha256)
            .select_from(Ticket)
            .join(TicketMessage, TicketMessage.ticket_id == Ticket.id)
            .outerjoin(StoredFile, StoredFile.message_id == TicketMessage.id)
        )
        return {ticket.number: digest for ticket, digest in db.session.execute(rows)}


def test_a_backup_made_while_members_write_brings_every_acknowledged_ticket_and_file_back(
    app: Flask, make: Make, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    with Members(app, [make.member() for _ in range(WRITERS)]).writing() as members:
        before = members.send(more=3 * WRITERS)
        made = backup.make(app, tmp_path / "backups" / "desk.zip")
        members.send(more=WRITERS)
    other = elsewhere()

    restored = restore.take(other, made.path, at=now())

    found = tickets_with_files(restored.app)
    assert before.items() <= found.items(), "acknowledged before the backup began"
    assert found.items() <= members.told.items(), "nothing that nobody has sent"
    assert len(found) < len(members.told), "nobody wrote during or after the backup"
    assert made.manifest.missing == []
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in made.path.parent.iterdir()] == ["desk.zip"], "and nothing is left of making it"
    assert list(app.config["FILES_STORE"].held.iterdir()) == []


def test_a_file_that_is_deleted_while_it_is_copied_is_whole_in_the_backup(
    app: Flask, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket_with_file(app, make.member(), b"what I did")
    deleted = []

    def delete_all(*arguments: object, **options: object) -> None:
        for key in app.config["FILES_STORE"].kept_keys():
            app.config["FILES_STORE"].discard(key)
            deleted.append(key)
        add(*arguments, **options)

    add = archive.Writer.add
    monkeypatch.setattr(archive.Writer, "add", delete_all)

    made = backup.make(app, tmp_path / "desk.zip")

    assert made.manifest.keys == deleted
    with archive.reading(made.path) as reader, reader.open(f"files/{deleted[0]}") as file:
        assert file.read() == b"what I did"


def test_a_file_that_the_disk_has_lost_is_named_and_keeps_nobody_from_a_backup(
    app: Flask, make: Make, tmp_path: Path
) -> None:
    member = make.member()
    ticket_with_file(app, member, b"lost")
    (lost,) = app.config["FILES_STORE"].kept_keys()
    app.config["FILES_STORE"].discard(lost)
    ticket_with_file(app, member, b"kept")

    made = backup.make(app, tmp_path / "desk.zip")

    assert (made.manifest.missing, len(made.manifest.keys)) == ([lost], 1)
    said = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "again.zip")])
    assert (said.exit_code, "1 files that the database names are not on the disk" in said.stderr) == (1, True)


def test_what_cannot_be_written_leaves_nothing(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "backups"

    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive.Writer, "close", full)

    said = app.test_cli_runner().invoke(args=["backup", str(folder / "desk.zip")])

    assert (said.exit_code, "No space left on device" in said.stderr) == (1, True), said.output
    assert list(folder.iterdir()) == []
    assert list(app.config["FILES_STORE"].held.iterdir()) == []


def test_the_command_names_what_it_made_and_keeps_the_newest(app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for name in ("helpdesk-1.zip", "helpdesk-2.zip", "mine.zip"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("old")

    said = app.test_cli_runner().invoke(args=["backup", "--keep", "2"])

    assert said.exit_code == 0, said.output
    kept = sorted(path.name for path in folder.iterdir())
    assert (len(kept), kept[0], kept[-1]) == (3, "helpdesk-2.zip", "mine.zip")
    assert str(folder / kept[1]) in said.stdout and "checked" in said.stdout
    again = app.test_cli_runner().invoke(args=["backup", str(folder / "mine.zip")])
    assert (again.exit_code, "is there already" in again.stderr) == (1, True)
    assert zipfile.is_zipfile(folder / kept[1])


def test_a_database_that_cannot_be_copied_is_a_sentence(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_arguments: object) -> None:
        raise snapshot.NotCopied("SQLite finds the database damaged: row 1 missing from index")

    monkeypatch.setattr(snapshot, "copy_sqlite", damaged)
    monkeypatch.setattr(snapshot, "copy_postgresql", damaged)
    said = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "desk.zip")])
    assert (said.exit_code, "could not be copied" in said.stderr) == (1, True)
    assert not (tmp_path / "desk.zip").exists()
