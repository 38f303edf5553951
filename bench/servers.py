"""Server processes under measurement, asked one request after the other on a kept connection."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

START_SECONDS = 60
ANSWER_SECONDS = 20


class Server:
    """One child process that serves an application, and the connection to it."""

    def __init__(self, which: str, path: Path) -> None:
        command = [sys.executable, "-m", "bench.child", which, str(path)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        port = int(self._process.stdout.readline())
        self._connection = HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)

    def get(self, path: str, cookie: str) -> bytes:
        """The body of a page. Raises RuntimeError for anything but a page."""
        self._connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        response = self._connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}")
        return body

    def cpu_seconds(self) -> float:
        """The CPU time that the process has used so far, in user and system mode, of all its threads."""
        tasks = Path(f"/proc/{self._process.pid}/task").iterdir()
        # The first figure of schedstat: nanoseconds on a processor. That of stat counts in steps of 10 ms.
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def end(self) -> None:
        """Ends the process, by its own id."""
        self._connection.close()
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


@contextmanager
def running(which: str, path: Path) -> Iterator[Server]:
    """A server that is ended whatever happens."""
    server = Server(which, path)
    try:
        yield server
    finally:
        server.end()
