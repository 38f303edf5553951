"""Engine.IO 4 by hand, on both transports: text packets out, text packets in. Knows no Socket.IO."""

import http.client
import json
import socket
import threading
from contextlib import suppress
from typing import Protocol

from tests.web import wsclient
from tests.web.wsclient import Client, Ended

MOST_IN_A_BODY = 16
BETWEEN = "\x1e"
QUIET = 60  # seconds: longer than the server ever says nothing


class Gone(Exception):
    """The connection has ended."""


class Refused(Exception):
    """The handshake was refused, with this HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Wire(Protocol):
    """What carries packets; one thread receives, any may send."""

    def send(self, packet: str) -> None: ...

    def receive(self) -> list[str]:
        """The next packets, at least one. Raises Gone."""
        ...

    def close(self) -> None:
        """Cuts the line, as a tunnel does: nothing is said."""
        ...

    def free(self) -> None:
        """Gives the sockets back, once nobody receives any more."""
        ...


class WebSocketWire:
    """Packets as the frames of a WebSocket."""

    def __init__(self, port: int, **headers: str) -> None:
        self._client = Client(port)
        self._sending = threading.Lock()
        try:
            self._client.open(**headers)
        except wsclient.Refused as refused:
            self._client.socket.close()
            raise Refused(refused.status) from None
        self._client.socket.settimeout(QUIET)

    def send(self, packet: str) -> None:
        try:
            with self._sending:
                self._client.say(packet)
        except OSError as fault:
            raise Gone from fault

    def receive(self) -> list[str]:
        try:
            return [self._client.text()]
        except (Ended, OSError) as fault:
            raise Gone from fault

    def close(self) -> None:
        with suppress(OSError):
            self._client.socket.shutdown(socket.SHUT_RDWR)

    def free(self) -> None:
        self._client.socket.close()


class PollingWire:
    """Packets in the bodies of requests and answers: a GET that waits, and POSTs beside it."""

    def __init__(self, port: int, **headers: str) -> None:
        self._headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self._port = port
        self.path = "/socket.io/?EIO=4&transport=polling"
        self._gets, self._posts = self._connection(), self._connection()
        self._sending = threading.Lock()
        self._first: list[str] = []
        try:
            # An Engine.IO packet of the type "open" is the first; the session's number is in it.
            (opened,) = self.receive()
        except Exception:
            self.free()
            raise
        self.path += f"&sid={json.loads(opened[1:])['sid']}"
        self._first = [opened]

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=QUIET)

    def send(self, packet: str) -> None:
        with self._sending:
            self._ask(self._posts, "POST", packet.encode())

    def receive(self) -> list[str]:
        if self._first:
            first, self._first = self._first, []
            return first
        return self._ask(self._gets, "GET", None).split(BETWEEN)

    def _ask(self, connection: http.client.HTTPConnection, method: str, body: bytes | None) -> str:
        headers = {**self._headers, **({"Content-Type": "text/plain;charset=UTF-8"} if body else {})}
        try:
            connection.request(method, self.path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException) as fault:
            raise Gone from fault
        if response.status != 200:
            raise Gone if "sid=" in self.path else Refused(response.status)
        return text

    def close(self) -> None:
        for connection in (self._gets, self._posts):
            if connection.sock is not None:
                with suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)

    def free(self) -> None:
        self._gets.close()
        self._posts.close()


WIRES = {"websocket": WebSocketWire, "polling": PollingWire}
