"""A TCP proxy between a client and the desk that does what networks do. Counts each fault that has happened."""

import selectors
import socket
import struct
import threading
import time
from collections import Counter
from contextlib import suppress
from enum import StrEnum

RESET = struct.pack("ii", 1, 0)
READ_BYTES = 64 * 1024


class Fault(StrEnum):
    """What is done from now on to what comes."""

    NONE = "none"
    REFUSE = "refuse"  # nobody is there: connections end at once
    RESET = "reset"  # at the next byte from either side, both get a reset
    SILENCE = "silence"  # swallows everything, says nothing to anybody
    HALF_CLOSE = "half close"  # at the next byte of the client its stream ends for the desk; the other way goes on
    DELAY = "delay"  # everything takes two seconds more, each way
    CUT_ANSWER = "cut answer"  # what the client asks is passed on; at the first byte of the answer both get a reset


DELAY_SECONDS = 2.0


class Proxy:
    """Listens on a port of its own on the loopback address, with a thread for each connection."""

    def __init__(self, to: int) -> None:
        self.fault = Fault.NONE
        self.happened: Counter[Fault] = Counter()
        self._to = to
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = int(self._listener.getsockname()[1])
        self._open: set[socket.socket] = set()
        self._ended = False
        self._accepting = threading.Thread(target=self._accept)

    def __enter__(self) -> "Proxy":
        self._accepting.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self._ended = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()
        self.cut()

    def cut(self) -> None:
        """Resets all connections that there are."""
        for end in list(self._open):
            _reset(end)

    def _accept(self) -> None:
        while not self._ended:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.fault is Fault.REFUSE:
                self.happened[Fault.REFUSE] += 1
                _reset(client)
                continue
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.socket() as desk:
            ends = {client, desk}
            try:
                desk.connect(("127.0.0.1", self._to))
                self._open |= ends
                self._pass_on(client, desk)
            except OSError:
                pass
            finally:
                self._open -= ends
                for end in ends:
                    _reset(end)

    def _pass_on(self, client: socket.socket, desk: socket.socket) -> None:
        """Until one side has ended. Raises OSError for the faults that end a connection."""
        asked = False
        late: list[tuple[float, socket.socket, bytes]] = []
        with selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, desk)
            ready.register(desk, selectors.EVENT_READ, client)
            while True:
                for key, _ in ready.select(0.05 if late else 0.5):
                    data = key.fileobj.recv(READ_BYTES)  # type: ignore[union-attr]
                    from_client = key.fileobj is client
                    asked = (asked or from_client) and self.fault is Fault.CUT_ANSWER
                    if not data:
                        return
                    if self.fault is Fault.DELAY:
                        self.happened[Fault.DELAY] += 1
                        late.append((time.monotonic() + DELAY_SECONDS, key.data, data))
                    elif self._lets_pass(from_client, asked, desk):
                        late.append((0.0, key.data, data))
                while late and late[0][0] <= time.monotonic():
                    _, end, data = late.pop(0)
                    end.sendall(data)

    def _lets_pass(self, from_client: bool, asked: bool, desk: socket.socket) -> bool:
        """Whether this piece goes on. Raises OSError where the fault ends the connection instead."""
        match self.fault:
            case Fault.RESET:
                self.happened[Fault.RESET] += 1
                raise ConnectionResetError
            case Fault.CUT_ANSWER if asked and not from_client:
                self.happened[Fault.CUT_ANSWER] += 1
                raise ConnectionResetError
            case Fault.SILENCE:
                self.happened[Fault.SILENCE] += 1
                return False
            case Fault.HALF_CLOSE if from_client:
                self.happened[Fault.HALF_CLOSE] += 1
                with suppress(OSError):
                    desk.shutdown(socket.SHUT_WR)
                return False
        return True


def _reset(end: socket.socket) -> None:
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        end.shutdown(socket.SHUT_RDWR)
    end.close()
