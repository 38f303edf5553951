"""How a WebSocket begins: which handshakes are accepted, from which origins, and that a refused one costs nothing."""

import json
import time
from collections.abc import Iterator

import pytest

from tests.processes import Answer
from tests.web.socket_servers import SocketServer, socket_server, socket_server_on_gunicorn
from tests.web.wsclient import TEXT, Client, Refused, frame, handshake


@pytest.fixture(scope="module", params=[socket_server, socket_server_on_gunicorn], ids=["pywsgi", "gunicorn"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SocketServer]:
    with request.param(tmp_path_factory.mktemp("conversations")) as server:
        yield server


def test_a_handshake_in_pieces_with_the_first_message_behind_it(server: SocketServer) -> None:
    with Client(server.port) as client:
        sent = handshake(server.port) + frame(TEXT, b"40") + frame(TEXT, b'42["echo","early"]')
        for start in range(0, len(sent), 37):
            client.socket.sendall(sent[start : start + 37])
            time.sleep(0.002)
        client.read_answer()

        assert client.text().startswith("0{")
        assert client.text().startswith("40{")
        assert client.heard() == ["echo", "early"]


def polled(server: SocketServer, more: str = "", **headers: str) -> Answer:
    """The answer to the first request of long polling; the session that it opened is closed again."""
    path = f"/socket.io/?EIO=4&transport=polling{more}"
    answer = server.server.ask(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    if answer.status == 200:
        session = f"{path}&sid={json.loads(answer.text[1:])['sid']}"
        server.server.ask(session, method="POST", body=b"1")
        assert server.server.ask(session).status == 400
    return answer


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_site_that_names_no_origin_is_refused(server: SocketServer, site: str) -> None:
    assert polled(server, Sec_Fetch_Site=site).status == 400
    assert polled(server, Sec_Fetch_Site="same-origin").status == 200


def test_nothing_is_answered_as_a_script(server: SocketServer) -> None:
    assert polled(server, "&j=0").status == 400
    assert polled(server).text.startswith("0{")


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1", "https://127.0.0.1:{port}", "http://127.0.0.1:{port}.evil.example"]
)  # fmt: skip
@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_other_origins_are_refused_before_any_handler(server: SocketServer, origin: str, transport: str) -> None:
    before = server.facts()["connects"]
    path = f"/socket.io/?EIO=4&transport={transport}"
    with Client(server.port) as client, pytest.raises(Refused) as refused:
        client.open(path, Origin=origin.format(port=server.port))
    assert refused.value.status == 400
    assert server.facts()["connects"] == before

    with Client(server.port).open(Origin=f"http://127.0.0.1:{server.port}") as client:
        client.say("40")
        client.text()
        client.text()
    assert server.facts()["connects"] == before + 1, "our own pages get in the same way"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec_WebSocket_Version": "8"}, 426),
        ({"Sec_WebSocket_Version": ""}, 426),
        ({"Sec_WebSocket_Key": ""}, 400),
        ({"Sec_WebSocket_Key": "c2hvcnQ="}, 400),
        ({"Sec_WebSocket_Key": "not base64 at all !!"}, 400),
        ({"Sec_WebSocket_Key": "ö"}, 400),
        ({"Connection": "keep-alive"}, 400),
        ({"Upgrade": "h2c"}, 400),
        ({"Content_Length": "5"}, 400),
        ({"Transfer_Encoding": "chunked"}, 400),
    ],
    ids=str,
)
def test_what_is_no_handshake_is_refused(server: SocketServer, headers: dict[str, str], status: int) -> None:
    before, printed = server.until(lambda facts: facts["sockets"] == 0)["connects"], server.server.printed
    with Client(server.port) as client, pytest.raises(Refused) as refused:
        client.open(early=b"0\r\n\r\nhello", **headers)

    assert refused.value.status == status
    facts = server.facts()
    assert (facts["connects"], facts["sockets"]) == (before, 0)
    assert server.server.printed == printed


def test_extensions_and_subprotocols_are_offered_in_vain(server: SocketServer) -> None:
    offers = {
        "Sec_WebSocket_Extensions": "permessage-deflate; client_max_window_bits",
        "Sec_WebSocket_Protocol": "chat",
    }
    with Client(server.port).open(**offers) as client:
        answered = client.answer.lower()

    assert "sec-websocket-extensions" not in answered
    assert "sec-websocket-protocol" not in answered
