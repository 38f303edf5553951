"""Server processes under measurement, asked one request after the other on a kept connection."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

ANSWER_SECONDS = 60
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


class Process:
    """One child process that serves, and says its port in its first line."""

    def __init__(self, command: Sequence[str], folder: Path | None = None) -> None:
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder)
        self.port = int(self._process.stdout.readline())

    def next_line(self) -> str:
        """What else the process says before it serves."""
        return self._process.stdout.readline().strip()

    def cpu_seconds(self) -> float:
        """The CPU time that the process has used so far, in user and system mode, of all its threads."""
        tasks = Path(f"/proc/{self._process.pid}/task").iterdir()
        # The first figure of schedstat: nanoseconds on a processor. That of stat counts in steps of 10 ms.
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def resident_bytes(self) -> int:
        """The memory that the process has now."""
        for line in Path(f"/proc/{self._process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise OSError("no VmRSS: the server has ended")

    def end(self) -> None:
        """Ends the process, by its own id."""
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


class Server(Process):
    """A process that serves pages, and the connection to it."""

    def __init__(self, command: Sequence[str], folder: Path | None = None) -> None:
        super().__init__(command, folder)
        self._connection = HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)

    def get(self, path: str, cookie: str, *, part: bool = False) -> bytes:
        """The body of a page, or of a part as HTMX asks for it. Raises RuntimeError for anything but a page."""
        headers = {"Cookie": cookie} if cookie else {}
        self._connection.request("GET", path, headers=headers | (PART if part else {}))
        response = self._connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}")
        return body

    def end(self) -> None:
        self._connection.close()
        super().end()


def child(which: str, path: Path) -> list[str]:
    """The command of a server of bench/child.py."""
    return [sys.executable, "-m", "bench.child", which, str(path)]


@contextmanager
def running(command: Sequence[str]) -> Iterator[Server]:
    """A server that is ended whatever happens."""
    server = Server(command)
    try:
        yield server
    finally:
        server.end()
