"""gunicorn with the shipped settings: it answers, hands over, stops in order, and gives up in words."""

import re
import shutil
import signal
from pathlib import Path

import pytest

from tests.deploy.shipped import HOST, NAME, gunicorn
from tests.processes import Server

SECONDS = 10  # after SIGTERM


@pytest.fixture
def instance(tmp_path: Path, desk: Path) -> Path:
    """A copy of the prepared instance, for a gunicorn of this test's own."""
    shutil.copytree(desk / "instance", tmp_path / "instance")
    return tmp_path


def test_gunicorn_answers_to_its_public_name_only(served: Server) -> None:
    assert served.ask("/healthz", headers=HOST).text == '{"ok":true}\n'
    assert served.ask("/healthz", headers={"Host": "evil.example"}).status == 400
    assert "Warning" not in served.printed


def test_gunicorn_stops_in_order_within_ten_seconds(instance: Path) -> None:
    with gunicorn(instance) as server:
        server.wait_until_it_answers()
        kept = server.connection()
        kept.request("GET", "/healthz", headers=HOST)
        assert kept.getresponse().read()

        code, seconds = server.stop()

        kept.close()
        assert code == 0, server.printed
        assert seconds < SECONDS
        assert not re.search("Traceback|SIGKILL|timeout", server.printed), server.printed


def test_a_reload_hands_over_and_nobody_is_refused(instance: Path) -> None:
    with gunicorn(instance) as server:
        assert server.wait_until_it_answers().ask("/healthz", headers=HOST).status == 200
        server.process.send_signal(signal.SIGHUP)
        while "Worker exiting" not in server.printed:
            assert server.ask("/healthz", headers=HOST).status == 200
        assert server.ask("/healthz", headers=HOST).status == 200
        assert server.stop()[0] == 0


@pytest.mark.parametrize(
    ("options", "settings", "sentence"),
    [
        (("-w", "2"), {}, "PostgreSQL"),
        ((), {"HELPDESK_PUBLIC_URL": f"http://{NAME}"}, "https://"),
        ((), {"FLASK_DEBUG": "1"}, "debugger"),
    ],
)
def test_gunicorn_gives_up_and_says_why(
    instance: Path, options: tuple[str, ...], settings: dict[str, str], sentence: str
) -> None:
    with gunicorn(instance, *options, **settings) as server:
        assert server.end() == 3  # at which systemd does not try again
        assert sentence in server.printed
        assert server.printed.count("Booting worker") <= 2
        assert "Traceback" not in server.printed


def test_several_workers_on_sqlite_are_refused_before_there_is_one(instance: Path) -> None:
    with gunicorn(instance, "-w", "2") as server:
        assert server.end() == 3
        assert "Booting worker" not in server.printed
