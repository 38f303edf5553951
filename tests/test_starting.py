"""`python app.py`, started as a newcomer and as an operator start it: a real process, asked over HTTP, stopped."""

import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http.client import RemoteDisconnected
from pathlib import Path

import pytest

from helpdesk import demo, serving
from tests.conftest import KEY
from tests.processes import PYTHON, ROOT, Browser, Server, clean_environment, free_port, started

Start = Callable[..., AbstractContextManager[Server]]
APP = (PYTHON, ROOT / "app.py")


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Starts the desk on an instance folder of this test."""

    def start_on(**settings: str) -> AbstractContextManager[Server]:
        port = free_port()
        environment = {"HELPDESK_INSTANCE": str(tmp_path / "instance"), "PORT": str(port), **settings}
        return started(*APP, folder=tmp_path, port=port, **environment)

    return start_on


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo that several tests look at."""
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    settings = {"HELPDESK_INSTANCE": str(folder / "instance"), "PORT": str(port)}
    with started(*APP, folder=folder, port=port, **settings) as server:
        yield server.wait_for(demo.PASSWORD).wait_until_it_answers()


def test_it_says_where_it_is_and_who_can_sign_in(running: Server) -> None:
    assert f"http://127.0.0.1:{running.port}/" in running.printed
    for account in demo.ACCOUNTS:
        assert account.username in running.printed
    assert "Warning" not in running.printed and "Traceback" not in running.printed


def test_it_answers(running: Server) -> None:
    assert running.ask("/healthz").status == 200
    assert running.ask("/sign-in").status == 200
    assert Browser(running).sign_in("fr-gold", demo.PASSWORD) == 303
    assert Browser(running).sign_in("fr-gold", "something else") != 303


def test_another_host_name_is_not_answered(running: Server) -> None:
    assert running.ask("/healthz", headers={"Host": f"localhost:{running.port}"}).status == 200
    assert running.ask("/healthz", headers={"Host": "help.example.org"}).status == 400


def test_what_is_no_http_is_refused_and_nobody_is_named_in_the_log(running: Server) -> None:
    with socket.create_connection(("127.0.0.1", running.port), 10) as peer:
        peer.sendall(b"NONSENSE with my secret words in it\r\n\r\n")
        answer = peer.recv(1000)

    assert b" 400 " in answer
    running.wait_for("malformed request")
    assert "127.0.0.1:" not in running.printed.replace(f"http://127.0.0.1:{running.port}/", "")
    assert "secret words" not in running.printed


def test_its_files_are_its_users_own(start: Start, tmp_path: Path) -> None:
    with start(HELPDESK_SECRET_KEY=KEY) as server:
        server.wait_until_it_answers()
        made = [tmp_path / "instance", *(tmp_path / "instance").rglob("*")]

        assert len(made) > 3
        assert [path for path in made if path.stat().st_mode & 0o077] == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_and_starts_again_without_a_second_demo(start: Start, number: signal.Signals) -> None:
    with start() as server:
        server.wait_for(demo.PASSWORD).wait_until_it_answers()
        kept = server.connection()
        kept.request("GET", "/healthz")
        assert kept.getresponse().read()

        code, seconds = server.stop(number)  # although a browser keeps its connection

        kept.close()
        assert (code, "Traceback" in server.printed) == (0, False), server.printed
        assert seconds < serving.DRAIN_SECONDS, "it has waited for a connection that nothing was asked on"
    with start() as server:  # a second set of the same accounts would be refused by the database
        server.wait_for(demo.PASSWORD).wait_until_it_answers()
        assert server.ask("/healthz").status == 200


def test_a_request_that_is_being_answered_is_answered_to_its_end(start: Start) -> None:
    with start() as server:
        server.wait_until_it_answers()
        with socket.create_connection(("127.0.0.1", server.port), 10) as peer:
            head = f"POST /sign-in HTTP/1.1\r\nHost: localhost:{server.port}\r\nContent-Length: 7\r\n"
            peer.sendall(head.encode() + b"Content-Type: application/x-www-form-urlencoded\r\n\r\nuser")
            assert server.ask("/healthz").status == 200  # which came later, so ours is in hand now
            ask_until_refused_after(server, signal.SIGTERM)
            peer.sendall(b"=x&")
            answer = peer.makefile("rb").read().decode()

        assert server.end() == 0
        assert answer.startswith("HTTP/1.1 4"), answer
        assert "Connection: close" in answer


def ask_until_refused_after(server: Server, number: signal.Signals) -> None:
    """Returns when the server takes no new connections any more."""
    server.process.send_signal(number)
    while True:
        try:
            server.ask("/healthz")
        except (ConnectionRefusedError, ConnectionResetError, RemoteDisconnected):
            return


def test_a_second_one_on_the_same_instance_is_refused(start: Start) -> None:
    with start() as first:
        first.wait_until_it_answers()
        with start() as second:
            assert second.end() == 1
            assert "PostgreSQL" in second.printed
        assert first.ask("/healthz").status == 200


def test_a_port_that_is_taken_is_named(start: Start, running: Server) -> None:
    with start(PORT=str(running.port)) as server:
        assert server.end() == 1
        assert f"Port {running.port} is in use" in server.printed
        assert "Traceback" not in server.printed and " is at " not in server.printed


def test_the_demo_serves_this_machine_only(start: Start) -> None:
    with start(HELPDESK_HOST="0.0.0.0") as server:  # noqa: S104
        assert server.end() == 1
        assert "loopback" in server.printed and "Traceback" not in server.printed


def test_in_production_the_first_administrator_is_made_by_a_command(start: Start, tmp_path: Path) -> None:
    production = {"HELPDESK_MODE": "production", "HELPDESK_INSTANCE": str(tmp_path / "instance")}
    with start(**production) as server:
        server.wait_for(" is at ").wait_until_it_answers()
        assert demo.PASSWORD not in server.printed
        assert Browser(server).sign_in("admin", demo.PASSWORD) != 303

        options = ("--username", "kim", "--email", "kim@example.org", "--name", "Kim Berg", "--password-stdin")
        made = subprocess.run(
            [PYTHON, "-m", "flask", "create-admin", *options], cwd=ROOT, env=clean_environment(**production),
            input="seventeen green bicycles\n", capture_output=True, text=True,
        )  # fmt: skip

        assert made.returncode == 0, made.stderr
        assert Browser(server).sign_in("kim", "seventeen green bicycles") == 303
        assert server.stop()[0] == 0
