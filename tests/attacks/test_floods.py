"""T23: too much and too large: the memory of the serving process stays where it was, and it answers."""

import http.client
import json
from contextlib import suppress

import pytest

from tests.attacks.looking import MEGABYTE, Looking
from tests.chat.clients.ears import NoAnswer
from tests.chat.clients.people import People, token
from tests.web.wsclient import TEXT, Client, frame

PATH = "/socket.io/?EIO=4&transport=websocket"
BOUND = 12 * MEGABYTE


def opened(people: People) -> Client:
    """A WebSocket of a member, as bytes."""
    cookie = people.web(people.desk.make.member()).cookie
    client = Client(people.desk.port).open(PATH, Cookie=cookie)
    assert client.text().startswith("0{")
    client.say("40")
    assert client.text().startswith("40{")
    return client


def test_ten_thousand_pongs_are_read_and_forgotten(people: People, looking: Looking) -> None:
    """T23: one thread or task for each was CVE-2026-48802."""
    begun = looking.forget_peak()
    with opened(people) as client:
        client.socket.sendall(b"".join(frame(TEXT, b"3") for _ in range(10_000)))
        client.say('421["nothing:here",{}]')
        assert json.loads(client.text()[3:])[0]["error"] == "unknown_event", "it is still served"

    assert looking.peak() - begun < BOUND and looking.answers()


def test_a_frame_of_two_hundred_megabytes_is_refused_by_its_header(people: People, looking: Looking) -> None:
    """T23: measured without our WebSocket: 400 MB."""
    begun = looking.forget_peak()
    with opened(people) as client:
        with suppress(ConnectionResetError, BrokenPipeError):  # it may have hung up already
            client.send(TEXT, b"x" * (4 * MEGABYTE), claim=200 * MEGABYTE)
        assert client.close_code() in {1009, None}

    assert looking.peak() - begun < BOUND and looking.answers()


def test_a_polling_body_of_too_many_packets_ends_the_session(people: People, looking: Looking) -> None:
    """T23: sixteen are read, a hundred are not, and nothing of them is done."""
    people.agent()
    member, _, chat = people.waiting()
    client = people.client(member, transport="polling").connect(chat=chat)
    packets = [
        "42" + json.dumps(["message:say", {"chat": chat, "client_id": token(), "body": str(place)}])
        for place in range(100)
    ]
    client.raw("\x1e".join(packets[:10]))
    client.ears.event("message:said", body="9")
    before = looking.bodies(chat)
    with pytest.raises(NoAnswer):
        client.raw("\x1e".join(packets))

    assert looking.bodies(chat) == before
    client.ears.until(lambda: client.ears.gone)


def test_a_polling_body_that_is_too_large_is_not_read(people: People, looking: Looking) -> None:
    """T23: by what it says of its length, with 8 MB behind it."""
    begun = looking.forget_peak()
    client = people.client(people.desk.make.member(), transport="polling").connect()
    connection = http.client.HTTPConnection("127.0.0.1", people.desk.port, timeout=20)
    connection.putrequest("POST", client.path)
    connection.putheader("Content-Length", str(200 * MEGABYTE))
    connection.endheaders()
    with suppress(OSError):  # it may have hung up already
        for _ in range(8):
            connection.send(b"4" * MEGABYTE)
    connection.close()

    assert looking.peak() - begun < BOUND and looking.answers()


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_attachments_that_never_come_end_the_connection(people: People, looking: Looking, transport: str) -> None:
    """T23: nothing is kept until as many have come as were announced."""
    begun = looking.forget_peak()
    for announced in ("451-", "459999999-", "4510-"):
        client = people.client(people.desk.make.member(), transport=transport).connect()
        with suppress(NoAnswer):
            client.raw(announced + '["message:say",{"_placeholder":true,"num":0}]')
        client.ears.until(lambda client=client: client.ears.gone)

    assert looking.peak() - begun < BOUND and looking.answers()


@pytest.mark.parametrize("transport", ["websocket", "polling"])
@pytest.mark.parametrize("packet", ["42" + "[" * 30_000, '42["a",' + "[" * 30_000, '42["a",' + '{"a":' * 6_000])
def test_deep_json_ends_the_connection(people: People, looking: Looking, transport: str, packet: str) -> None:
    """T23: and not the process."""
    client = people.client(people.desk.make.member(), transport=transport).connect()
    with suppress(NoAnswer):
        client.raw(packet)

    client.ears.until(lambda: client.ears.gone)
    assert looking.answers()


def test_deep_json_that_is_whole_is_a_bad_payload(people: People) -> None:
    """T23: what can be read is read, and refused as anything else is."""
    client = people.client(people.desk.make.member()).connect()
    client.raw('427["message:say",{"chat":' + "[" * 200 + "]" * 200 + "}]")

    client.ears.until(lambda: 7 in client.answered())
    assert client.answer(7) == {"ok": False, "error": "bad_payload"}


def test_whoever_asks_too_fast_is_told_to_wait_and_then_cut(people: People, looking: Looking) -> None:
    """T23: a flood of events costs a database nothing, and ends."""
    _, own, chat = _waiting(people)
    answers = [own.ask("message:say", {"chat": chat, "client_id": token(), "body": f"{n}"}) for n in range(40)]
    codes = {str(answer.get("error")) for answer in answers}
    assert codes == {"None", "chat_too_fast"}
    assert answers[-1]["seconds"] >= 1
    assert len(looking.bodies(chat)) < 30

    with suppress(NoAnswer):
        for _ in range(2_000):
            own.ask("message:say", {"chat": chat, "client_id": token(), "body": "x"})
    own.ears.until(lambda: own.ears.gone)


def _waiting(people: People) -> tuple:
    people.agent()
    return people.waiting()
