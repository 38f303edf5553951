"""Frames that no browser sends: the conversation ends with the code that RFC 6455 names, and the others go on."""

import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.web.socket_servers import SocketServer, socket_server
from tests.web.wsclient import BINARY, CLOSE, CONTINUATION, PING, TEXT, Client, frame

RESERVED = 0x3
BROKEN = {
    "no mask": (frame(TEXT, b"40", masked=False), 1002),
    "no mask on a ping": (frame(PING, masked=False), 1002),
    "an unknown opcode": (frame(RESERVED), 1002),
    "an unknown control opcode": (frame(0xB), 1002),
    "a reserved bit": (frame(TEXT, b"40", rsv=1), 1002),
    "the compressed bit": (frame(TEXT, b"40", rsv=4), 1002),
    "a fragmented ping": (frame(PING, fin=False), 1002),
    "a ping of 126 bytes": (frame(PING, b"x" * 126), 1002),
    "a ping that names 100 MB": (frame(PING, claim=100 << 20), 1002),
    "a close that names 100 MB": (frame(CLOSE, claim=100 << 20), 1002),
    "a continuation of nothing": (frame(CONTINUATION, b"x"), 1002),
    "a new message inside another": (frame(TEXT, b"4", fin=False) + frame(TEXT, b"0"), 1002),
    "a longer length than needed": (b"\x81\xfe\x00\x01\x00\x00\x00\x00x", 1002),
    "a far longer length than needed": (b"\x81\xff" + (1).to_bytes(8, "big") + b"\x00\x00\x00\x00x", 1002),
    "a negative length": (b"\x81\xff" + b"\xff" * 8, 1002),
    "2^63 - 1 bytes": (b"\x81\xff\x7f" + b"\xff" * 7, 1009),
    "invalid UTF-8": (frame(TEXT, b"40\xff"), 1007),
    "a surrogate": (frame(TEXT, b"40\xed\xa0\x80"), 1007),
    "half a character": (frame(TEXT, b"40\xc3"), 1007),
    "invalid UTF-8 in the second fragment": (frame(TEXT, b"4", fin=False) + frame(CONTINUATION, b"\xc0\xaf"), 1007),
    "a close with half a code": (frame(CLOSE, b"\x03"), 1002),
    "a close with a code for oneself": (frame(CLOSE, b"\x03\xed"), 1002),
    "a close with code 0": (frame(CLOSE, b"\x00\x00"), 1002),
    "a close with an unknown code": (frame(CLOSE, b"\x04\x4c"), 1002),
    "a close with code 5000": (frame(CLOSE, b"\x13\x88"), 1002),
    "a close whose reason is no UTF-8": (frame(CLOSE, b"\x03\xe8\xff"), 1007),
    "a binary Engine.IO packet too large": (frame(BINARY, b"x" * 65537), 1009),
    "an HTTP request": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 1002),
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SocketServer]:
    with socket_server(tmp_path_factory.mktemp("broken")) as server:
        yield server
        assert server.server.printed == "", "nothing is logged that anybody outside can cause at will"


def assert_serves(server: SocketServer) -> None:
    """The server talks with the next client."""
    with Client(server.port).join() as client:
        client.emit("echo", "still here")
        assert client.heard() == ["echo", "still here"]


@pytest.mark.parametrize(("sent", "code"), BROKEN.values(), ids=BROKEN)
def test_a_broken_frame_ends_the_conversation_with_its_code(server: SocketServer, sent: bytes, code: int) -> None:
    with Client(server.port).join() as client:
        client.socket.sendall(sent)

        assert client.close_code() == code
        assert client.seconds_to_end() < 2
    assert_serves(server)


def test_nothing_after_a_broken_frame_is_heard(server: SocketServer) -> None:
    before = server.facts()["hits"]
    with Client(server.port).join() as client:
        client.socket.sendall(frame(RESERVED) + frame(TEXT, b'42["hit"]') * 10)
        assert client.close_code() == 1002

    assert server.facts()["hits"] == before


@st.composite
def noise(draw: st.DrawFn) -> bytes:
    """Bytes as they may follow a handshake: from nearly right to plain noise."""
    pieces = []
    for _ in range(draw(st.integers(1, 6))):
        if draw(st.booleans()):
            pieces.append(draw(st.binary(max_size=200)))
            continue
        payload = draw(st.binary(max_size=200) | st.text('0123456789[]{}",-/ab', max_size=200).map(str.encode))
        pieces.append(
            frame(
                draw(st.integers(0, 15)), payload, fin=draw(st.booleans()), rsv=draw(st.sampled_from([0, 0, 0, 1, 4])),
                masked=draw(st.sampled_from([True, True, True, False])),
                claim=draw(st.sampled_from([None, None, None, None, 0, 126, 65535, 65536, 1 << 40])),
            )
        )  # fmt: skip
    return b"".join(pieces)


def test_no_bytes_at_all_hurt_the_server(server: SocketServer) -> None:
    deadline = time.monotonic() + 8
    memory, tried, codes = server.memory(), 0, set()

    @settings(
        max_examples=400, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(noise(), st.booleans())
    def send(sent: bytes, joined: bool) -> None:
        nonlocal tried
        if time.monotonic() > deadline:
            return
        tried += 1
        with Client(server.port) as client:
            client.join() if joined else client.open()
            client.socket.sendall(sent + frame(CLOSE, b"\x03\xe8"))
            client.socket.settimeout(2)
            try:
                codes.add(client.close_code())
            except TimeoutError:
                codes.add("waits for the rest of a frame")  # which the noise has begun

    send()

    print(f"\n{tried} conversations of noise ended with {codes}")
    assert tried > 20
    assert codes <= {1000, 1002, 1005, 1007, 1009, "waits for the rest of a frame"}
    server.until(lambda facts: facts["sockets"] == 0)
    assert server.memory() - memory < 10 << 20
    assert_serves(server)
