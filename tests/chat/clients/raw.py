"""The second client of docs/chat-protocol.md: Socket.IO 5 packets written by hand, over a wire of wires.py."""

import json
import threading
from typing import Any

from tests.chat.clients.ears import Ears, Facts, NoAnswer
from tests.chat.clients.inbox import Inbox
from tests.chat.clients.wires import WIRES, Gone, Wire

OPEN, CLOSE, PING, PONG, MESSAGE = "0", "1", "2", "3", "4"
CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR = "0", "1", "2", "3", "4"
ANSWER_S = 8


class NotConnected(Exception):
    """The server refused the connection with this code."""


class RawClient:
    """One connection; `inbox` is set when it shows a chat."""

    def __init__(self, port: int, cookie: str, *, transport: str = "websocket", **headers: str) -> None:
        self.ears = Ears()
        self.inbox: Inbox | None = None
        self.refused = ""
        self.namespaces_refused: list[str] = []
        self.connected = False
        self.sid = ""
        self._answers: dict[int, Facts] = {}
        self._numbers = 0
        self._lock = threading.Lock()
        self._wire: Wire = WIRES[transport](port, **({"Cookie": cookie} if cookie else {}), **headers)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def connect(self, *, chat: int | None = None, after: int = 0) -> "RawClient":
        """The Socket.IO handshake, with what has been shown already. Raises NotConnected."""
        auth: dict[str, Any] = {} if chat is None else {"chat": chat, "after": after}
        self._wire.send(MESSAGE + CONNECT + (json.dumps(auth) if auth else ""))
        self.ears.until(lambda: self.connected or self.refused or self.ears.gone)
        if not self.connected:
            raise NotConnected(self.refused)
        return self

    def show(self, chat: int, shown: list[Facts] = ()) -> "RawClient":  # type: ignore[assignment]
        """Connects and shows a chat from where it was left."""
        self.inbox = Inbox(chat, self.ask, self.ears.tell)
        for message in shown:
            self.inbox.take(message)
        self.connect(chat=chat, after=self.inbox.head)
        self.ears.event("chat:caught_up", chat=chat)
        return self

    def ask(self, event: str, facts: object = None, *, seconds: float = ANSWER_S) -> Facts:
        """Says an event; its answer. Raises NoAnswer."""
        with self._lock:
            number, self._numbers = self._numbers, self._numbers + 1
        self.raw(f"{MESSAGE}{EVENT}{number}" + json.dumps([event, {} if facts is None else facts]))
        try:
            self.ears.until(lambda: number in self._answers or self.ears.gone, seconds)
        except AssertionError as nothing:
            raise NoAnswer(event) from nothing
        if number not in self._answers:
            raise NoAnswer(event)
        return self._answers.pop(number)

    def answered(self) -> list[int]:
        """The numbers of what has been answered and was not asked by `ask`."""
        return list(self._answers)

    def answer(self, number: int) -> Facts:
        """The answer with this number."""
        return self._answers[number]

    @property
    def path(self) -> str:
        """Where a polling client asks."""
        return str(getattr(self._wire, "path", ""))

    def raw(self, packet: str) -> None:
        """Sends a packet as it is. Raises NoAnswer if the line is cut."""
        try:
            self._wire.send(packet)
        except Gone:
            raise NoAnswer(packet[:80]) from None

    def cut(self) -> None:
        """The line is cut without a word."""
        self._wire.close()
        self._reader.join(30)
        self._wire.free()

    def close(self) -> None:
        """Says goodbye, and waits until the server has ended it too."""
        try:
            self._wire.send(MESSAGE + DISCONNECT)
            self._wire.send(CLOSE)
        except Gone:
            pass
        self.cut()

    def _read(self) -> None:
        try:
            while True:
                for packet in self._wire.receive():
                    self._hear(packet)
        except Gone:
            pass
        finally:
            self.ears.leave()

    def _hear(self, packet: str) -> None:
        kind, rest = packet[:1], packet[1:]
        if kind == PING:
            self._wire.send(PONG + rest)
        elif kind == CLOSE:
            raise Gone
        elif kind == MESSAGE:
            self._socket_io(rest[:1], rest[1:])

    def _socket_io(self, kind: str, rest: str) -> None:
        if kind == CONNECT:
            self.sid = str(json.loads(rest)["sid"])
            self.connected = True
        elif kind == CONNECT_ERROR and rest.startswith("/"):
            self.namespaces_refused.append(rest.partition(",")[0])
        elif kind == CONNECT_ERROR:
            why = json.loads(rest)
            self.refused = str(why["message"] if isinstance(why, dict) else why)
        elif kind == DISCONNECT:
            raise Gone
        elif kind == ACK:
            number, _, answer = rest.partition("[")
            self._answers[int(number)] = json.loads("[" + answer)[0]
        elif kind == EVENT:
            name, *facts = json.loads(rest)
            self._take(name, facts[0] if facts else {})
        self.ears.tell()

    def _take(self, name: str, facts: Facts) -> None:
        if self.inbox is not None:
            self.inbox.hear(name, facts)
        self.ears.hear(name, facts)
