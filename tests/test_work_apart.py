"""`flask work` as a process of its own, beside servers that leave the work to it; and what it is refused for."""

import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from helpdesk import work
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.tickets.models import Ticket
from tests import builders, postgresql
from tests.conftest import KEY, Make, make_app
from tests.mail.conftest import mail_settings
from tests.mail.post_office import PostOffice, Taken, open_post_office
from tests.processes import PYTHON, ROOT, clean_environment

WEEK = timedelta(days=7)
PATIENCE = 60


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with open_post_office() as office:
        yield office


@pytest.fixture
def address(postgresql_socket: str) -> Iterator[str]:
    name = f"test_{builders.token()}"
    yield postgresql.create_database(postgresql_socket, name, template="prepared")
    postgresql.drop_database(postgresql_socket, name)


@pytest.fixture
def app(tmp_path: Path, address: str, post: PostOffice) -> Iterator[Flask]:
    """An application that serves and leaves the work to another process."""
    made = make_app(tmp_path, database_url=address, work="separate", **mail_settings(post.port))
    yield made
    with made.app_context():
        db.engine.dispose()


def until(done) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, "it has not come to be"
        time.sleep(0.05)


def to_maja(post: PostOffice) -> list[Taken]:
    return [mail for mail in list(post.mails) if mail.recipients == ["maja@members.example"]]


def test_another_process_sends_the_mail_and_reminds_until_it_is_stopped(
    app: Flask, make: Make, post: PostOffice, tmp_path: Path, address: str
) -> None:
    assert work.start(app) == [], "the server itself does not"
    late = make.awaiting(make.member(email="maja@members.example"), make.agent(), at=now() - WEEK)
    settings = {
        "HELPDESK_INSTANCE": str(tmp_path), "HELPDESK_SECRET_KEY": KEY, "DATABASE_URL": address,
        "HELPDESK_WORK": "separate", "HELPDESK_MAIL_SERVER": "127.0.0.1", "HELPDESK_MAIL_PORT": str(post.port),
        "HELPDESK_MAIL_SECURITY": "none", "HELPDESK_MAIL_FROM": "support@help.example",
        "HELPDESK_PUBLIC_URL": "http://localhost:5000",
    }  # fmt: skip
    log = tmp_path / "work.log"
    with log.open("wb") as printed:
        process = subprocess.Popen(
            [PYTHON, "-m", "flask", "work"], cwd=ROOT, env=clean_environment(**settings), stdout=printed, stderr=printed
        )
        try:
            until(lambda: make.look(lambda: db.session.get_one(Ticket, late.id).reminded_at) is not None)
            until(lambda: len(to_maja(post)) == 3)
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
            process.wait()

    assert log.read_text() == ""
    assert len({mail.message["Subject"] for mail in to_maja(post)}) == 3
