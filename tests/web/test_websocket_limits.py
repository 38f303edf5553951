"""What one client can cost: little memory, little time, no tasks. Measured on a real server."""

import json
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.web.socket_servers import MEGABYTE, SocketServer, socket_server
from tests.web.wsclient import BINARY, CONTINUATION, PING, PONG, TEXT, Client, frame

SPARE = 5 * MEGABYTE


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SocketServer]:
    with socket_server(tmp_path_factory.mktemp("limits"), SEND_SECONDS="3") as server:
        with Client(server.port).join() as client:  # what only the first conversation costs is there now
            client.emit("many", 100, 10_000)
            for _ in range(100):
                client.heard()
        server.until(lambda facts: facts["sockets"] == 0)
        yield server


def assert_lives(server: SocketServer) -> None:
    with Client(server.port).join() as client:
        client.emit("echo", "still here")
        assert client.heard() == ["echo", "still here"]


def flood(client: Client, piece: bytes, most: int) -> None:
    """Sends a piece again and again, until the other side has enough of it, or for `most` bytes."""
    for _ in range(most // len(piece)):
        try:
            client.socket.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            return


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_a_frame_of_100_megabytes_is_refused_by_its_header(server: SocketServer, opcode: int) -> None:
    before = server.forget_peak()
    with Client(server.port).join() as client:
        client.send(opcode, claim=100 * MEGABYTE)

        assert client.close_code() == 1009, "before any of it has been sent"
        assert client.seconds_to_end() < 2
    assert server.peak() - before < SPARE


def test_100_megabytes_that_come_anyway_are_not_kept(server: SocketServer) -> None:
    before = server.forget_peak()
    with Client(server.port).join() as client:
        client.send(TEXT, claim=100 * MEGABYTE)
        begun = time.monotonic()
        flood(client, b"x" * MEGABYTE, 100 * MEGABYTE)

        assert time.monotonic() - begun < 5
    assert server.peak() - before < SPARE
    assert_lives(server)


@pytest.mark.parametrize("size", [0, 1, 1000, 60_000])
def test_a_message_that_is_fragmented_for_ever_is_refused(server: SocketServer, size: int) -> None:
    before = server.forget_peak()
    with Client(server.port).join() as client:
        client.send(TEXT, b"4", fin=False)
        pieces = frame(CONTINUATION, b"x" * size, fin=False) * (100_000 // (size + 1) // 20 + 1)
        client.socket.settimeout(20)
        flood(client, pieces + frame(PING, b"between"), 3 * MEGABYTE if size < 1000 else MEGABYTE)

        assert client.close_code() in {1009, None}, "None: what we still sent has reset the connection"
    assert server.peak() - before < SPARE


def test_a_fragmented_message_is_refused_with_its_code(server: SocketServer) -> None:
    with Client(server.port).join() as client:
        client.send(TEXT, b"4" + b"x" * 60_000, fin=False)
        client.send(CONTINUATION, b"x" * 6_000)

        assert client.close_code() == 1009


def test_a_bomb_is_not_inflated(server: SocketServer) -> None:
    before = server.forget_peak()
    squeeze = zlib.compressobj(wbits=-15)
    bomb = (squeeze.compress(b"\x00" * 50 * MEGABYTE) + squeeze.flush(zlib.Z_SYNC_FLUSH))[:-4]
    with Client(server.port).open(Sec_WebSocket_Extensions="permessage-deflate") as client:
        client.text()
        client.send(TEXT, bomb, rsv=4)

        assert client.close_code() == 1002
    assert server.peak() - before < SPARE


def test_ten_thousand_pongs_cost_nothing(server: SocketServer) -> None:
    with Client(server.port).join() as client:
        before, memory = server.facts(), server.forget_peak()
        client.socket.sendall((frame(PONG, b"x" * 10) + frame(TEXT, b"3")) * 10_000)
        client.emit("echo", "after them")
        assert client.heard() == ["echo", "after them"]

        # Engine.IO's own pongs begin one wait for the next ping at most.
        assert server.facts()["greenlets"] <= before["greenlets"] + 1
        assert server.peak() - memory < SPARE


def test_pings_whose_pongs_nobody_reads_are_not_kept(server: SocketServer) -> None:
    before = server.forget_peak()
    with Client(server.port, receive_buffer=4096).join() as client:
        client.socket.settimeout(1)
        with suppress(TimeoutError):
            flood(client, frame(PING, b"x" * 125) * 1000, 25 * MEGABYTE)
        assert server.peak() - before < SPARE
        server.until(lambda facts: facts["sockets"] == 0, seconds=10)
    assert_lives(server)


def test_a_client_that_floods_does_not_keep_the_others_waiting(server: SocketServer) -> None:
    with Client(server.port).join() as flooding, Client(server.port).join() as other:
        flooding.socket.settimeout(0)
        piece, waits = frame(PONG, b"x" * 100) * 500, []
        for number in range(20):
            for _ in range(20):
                try:
                    flooding.socket.send(piece)
                except BlockingIOError:
                    break
            begun = time.monotonic()
            other.emit("echo", number)
            other.heard()
            waits.append(time.monotonic() - begun)

        assert max(waits) < 1


def test_a_client_that_does_not_read_is_dropped_and_nothing_grows(server: SocketServer) -> None:
    # Clients of another test may be still on their way out.
    dropped = server.until(lambda facts: facts["disconnects"] == facts["connects"])["disconnects"]
    before, begun = server.forget_peak(), time.monotonic()
    with Client(server.port, receive_buffer=4096).join() as client:
        client.emit("many", 1000, 10_000)
        server.until(lambda facts: facts["disconnects"] == dropped + 1, seconds=40)

        print(
            f"\ndropped after {time.monotonic() - begun:.1f} s, +{(server.peak() - before) / MEGABYTE:.1f} MB at most"
        )
        assert server.peak() - before < SPARE
    assert_lives(server)


def test_a_polling_client_that_stops_asking_costs_no_more_either(server: SocketServer) -> None:
    polling = "/socket.io/?EIO=4&transport=polling"
    sid = json.loads(server.server.ask(polling).text[1:])["sid"]
    server.server.ask(f"{polling}&sid={sid}", method="POST", body=b"40")
    before = server.forget_peak()
    server.server.ask(f"{polling}&sid={sid}", method="POST", body=b'42["many",3000,10000]')

    assert server.peak() - before < SPARE
    assert server.server.ask(f"{polling}&sid={sid}").text == "1", "it is told to go"


def test_a_slow_reader_in_a_room_does_not_stop_the_others(server: SocketServer) -> None:
    with Client(server.port, receive_buffer=4096).join() as slow, Client(server.port).join() as quick:
        slow.emit("many", 1000, 10_000)
        for number in range(20):
            begun = time.monotonic()
            quick.emit("echo", number)
            assert quick.heard() == ["echo", number]
            assert time.monotonic() - begun < 1


def test_two_hundred_idle_clients(server: SocketServer) -> None:
    open_before = server.facts()["sockets"]
    before = server.memory()
    clients = [Client(server.port).join() for _ in range(200)]
    each = (server.memory() - before) / len(clients) / 1024
    for client in clients:
        client.socket.close()

    print(f"\n{each:.0f} KB for each idle client")
    assert each < 100
    server.until(lambda facts: facts["sockets"] <= open_before, seconds=8)
