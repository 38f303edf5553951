"""Real servers for tests: started on a free loopback port, asked over HTTP, ended by the process id that we hold."""

import http.client
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path

from werkzeug.test import encode_multipart

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
PATIENCE = 90  # seconds for what takes two on a quiet machine


@dataclass
class Answer:
    """What a server answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Server:
    """A process that was started, what it prints, its port, and the port without TLS if it has both."""

    process: subprocess.Popen[bytes]
    log: Path
    port: int
    scheme: str = "http"
    plain: int = 0

    @property
    def printed(self) -> str:
        return self.log.read_text()

    def ask(
        self, path: str, *, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request over a connection of its own."""
        connection = self.connection()
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def connection(self) -> http.client.HTTPConnection:
        """A connection to be kept; whoever asks for it closes it."""
        if self.scheme == "http":
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        unverified = ssl.create_default_context()
        unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE, context=unverified)

    def wait_until_it_answers(self) -> "Server":
        """Returns once the port takes connections; fails with what was printed if the process ends before."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.printed
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.02)
        raise AssertionError(f"nothing listens on port {self.port}: {self.printed}")

    def wait_for(self, text: str) -> "Server":
        """Returns once this has been printed."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.printed:
            assert time.monotonic() < deadline and self.process.poll() is None, self.printed
            time.sleep(0.02)
        return self

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Sends a signal; the exit code, and the seconds until it was there."""
        begun = time.monotonic()
        self.process.send_signal(number)
        return self.end(), time.monotonic() - begun

    def end(self) -> int:
        """The exit code of a process that is about to end."""
        return self.process.wait(PATIENCE)


class Browser:
    """Somebody's browser at a server: keeps cookies and sends each form's secret."""

    def __init__(self, server: Server, host: str | None = None) -> None:
        self._server = server
        self._headers = {"Host": host, "Referer": f"{server.scheme}://{host}/"} if host else {}
        self._cookies: dict[str, str] = {}
        self._secret = ""

    def get(self, path: str) -> Answer:
        return self._ask(path)

    def post(self, path: str, **fields: object) -> Answer:
        """Sends a form; a file is a FileStorage."""
        boundary, body = encode_multipart({"csrf_token": self._secret, **fields})
        return self._ask(path, method="POST", body=body, content_type=f"multipart/form-data; boundary={boundary}")

    def sign_in(self, username: str, password: str) -> int:
        """Fills in the sign-in page; the status that follows, 303 if it was right."""
        self.get("/sign-in")
        status = self.post("/sign-in", username=username, password=password).status
        self.get("/profile")
        return status

    def _ask(self, path: str, *, method: str = "GET", body: bytes | None = None, content_type: str = "") -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {**self._headers, "Cookie": cookies, "Content-Type": content_type}
        sent = {name: value for name, value in headers.items() if value}
        answer = self._server.ask(path, method=method, body=body, headers=sent)
        for line in answer.headers.get_all("Set-Cookie", []):
            self._cookies.update({name: cookie.value for name, cookie in SimpleCookie(line).items()})
        secret = re.search(rb'name="csrf_token" value="([^"]+)"', answer.body)
        self._secret = secret[1].decode() if secret else self._secret
        return answer


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(*command: object, folder: Path, port: int, scheme: str = "http", **environment: str) -> Iterator[Server]:
    """Starts a command with these HELPDESK settings and nothing of the surrounding ones; it is ended at the end."""
    log = folder / f"printed-{port}"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [str(part) for part in command], cwd=ROOT, env=clean_environment(**environment), stdin=subprocess.DEVNULL,
            stdout=file, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        yield Server(process, log, port, scheme)
    finally:
        # The whole group: a server that was killed leaves no workers behind.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def clean_environment(**environment: str) -> dict[str, str]:
    """The surrounding environment without any setting of ours, and with these."""
    ours = ("HELPDESK_", "FLASK_", "GUNICORN_", "PORT", "DATABASE_URL", "WEB_CONCURRENCY")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | environment
