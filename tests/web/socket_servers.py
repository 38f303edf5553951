"""The server of socket_server.py in a process of its own, and what can be read about that process."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.processes import PATIENCE, PYTHON, Server, free_port, started

MEGABYTE = 1 << 20


class SocketServer:
    """A running server, its facts and its memory."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.port = server.port
        self._process = Path(f"/proc/{server.process.pid}")

    def facts(self) -> dict[str, int]:
        """What the server says about itself."""
        return dict(json.loads(self.server.ask("/facts").text))

    def memory(self) -> int:
        """Bytes of memory that it holds now."""
        return self._status("VmRSS")

    def peak(self) -> int:
        """Bytes of memory that it has held at most since `forget_peak`."""
        return self._status("VmHWM")

    def forget_peak(self) -> int:
        """Begins a new measurement; the bytes that it begins with."""
        (self._process / "clear_refs").write_text("5")
        return self.memory()

    def until(self, fulfilled: Callable[[dict[str, int]], bool], seconds: float = PATIENCE) -> dict[str, int]:
        """The facts once they are as wanted; fails when that takes longer."""
        deadline = time.monotonic() + seconds
        while not fulfilled(facts := self.facts()):
            assert time.monotonic() < deadline, facts
            time.sleep(0.05)
        return facts

    def _status(self, name: str) -> int:
        for line in (self._process / "status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
        raise LookupError(name)


@contextmanager
def socket_server(folder: Path, *options: str, **environment: str) -> Iterator[SocketServer]:
    """A server on a free port of the loopback address, ended with the context."""
    port = free_port()
    command = (PYTHON, "-m", "tests.web.socket_server", port, *options)
    with started(*command, folder=folder, port=port, **environment) as server:
        yield SocketServer(server.wait_until_it_answers())


@contextmanager
def socket_server_on_gunicorn(folder: Path) -> Iterator[SocketServer]:
    """The same server below gunicorn's pywsgi worker."""
    port = free_port()
    command = (
        PYTHON, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-k", "gevent_pywsgi", "--no-control-socket",
        f"tests.web.socket_server:served('{port}')",
    )  # fmt: skip
    with started(*command, folder=folder, port=port) as server:
        yield SocketServer(server.wait_until_it_answers())
