"""A WebSocket client that speaks RFC 6455 by hand, so that it can also speak it wrongly. Blocking, without threads."""

import base64
import json
import os
import socket
import struct
import time
from dataclasses import dataclass

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
PATIENCE = 20  # seconds for what takes milliseconds on a quiet machine
PATH = "/socket.io/?EIO=4&transport=websocket"


class Refused(Exception):
    """The handshake was answered with another status than 101."""

    def __init__(self, answer: str) -> None:
        super().__init__(answer)
        self.status = int(answer.split(" ", 2)[1])


class Ended(Exception):
    """The connection ended: `code` is that of the Close frame, None if there was none."""

    def __init__(self, code: int | None = None) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Frame:
    """One frame as it came."""

    opcode: int
    payload: bytes
    fin: bool = True
    rsv: int = 0


def frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, masked: bool = True, claim: int | None = None
) -> bytes:
    """A client's frame; `claim` is a length that its header names instead of the true one."""
    length = len(payload) if claim is None else claim
    head = bytearray([fin << 7 | rsv << 4 | opcode])
    mask_bit = masked << 7
    if length <= 125:
        head.append(mask_bit | length)
    elif length < 1 << 16:
        head += bytes([mask_bit | 126]) + struct.pack("!H", length)
    else:
        head += bytes([mask_bit | 127]) + struct.pack("!Q", length)
    if not masked:
        return bytes(head) + payload
    mask = os.urandom(4)
    key = int.from_bytes((mask * (len(payload) // 4 + 1))[: len(payload)], "big")
    return bytes(head) + mask + (int.from_bytes(payload, "big") ^ key).to_bytes(len(payload), "big")


def handshake(port: int, path: str = PATH, **headers: str) -> bytes:
    """A handshake's bytes; further headers or other values by name, as `Origin="http://evil"`; empty leaves one out."""
    fields = {
        "Host": f"127.0.0.1:{port}", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
    } | {name.replace("_", "-"): value for name, value in headers.items()}  # fmt: skip
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items() if value), "", ""]
    return "\r\n".join(lines).encode()


class Client:
    """One connection with its WebSocket."""

    def __init__(self, port: int, *, receive_buffer: int = 0) -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))
        self.port = port
        self.answer = ""
        self._buffer = bytearray()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *fault: object) -> None:
        self.socket.close()

    def open(self, path: str = PATH, *, early: bytes = b"", **headers: str) -> "Client":
        """Shakes hands, with `early` in the same segment. Raises Refused for any other answer than 101."""
        self.socket.sendall(handshake(self.port, path, **headers) + early)
        self.read_answer()
        return self

    def read_answer(self) -> None:
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        self.answer, self._buffer = head.decode(), bytearray(rest)
        if " 101 " not in self.answer.split("\r\n")[0]:
            raise Refused(self.answer)

    def join(self) -> "Client":
        """Shakes hands and becomes a Socket.IO client of the default namespace."""
        self.open()
        assert self.text().startswith("0{")
        self.say("40")
        assert self.text().startswith("40{")
        return self

    def send(self, opcode: int, payload: bytes = b"", **how: object) -> None:
        self.socket.sendall(frame(opcode, payload, **how))

    def say(self, text: str) -> None:
        self.send(TEXT, text.encode())

    def emit(self, name: str, *arguments: object) -> None:
        """Sends a Socket.IO event."""
        self.say("42" + json.dumps([name, *arguments]))

    def heard(self) -> list[object]:
        """The next Socket.IO event: its name and its arguments."""
        text = self.text()
        assert text.startswith("42"), text
        return list(json.loads(text[2:]))

    def text(self) -> str:
        """The next text message."""
        received = self.receive()
        assert received.opcode == TEXT, received
        return received.payload.decode()

    def receive(self) -> Frame:
        """The next frame. Raises Ended at a Close frame, and when the connection ends without one."""
        first, second = self._take(2)
        assert not second & 0x80, "a server masks nothing"
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", self._take(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self._take(8))
        payload = self._take(length)
        if first & 0x0F == CLOSE:
            raise Ended(struct.unpack("!H", payload[:2])[0] if payload else 1005)
        return Frame(first & 0x0F, payload, bool(first & 0x80), first >> 4 & 7)

    def close_code(self) -> int | None:
        """Reads until the conversation ends; the code it ends with."""
        while True:
            try:
                self.receive()
            except Ended as end:
                return end.code

    def seconds_to_end(self) -> float:
        """Reads until the server has ended the TCP connection too; how long that took."""
        begun = time.monotonic()
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            pass
        return time.monotonic() - begun

    def _take(self, number: int) -> bytes:
        while len(self._buffer) < number:
            self._more()
        taken = bytes(self._buffer[:number])
        del self._buffer[:number]
        return taken

    def _more(self) -> None:
        try:
            data = self.socket.recv(1 << 20)
        except (ConnectionResetError, BrokenPipeError):
            data = b""
        if not data:
            raise Ended
        self._buffer += data
