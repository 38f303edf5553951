"""WebSocket frames and Engine.IO packets as a client has them: as little as can be, so that the server is the limit."""

from collections.abc import Iterator

# Masking with zeros changes nothing here and costs the server what any mask does.
MASK = b"\0\0\0\0"
PING, PONG = b"2", b"3"


def frame(packet: bytes) -> bytes:
    """A client's text frame. Raises ValueError for what needs more than 16 bits of length: no message does."""
    if len(packet) < 126:
        return bytes((0x81, 0x80 | len(packet))) + MASK + packet
    if len(packet) >= 2**16:
        raise ValueError("a packet too large for the benchmark")
    return b"\x81\xfe" + len(packet).to_bytes(2, "big") + MASK + packet


class Frames:
    """Takes a server's bytes as they come and gives whole packets. Raises OSError when the server ends."""

    def __init__(self) -> None:
        self._rest = b""

    def take(self, data: bytes) -> Iterator[bytes]:
        data = self._rest + data if self._rest else data
        start, there = 0, len(data)
        while there - start >= 2:
            length, body = data[start + 1], start + 2
            if length >= 126:
                wide = 2 if length == 126 else 8
                body += wide
                if there < body:
                    break
                length = int.from_bytes(data[body - wide : body], "big")
            if there < body + length:
                break
            if data[start] == 0x88:
                raise ConnectionResetError("The server has ended the conversation.")
            yield data[body : body + length]
            start = body + length
        self._rest = data[start:]
