"""Long polling's bodies: what is none ends the session, and nobody outside can fill the log."""

import json
from collections.abc import Iterator

import pytest

from tests.web.socket_servers import SocketServer, socket_server

PATH = "/socket.io/?EIO=4&transport=polling"
GARBAGE = {
    "too many packets": b"\x1e".join([b"2"] * 17),
    "no packet": b"x",
    "an empty packet": b"40\x1e\x1e",
    "an unknown type": b"9",
    "base64 that is none": b"bA",
    "no UTF-8": b"4\xff",
    "deep JSON": b"4" + b"[" * 60_000,
    "deep JSON in another packet": b"0" + b"[" * 60_000,
    "a close and more": b"6\x1e42[",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SocketServer]:
    with socket_server(tmp_path_factory.mktemp("bodies")) as server:
        yield server
        assert "Traceback" not in server.server.printed, server.server.printed[:4000]


def opened(server: SocketServer) -> str:
    """The address of a session that is one of Socket.IO."""
    sid = json.loads(server.server.ask(PATH).text[1:])["sid"]
    assert server.server.ask(f"{PATH}&sid={sid}", method="POST", body=b"40").status == 200
    assert server.server.ask(f"{PATH}&sid={sid}").text.startswith("40{")
    return f"{PATH}&sid={sid}"


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
def test_a_body_that_cannot_be_read_ends_the_session_and_is_not_logged(server: SocketServer, body: bytes) -> None:
    path = opened(server)
    before = server.server.printed
    server.server.ask(path, method="POST", body=body)
    server.server.ask(path)
    again = server.server.ask(path, method="POST", body=b'42["echo","heard"]')

    assert again.status == 400, "the session has ended"
    assert "Traceback" not in server.server.printed.removeprefix(before)


def test_sixteen_packets_are_read(server: SocketServer) -> None:
    path = opened(server)
    body = b"\x1e".join([b'42["hit"]'] * 16)
    before = server.facts()["hits"]

    assert server.server.ask(path, method="POST", body=body).status == 200
    assert server.until(lambda facts: facts["hits"] == before + 16)


@pytest.mark.parametrize("sid", ["nobody%0aA%20second%20line", "x" * 200, "..%2f", "%00", "<b>"])
def test_the_number_of_a_session_that_is_none_is_not_logged(server: SocketServer, sid: str) -> None:
    assert server.server.ask(f"{PATH}&sid={sid}").status == 400
    assert "line" not in server.server.printed and "<b>" not in server.server.printed
    assert "xxxx" not in server.server.printed
