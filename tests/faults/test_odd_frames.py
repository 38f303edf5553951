"""F15: frames that are too large, never end or are none; their sender has to go, at little cost, and nobody else."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from helpdesk.ranks import Role
from tests.faults.desk import MEGABYTE, Desk, served
from tests.faults.facts import Badge
from tests.faults.weighing import forget_peak
from tests.web.wsclient import BINARY, CONTINUATION, PING, TEXT, Client, Ended, frame

MOST_MEMORY = 5 * MEGABYTE
SECONDS = 5
DEEP = 100_000


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with served(tmp_path_factory.mktemp("odd")) as desk:
        yield desk
        assert "Traceback" not in desk.printed, desk.printed


@pytest.fixture(scope="module")
def member(desk: Desk) -> Badge:
    (member,), (agent,) = desk.people(1), desk.people(1, Role.AGENT)
    desk.conversation(member, agent)
    for _ in range(3):  # what only the first conversations cost is there now
        with _joined(desk, member) as client:
            is_answered(client)
    return member


def _joined(desk: Desk, member: Badge) -> Client:
    client = Client(desk.port).open(Cookie=f"session={member.cookie}", Origin=f"http://127.0.0.1:{desk.port}")
    assert client.text().startswith("0{")
    client.say("40")
    assert client.text().startswith("40{")
    return client


def is_answered(client: Client) -> None:
    """The conversation of somebody else goes on as ever."""
    client.say("421" + json.dumps(["chat:catch_up", {"chat": 1, "after": 0}]))
    while not (text := client.text()).startswith("431"):
        pass
    assert json.loads(text[3:])[0]["ok"] is True


def _header_of_200_megabytes(client: Client) -> None:
    client.send(TEXT, claim=200 * MEGABYTE)
    for _ in range(200):
        client.socket.sendall(b"x" * MEGABYTE)


def _endless_fragments(client: Client) -> None:
    client.send(TEXT, b"42", fin=False)
    piece = frame(CONTINUATION, b"x" * 1000, fin=False) + frame(PING, b"?")
    for _ in range(20_000):
        client.socket.sendall(piece)


def _endless_empty_fragments(client: Client) -> None:
    client.send(TEXT, b"", fin=False)
    piece = frame(CONTINUATION, b"", fin=False) * 1000
    for _ in range(1000):
        client.socket.sendall(piece)


def _attachment_that_never_comes(client: Client) -> None:
    client.say('451-["message:say",{"_placeholder":true,"num":0}]')


def _binary(client: Client) -> None:
    client.send(BINARY, b"\x00\xff" * 1000)


def _no_utf8(client: Client) -> None:
    client.send(TEXT, b'42["message:say","\xff\xfe\xed\xa0\x80"]')


def _deep_lists(client: Client) -> None:
    client.say("42" + '["message:say",' + "[" * 30_000 + "]" * 30_000 + "]")


def _deeper_than_a_frame(client: Client) -> None:
    client.say("42" + '["message:say",' + "[" * DEEP + "]" * DEEP + "]")


def _deep_objects(client: Client) -> None:
    client.say("42" + '["message:say",' + '{"a":' * 10_000 + "1" + "}" * 10_000 + "]")


ODD = [
    _header_of_200_megabytes, _endless_fragments, _endless_empty_fragments, _attachment_that_never_comes, _binary,
    _no_utf8, _deep_lists, _deeper_than_a_frame, _deep_objects,
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.__name__.strip("_"))
def test_whoever_sends_what_no_client_sends_has_to_go(desk: Desk, member: Badge, odd: Callable[[Client], None]) -> None:
    before = forget_peak(desk.worker)
    with _joined(desk, member) as client, _joined(desk, member) as other:
        begun = time.monotonic()
        with suppress(BrokenPipeError, ConnectionResetError):
            odd(client)
        with suppress(Ended):
            while client.receive():
                pass
        assert client.seconds_to_end() < SECONDS
        assert time.monotonic() - begun < 2 * SECONDS
        assert desk.memory("VmHWM") - before < MOST_MEMORY

        is_answered(other)
        with _joined(desk, member) as late:
            is_answered(late)
