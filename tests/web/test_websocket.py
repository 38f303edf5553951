"""Conversations over our WebSockets: a real server, and a client that speaks the protocol by hand."""

import http.client
import json
import time
from collections.abc import Iterator

import pytest

from tests.web.socket_servers import SocketServer, socket_server, socket_server_on_gunicorn
from tests.web.wsclient import CLOSE, CONTINUATION, PATH, PING, PONG, TEXT, Client, frame


@pytest.fixture(scope="module", params=[socket_server, socket_server_on_gunicorn], ids=["pywsgi", "gunicorn"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SocketServer]:
    with request.param(tmp_path_factory.mktemp("conversations")) as server:
        yield server


@pytest.fixture
def client(server: SocketServer) -> Iterator[Client]:
    with Client(server.port) as client:
        yield client.join()


def test_what_is_said_is_heard(client: Client) -> None:
    client.emit("echo", {"körsbär": "🍒"})

    assert client.heard() == ["echo", {"körsbär": "🍒"}]


def test_several_messages_in_one_segment_are_heard_in_order(client: Client) -> None:
    client.socket.sendall(b"".join(frame(TEXT, f'42["echo",{number}]'.encode()) for number in range(50)))

    assert [client.heard()[1] for _ in range(50)] == list(range(50))


def test_a_message_that_comes_byte_by_byte_is_heard(client: Client) -> None:
    # Longer than 125 bytes, so that the header's length and mask come in pieces too, and close to the limit twice over:
    # a header that is looked at again must not be counted again.
    for byte in frame(TEXT, b'42["echo","' + b"y" * 200 + b'"]'):
        client.socket.sendall(bytes([byte]))

    assert client.heard() == ["echo", "y" * 200]


def test_a_header_that_comes_byte_by_byte_is_counted_once(client: Client) -> None:
    text = '42["echo","' + "y" * 60_000 + '"]'
    whole = frame(TEXT, text.encode())
    for byte in whole[:8]:
        client.socket.sendall(bytes([byte]))
        time.sleep(0.01)  # a segment of its own, which the server looks at by itself
    client.socket.sendall(whole[8:])

    assert client.heard() == ["echo", "y" * 60_000]


def test_the_largest_message_is_heard_and_one_byte_more_is_not(client: Client) -> None:
    text = '42["echo","%s"]'
    room = 64 * 1024 - len(text) + 2
    client.say(text % ("y" * room))
    assert len(str(client.heard()[1])) == room

    client.say(text % ("y" * (room + 1)))
    assert client.close_code() == 1009


def test_fragments_with_pings_between_them_are_one_message(client: Client) -> None:
    text = '42["echo","å😀ö"]'.encode()
    client.send(TEXT, text[:13], fin=False)  # in the middle of a character
    client.send(PING, b"one")
    client.send(CONTINUATION, text[13:15], fin=False)
    client.send(CONTINUATION, b"", fin=False)
    client.send(PING, b"two")
    client.send(CONTINUATION, text[15:])

    pongs = [client.receive(), client.receive()]
    assert [(pong.opcode, pong.payload) for pong in pongs] == [(PONG, b"one"), (PONG, b"two")]
    assert client.heard() == ["echo", "å😀ö"]


def test_carriage_returns_in_fragments_stay(client: Client) -> None:
    client.send(TEXT, b'42["echo",\r\n', fin=False)
    client.send(CONTINUATION, b'"\\r\\n"\r]')

    assert client.heard() == ["echo", "\r\n"]


def test_pings_are_answered_and_pongs_are_not(client: Client) -> None:
    client.send(PONG, b"nobody asked")
    client.send(PING, b"\x00" * 125)
    client.send(PING)

    assert [client.receive().payload, client.receive().payload] == [b"\x00" * 125, b""]


@pytest.mark.parametrize(
    ("sent", "answered"), [(b"", 1005), (b"\x03\xe8", 1000), (b"\x03\xe9away", 1001), (b"\x0f\xa0", 4000)]
)
def test_a_client_that_closes_gets_its_code_back_and_the_end_of_the_connection(
    server: SocketServer, client: Client, sent: bytes, answered: int
) -> None:
    client.send(CLOSE, sent)

    assert client.close_code() == answered
    assert client.seconds_to_end() < 2
    client.socket.close()
    server.until(lambda facts: facts["sockets"] == 0)


def test_a_conversation_that_the_server_ends_ends_its_connection_too(server: SocketServer, client: Client) -> None:
    begun = time.monotonic()
    client.emit("end")

    assert client.text() == "1"
    assert client.close_code() == 1000
    client.seconds_to_end()
    # The client has neither answered nor closed: the server does not wait for that for long.
    assert time.monotonic() - begun < 2
    server.until(lambda facts: facts["sockets"] == 0, seconds=2)


def test_a_client_that_answers_the_close_is_not_reset(client: Client) -> None:
    client.emit("end")
    assert client.close_code() == 1000
    client.send(CLOSE, b"\x03\xe8")

    assert client.socket.recv(1) == b""


def test_a_client_that_vanishes_is_noticed_at_once(server: SocketServer) -> None:
    before = server.facts()["disconnects"]
    with Client(server.port).join():
        pass

    assert server.until(lambda facts: facts["sockets"] == 0, seconds=2)["disconnects"] == before + 1


def test_nothing_stays_open_of_ended_conversations(server: SocketServer) -> None:
    server.until(lambda facts: facts["sockets"] == 0)
    before = server.facts()["files"]
    for ending in ("vanish", "close", "end", "break"):
        for _ in range(5):
            with Client(server.port).join() as client:
                if ending == "close":
                    client.send(CLOSE, b"\x03\xe8")
                elif ending == "end":
                    client.emit("end")
                elif ending == "break":
                    client.send(TEXT, b"", masked=False)
                if ending != "vanish":
                    client.close_code()

    server.until(lambda facts: facts["sockets"] == 0 and facts["files"] <= before, seconds=4)


def test_a_large_message_arrives_whole_at_a_reader_that_pauses(client: Client) -> None:
    client.emit("large", 8_000_000)
    time.sleep(1)  # the buffers between us are full now

    name, text = client.heard()
    assert (name, len(str(text))) == ("large", 8_000_000)


def test_a_polling_client_changes_over_to_a_websocket(server: SocketServer) -> None:
    polling = "/socket.io/?EIO=4&transport=polling"
    sid = json.loads(server.server.ask(polling).text[1:])["sid"]
    server.server.ask(f"{polling}&sid={sid}", method="POST", body=b"40")
    assert server.server.ask(f"{polling}&sid={sid}").text.startswith("40{")

    with Client(server.port).open(f"{PATH}&sid={sid}") as client:
        client.say("2probe")
        assert client.text() == "3probe"
        client.say("5")
        client.emit("echo", "changed over")
        heard = client.text()
        while not heard.startswith("42"):
            heard = client.text()
        assert heard == '42["echo","changed over"]'
        client.send(CLOSE, b"\x03\xe8")
        assert client.close_code() == 1000
        assert client.socket.recv(100) == b"", "no HTTP answer behind the last frame"


def test_a_change_over_that_never_happens_leaves_nothing(server: SocketServer) -> None:
    sid = json.loads(server.server.ask("/socket.io/?EIO=4&transport=polling").text[1:])["sid"]
    with Client(server.port).open(f"{PATH}&sid={sid}") as client:
        client.say("4 not a probe")
        assert client.close_code() == 1000
        assert client.seconds_to_end() < 2
    polling = f"/socket.io/?EIO=4&transport=polling&sid={sid}"
    assert server.server.ask(polling, method="POST", body=b"40").text == "OK", "it goes on without"
    assert server.server.ask(polling, method="POST", body=b"1").text == "OK"


def test_what_follows_the_last_frame_is_never_a_request(server: SocketServer, client: Client) -> None:
    before = server.facts()["connects"]
    request = f"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
    client.socket.sendall(frame(CLOSE, b"\x03\xe8") + request * 20)

    assert client.close_code() == 1000
    assert client.socket.recv(100) == b""
    assert server.facts()["connects"] == before


def test_a_client_that_answers_no_ping_is_dropped(tmp_path_factory: pytest.TempPathFactory) -> None:
    times = {"PING_INTERVAL": "0.3", "PING_TIMEOUT": "0.3"}
    with socket_server(tmp_path_factory.mktemp("pings"), **times) as server, Client(server.port).join() as client:
        assert client.text() == "2"
        begun = time.monotonic()

        client.close_code()

        assert time.monotonic() - begun < 3
        server.until(lambda facts: facts["sockets"] == 0)


def test_a_web_page_is_still_served_beside_the_sockets(server: SocketServer, client: Client) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    for _ in range(3):
        connection.request("GET", "/facts")
        assert connection.getresponse().read()
    connection.close()
