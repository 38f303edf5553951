"""The real server with a mail server that works, hangs or is away: requests go on, mail leaves when it can."""

import shutil
import subprocess
import time
from pathlib import Path

import pytest

from helpdesk.accounts.models import User
from helpdesk.extensions import db
from tests import builders
from tests.conftest import make_app
from tests.mail import post_office
from tests.mail.conftest import colleague, ended_chat, mail_settings, person, queue, rows
from tests.mail.post_office import open_post_office, pretend
from tests.processes import PYTHON, ROOT, Browser, Server, clean_environment, free_port, started

KEY = "a key for this test only 0123456789abcdef"


@pytest.fixture
def instance(tmp_path: Path, prepared_sqlite: Path) -> Path:
    shutil.copy(prepared_sqlite, tmp_path / "helpdesk.sqlite")
    return tmp_path


def environment(instance: Path, mail_port: int, **others: str) -> dict[str, str]:
    return {
        "HELPDESK_MODE": "production", "HELPDESK_INSTANCE": str(instance), "HELPDESK_SECRET_KEY": KEY,
        "HELPDESK_MAIL_SERVER": "127.0.0.1", "HELPDESK_MAIL_PORT": str(mail_port), "HELPDESK_MAIL_SECURITY": "none",
        "HELPDESK_MAIL_FROM": "support@help.example", **others,
    }  # fmt: skip


def serving(instance: Path, mail_port: int):
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    settings = environment(instance, mail_port, PORT=str(port), HELPDESK_PUBLIC_URL=site)
    return started(PYTHON, "app.py", folder=instance, port=port, **settings)


def until(done, seconds: float = 60) -> None:
    """Waits until something is so; a test that waits in vain fails."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it has not come to be"
        time.sleep(0.05)


def with_chat(instance: Path) -> int:
    """A chat of Åsa's that has ended, in the instance that will be served."""
    app = make_app(instance, **mail_settings(1))
    with app.app_context():
        chat = ended_chat(person(), colleague())
        db.engine.dispose()
    return chat


def waiting(instance: Path):
    app = make_app(instance, **mail_settings(1))
    with app.app_context():
        found = rows()
        db.engine.dispose()
    return found


def signed_in(server: Server) -> Browser:
    browser = Browser(server)
    assert browser.sign_in("asa", builders.PASSWORD) == 303
    return browser


def test_the_server_sends_what_a_page_has_asked_for(instance: Path) -> None:
    chat = with_chat(instance)
    with open_post_office() as post, serving(instance, post.port) as server:
        server.wait_until_it_answers()
        assert signed_in(server).post(f"/chat/{chat}/transcript").status == 303
        until(lambda: post.mails)
        assert server.stop()[0] == 0

    assert post.only().recipients == ["asa@members.example"] and f":{server.port}/" in post.only().part("plain")
    assert [mail.sent_at is not None for mail in waiting(instance)] == [True]
    assert "asa@" not in server.printed and "Error 42" not in server.printed


@pytest.mark.parametrize("talk", [post_office.black_hole, post_office.one_sign_at_a_time], ids=["silent", "slow"])
def test_a_mail_server_that_hangs_holds_up_nobody(instance: Path, talk) -> None:
    chat = with_chat(instance)
    with pretend(talk) as (mail_port, came), serving(instance, mail_port) as server:
        server.wait_until_it_answers()
        browser = signed_in(server)
        assert browser.post(f"/chat/{chat}/transcript").status == 303
        until(lambda: came)
        longest = 0.0
        for _ in range(40):
            begun = time.monotonic()
            assert browser.get("/technical-issues").status == 200
            assert browser.post("/profile", name="Åsa", language="sv", theme="dark").status == 303
            longest = max(longest, time.monotonic() - begun)
        assert longest < 2, "a page and a form meanwhile, on a machine with other work"
        assert [mail.sent_at for mail in waiting(instance)] == [None]
        code, seconds = server.stop()
        assert code == 0 and seconds < 12, "and it stops as it always does"


SLOW = """
from gevent import monkey; monkey.patch_all()
from helpdesk import create_app
from helpdesk.mail import smtp, worker
smtp.DEADLINE_SECONDS = 2
assert worker.send_due(create_app()) is True
"""


def test_a_mail_server_that_says_a_little_again_and_again_is_given_up(instance: Path) -> None:
    chat = with_chat(instance)
    app = make_app(instance, **mail_settings(1))
    with app.app_context():
        queue(db.session.get_one(User, 1), chat)
        db.engine.dispose()
    with pretend(post_office.one_sign_at_a_time) as (port, came):
        settings = environment(instance, port, HELPDESK_PUBLIC_URL="http://localhost:5000")
        begun = time.monotonic()
        done = subprocess.run(
            [PYTHON, "-c", SLOW],
            cwd=ROOT,
            env=clean_environment(**settings),
            capture_output=True,
            text=True,
            timeout=60,
        )

    assert done.returncode == 0, done.stderr
    assert came and time.monotonic() - begun > 2
    assert [mail.why for mail in waiting(instance)] == ["unreachable"]
