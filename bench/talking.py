"""The load of the chat: sockets over epoll, Engine.IO spoken directly, one message at a time in each chat."""

import json
import select
import socket
import time
from base64 import b64encode
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from bench.frames import PING, PONG, Frames, frame

PATIENCE = 60  # seconds without anything to hear
AT_ONCE = 50  # connections that are being opened
BODY = "The order stops at the payment page, in Firefox as on the phone."
HANDSHAKE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + b64encode(b"0" * 16).decode() + "\r\n"
    "{cookie}\r\n"
)
_numbers = count(1)


class Client:
    """One Socket.IO client that is connected to the default namespace."""

    def __init__(self, port: int, cookie: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.frames = Frames()
        self.chat: Chat | None = None
        asked = HANDSHAKE.format(port=port, cookie=f"Cookie: {cookie}\r\n" if cookie else "")
        self.socket.sendall(asked.encode())

    def shake_hands(self) -> None:
        """Reads the server's handshake and asks for the namespace. Raises RuntimeError when it is refused."""
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._receive()
        head, rest = head.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise RuntimeError(f"the handshake was refused: {head[:200]!r}")
        self._waiting = deque(self.frames.take(rest))
        self._expect(b"0")
        self.send(b"40")

    def be_let_in(self) -> None:
        """Reads that the namespace is open. Raises RuntimeError when it is not."""
        self._expect(b"40")
        self.socket.setblocking(False)

    def send(self, packet: bytes) -> None:
        self.socket.sendall(frame(packet))

    def _expect(self, start: bytes) -> None:
        while not self._waiting:
            self._waiting.extend(self.frames.take(self._receive()))
        packet = self._waiting.popleft()
        if not packet.startswith(start):
            raise RuntimeError(f"the server said {packet[:200]!r}")

    def _receive(self) -> bytes:
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionResetError("The server has hung up.")
        return data


class Chat:
    """Two people who speak in turn. A message is done when the other has it and, at our desk, it is acknowledged."""

    def __init__(self, number: int, sides: tuple[Client, Client], *, stored: bool) -> None:
        self.sides, self.stored = sides, stored
        self._number = number
        self._turn = 0
        self._open = 0
        self._token = b""
        self._sent_at = 0.0
        self.due: deque[float] = deque()
        for side in sides:
            side.chat = self

    def say(self, at: float) -> None:
        """The next message, counted from the moment `at`, when it should have been sent."""
        self._turn = 1 - self._turn
        token = f"{next(_numbers):036x}"
        self._token, self._sent_at, self._open = token.encode(), at, 1 + self.stored
        asked = json.dumps(["message:say", {"chat": self._number, "client_id": token, "body": BODY}])
        self.sides[self._turn].send((b"421" if self.stored else b"42") + asked.encode())

    @property
    def busy(self) -> bool:
        return self._open > 0

    def hear(self, client: Client, packet: bytes, heard: list[float]) -> bool:
        """Notes in `heard` the seconds until the other side had it. Whether the message is done now."""
        speaker = self.sides[self._turn]
        listener = self.sides[1 - self._turn] if self.stored else speaker
        if client is speaker and packet.startswith(b"431"):
            if b'"ok":true' not in packet:
                raise RuntimeError(f"a message was refused: {packet!r}")
        elif client is listener and self._token in packet:
            heard.append(time.perf_counter() - self._sent_at)
        else:
            return False
        self._open -= 1
        return self._open == 0


@dataclass
class Said:
    """What was said in one turn: how many messages in how many seconds, and the seconds that each needed."""

    messages: int = 0
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)


class Crowd:
    """Everybody who is connected to one server."""

    def __init__(self) -> None:
        self.clients: list[Client] = []
        self._by_number: dict[int, Client] = {}
        self._poll = select.epoll()
        self._progress = time.perf_counter()

    def connect(self, port: int, cookies: Sequence[str], others: Sequence["Crowd"] = ()) -> None:
        """Adds a client for each cookie (empty: none), some at the same time. All are let in when this returns.

        Whoever is connected already, the others too, answers the server's pings in between.
        """
        for start in range(0, len(cookies), AT_ONCE):
            for crowd in (self, *others):
                crowd.answer_pings()
            some = [Client(port, cookie) for cookie in cookies[start : start + AT_ONCE]]
            for client in some:
                client.shake_hands()
            for client in some:
                client.be_let_in()
                self._by_number[client.socket.fileno()] = client
                self._poll.register(client.socket.fileno(), select.EPOLLIN)
            self.clients += some

    def close(self) -> None:
        self._poll.close()
        for client in self.clients:
            client.socket.close()

    def closed_loop(self, chats: Sequence[Chat], seconds: float) -> Said:
        """Each chat says its next message as soon as the last one is done."""
        said, begun = Said(), time.perf_counter()
        self._progress = begun
        for chat in chats:
            chat.say(time.perf_counter())
        speaking = len(chats)
        while speaking:
            for chat in self._hear_some(PATIENCE, said):
                at = time.perf_counter()
                if at - begun < seconds:
                    chat.say(at)
                else:
                    speaking -= 1
        said.seconds = time.perf_counter() - begun
        return said

    def open_loop(self, chats: Sequence[Chat], seconds: float, rate: int) -> Said:
        """So many messages a second; one that has to wait for its chat's last one is counted from when it was due."""
        said, begun, sent = Said(), time.perf_counter(), 0
        self._progress, total = begun, int(seconds * rate)
        while said.messages < total:
            at = time.perf_counter()
            while sent < total and begun + sent / rate <= at:
                chat, due = chats[sent % len(chats)], begun + sent / rate
                sent += 1
                if chat.busy:
                    chat.due.append(due)
                else:
                    chat.say(time.perf_counter())
            wait = max(0.0, begun + sent / rate - time.perf_counter()) if sent < total else PATIENCE
            for chat in self._hear_some(wait, said):
                if chat.due:
                    chat.say(chat.due.popleft())
        said.seconds = time.perf_counter() - begun
        return said

    def answer_pings(self) -> None:
        """Answers those of the server's pings that have come."""
        self._hear(0.0, Said())

    def rest(self, seconds: float) -> None:
        """Says nothing, but answers the server's pings."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            self._hear(left, Said())

    def _hear(self, wait: float, said: Said) -> list[Chat]:
        """What comes within `wait` seconds; the chats whose message is done."""
        done = []
        events = self._poll.poll(wait)
        for number, _ in events:
            client = self._by_number[number]
            for packet in client.frames.take(client.socket.recv(65536)):
                if packet == PING:
                    client.send(PONG)
                elif client.chat is not None and client.chat.hear(client, packet, said.waits):
                    said.messages += 1
                    done.append(client.chat)
        return done

    def _hear_some(self, wait: float, said: Said) -> list[Chat]:
        """As `_hear`, while somebody waits for an answer. Raises TimeoutError when there was none for PATIENCE."""
        done = self._hear(wait, said)
        at = time.perf_counter()
        if done:
            self._progress = at
        elif at - self._progress > PATIENCE:
            raise TimeoutError("the server answers no more")
        return done
