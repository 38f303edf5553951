"""F04, F05, G10: a full disk and a process at its limits say so, keep what was acknowledged, and go on afterwards."""

import io
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from helpdesk import demo
from helpdesk.extensions import db
from helpdesk.operating import ballast
from helpdesk.tickets.models import TicketMessage
from tests import builders
from tests.conftest import Client, Make, make_app
from tests.faults.full_disk import fill, small_disk
from tests.processes import PYTHON, Browser, free_port, started

MEGABYTES = 40
WORDS = "It still stops at the payment page. " * 100
FULL = "Notre serveur n’a plus d’espace"


@pytest.fixture
def app(tmp_path: Path, prepared_sqlite: Path) -> Iterator[Flask]:
    """A desk whose whole instance is on a small disk."""
    with small_disk(tmp_path / "disk", MEGABYTES) as disk:
        shutil.copy(prepared_sqlite, disk / "helpdesk.sqlite")
        app = make_app(disk)
        app.testing = False
        yield app
        with app.app_context():
            db.engine.dispose()


class Writer:
    """A member who writes in their ticket, and keeps what was acknowledged."""

    def __init__(self, app: Flask, client: Client, make: Make) -> None:
        member = make.member(language="fr")
        self.client = client.sign_in(member)
        self.number = make.ticket(member).number
        self.acknowledged: list[str] = []
        self._app = app

    def write(self) -> int:
        """Writes once more; the status of the answer."""
        words = f"#{len(self.acknowledged) + 1} {WORDS}"
        facts = {"body": words, "submission": builders.token()}
        answer = self.client.post(f"/technical-issues/{self.number}/messages", data=facts)
        if answer.status_code == 303:
            self.acknowledged.append(words.strip())
        else:
            assert FULL in answer.text and answer.headers["Retry-After"], answer.text
        return answer.status_code

    def until_refused(self) -> int:
        """Writes until it is refused; how often it was taken before."""
        taken = 0
        while self.write() == 303:
            taken += 1
            assert taken < 2000, "the disk never was full"
        return taken

    def upload(self) -> int:
        form, file = builders.token(), (builders.picture(900, 700), "picture.png")
        return self.client.post(f"/files/{form}", data={"files": file, "back": "/profile"}).status_code

    def assert_everything_is_there(self, disk: Path) -> None:
        """What was acknowledged is stored, nothing else is, and the database is whole."""
        with self._app.app_context():
            mine = select(TicketMessage.body).where(TicketMessage.kind == "reply").order_by(TicketMessage.seq)
            assert list(db.session.scalars(mine)) == self.acknowledged
        with closing(sqlite3.connect(disk / "helpdesk.sqlite")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_full_disk_is_told_reading_goes_on_and_so_does_writing_once_there_is_room(
    app: Flask, client: Client, make: Make
) -> None:
    disk = app.config["HELPDESK"].instance
    writer = Writer(app, client, make)
    assert writer.upload() == 303 and writer.write() == 303
    ballast.keep(app.config["HELPDESK"])
    kept = set(app.config["FILES_STORE"].kept_keys())

    filler = fill(disk, leaving=MEGABYTES * 1024**2 // 20)
    assert (writer.upload(), writer.write()) == (507, 303), "files stop at a tenth; words still have room"
    fill(disk, leaving=0)
    assert ballast.place(app.config["HELPDESK"]).exists()
    writer.until_refused()
    assert not ballast.place(app.config["HELPDESK"]).exists(), "it was given up"
    assert writer.write() == 303, "and there is room once more"
    fill(disk, leaving=0)
    writer.until_refused()

    assert (writer.write(), writer.upload()) == (507, 507)
    for path in ("/technical-issues", f"/technical-issues/{writer.number}", "/healthz"):
        assert writer.client.get(path).status_code == 200, path
    assert writer.client.get("/readyz").status_code == 503
    assert app.config["FILES_STORE"].kept_keys() == kept and not list((disk / "files" / "staging").iterdir())

    filler.unlink()
    assert (writer.write(), writer.upload()) == (303, 303), "without a restart"
    writer.assert_everything_is_there(disk)


def test_a_process_at_its_limits_says_so_and_serves_again_below_them(tmp_path: Path) -> None:
    """F05: RLIMIT_FSIZE, at which files say EFBIG and SQLite `disk I/O error` (M16), and RLIMIT_NOFILE."""
    port = free_port()
    settings = {"HELPDESK_MODE": "demo", "HELPDESK_INSTANCE": str(tmp_path / "instance"), "PORT": str(port)}
    command = ("prlimit", "--fsize=4000000", "--nofile=64", PYTHON, "app.py")
    with started(*command, folder=tmp_path, port=port, **settings) as server:
        server.wait_until_it_answers()
        silver = Browser(server)
        assert silver.sign_in("sv-silver", demo.PASSWORD) == 303

        held = [socket.create_connection(("127.0.0.1", port), timeout=5) for _connection in range(100)]
        for connection in held:
            connection.close()
        assert server.ask("/readyz").status == 200

        assert [send(silver, size) for size in (3_000_000, 5_000_000, 3_000_000)] == [303, 507, 303]
        assert silver.get("/technical-issues").status == 200
        assert server.process.poll() is None


def send(browser: Browser, size: int) -> int:
    """The status that is answered to a text of so many bytes."""
    file = FileStorage(io.BytesIO(b"2026-03-06 12:00 it stops\n" * (size // 26)), "log.txt")
    return browser.post(f"/files/{builders.token()}", files=file, back="/profile").status
