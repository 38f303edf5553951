"""Which Socket.IO packets are read, and that whoever sends others has to go."""

from collections.abc import Iterator

import pytest

from helpdesk.web.packets import JsonPacket, NoPacket
from tests.web.socket_servers import SocketServer, socket_server
from tests.web.wsclient import BINARY, Client

GARBAGE = {
    "attachments are announced": '451-["echo",{"_placeholder":true,"num":0}]',
    "a thousand million attachments": '4599999999-["echo"]',
    "deep JSON": "42" + "[" * 60_000,
    "deep JSON without an event": "4" + "[" * 60_000,
    "half a packet": '42["echo"',
    "an unknown type": "4x",
    "an id without end": "42" + "9" * 200 + "[]",
    "a list instead of a packet": "4[1]",
    "base64 of what is none": "bAAA",
    "base64 of something": "bAAAA",
    "an unknown Engine.IO type": "x",
    "nothing": "",
    "a message of nothing": "4",
    "an event of nothing": "42",
    "an event without a name": "42[]",
    "an event with a number for a name": "42[1]",
    "an event with a list for a name": "42[[]]",
    "an event that is no list": '42{"hit":1}',
    "a connect that only the library may call": '42["connect"]',
    "a disconnect that only the library may call": '42["disconnect","forged"]',
    "an event with the name of the catch-all": '42["*"]',
    "the same with the name of another event": '42["*","hit","sid"]',
    "an answer to nothing": "43[]",
    "a refusal": "44",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SocketServer]:
    with socket_server(tmp_path_factory.mktemp("packets")) as server:
        yield server


def test_a_packet_of_ours_is_read() -> None:
    packet = JsonPacket(encoded_packet='2/desk,7["echo",{"a":1}]')

    assert (packet.namespace, packet.id, packet.data) == ("/desk", 7, ["echo", {"a": 1}])


def test_what_we_send_has_no_attachments() -> None:
    with pytest.raises(TypeError):
        JsonPacket(data=["echo", b"bytes"]).encode()


@pytest.mark.parametrize(
    "packet", ['51-["a"]', "2[", "x", "", b"bytes", ["a list"], '2["disconnect"]', "2" + "[" * 60_000]
)
def test_anything_else_is_no_packet(packet: object) -> None:
    with pytest.raises(NoPacket):
        JsonPacket(encoded_packet=packet)


@pytest.mark.parametrize("text", GARBAGE.values(), ids=GARBAGE)
def test_who_sends_garbage_is_ended_and_nothing_is_logged(server: SocketServer, text: str) -> None:
    printed = server.server.printed
    with Client(server.port).join() as client:
        client.say(text)

        assert client.close_code() in {1000, 1002}
        assert client.seconds_to_end() < 2
    facts = server.until(lambda facts: facts["sockets"] == 0)
    assert facts["connects"] == facts["disconnects"], "each handler has run once a client"
    assert server.server.printed == printed


def test_who_sends_binary_messages_is_ended(server: SocketServer) -> None:
    with Client(server.port).join() as client:
        client.send(BINARY, b"\x00\x01")

        assert client.close_code() == 1000


def test_events_before_connecting_and_to_unknown_namespaces_reach_nobody(server: SocketServer) -> None:
    before = server.facts()["hits"]
    with Client(server.port).open() as early, Client(server.port).join() as stranger:
        early.text()
        early.say('42["hit"]')
        stranger.say('42/nowhere,["hit"]')
        stranger.say('42["**"]')
        stranger.emit("echo", "after all that")
        assert stranger.heard() == ["echo", "after all that"]

    assert server.facts()["hits"] == before


def test_events_during_a_slow_connect_reach_nobody(server: SocketServer) -> None:
    before = server.facts()["hits"]
    with Client(server.port) as client:
        client.open("/socket.io/?EIO=4&transport=websocket&slow=0.3")
        client.text()
        client.say("40")
        client.say('42["hit"]')
        client.emit("echo", "first")
        assert client.text().startswith("40")
    with Client(server.port).join() as client:
        client.emit("hit")
        client.emit("echo", "sync")
        client.heard()

    assert server.facts()["hits"] <= before + 2
