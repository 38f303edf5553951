"""T15: pages of other sites, with the visitor's cookie, on both transports.

Browsers name the origin in every WebSocket handshake and in every POST. They leave it out of a GET, so a request
without one is let through: that is how programs ask too. It comes with a cookie only from our own site, because the
cookie is `SameSite=Lax`; pages of a sibling origin, which are of the same site, are known by `Sec-Fetch-Site`, and
cannot read the answer. And without a POST, which names the origin, no Socket.IO connection comes about.
"""

import http.client
import json

import pytest

from tests.attacks.looking import Looking
from tests.chat.clients.people import People, token
from tests.chat.clients.raw import NotConnected
from tests.chat.clients.web import Web
from tests.chat.clients.wires import Refused

both = pytest.mark.parametrize("transport", ["websocket", "polling"])
OTHERS = {
    "evil": "http://evil.example",
    "null": "null",
    "look-alike": "http://127.0.0.1:{port}.evil.example",
    "look-alike before": "http://evil-127.0.0.1:{port}",
    "with a user": "http://127.0.0.1:{port}@evil.example",
    "https": "https://127.0.0.1:{port}",
    "other port": "http://127.0.0.1:1{port}",
    "no port": "http://127.0.0.1",
    "upper case": "HTTP://127.0.0.1:{port}",
    "a path": "http://127.0.0.1:{port}/",
    "two": "http://127.0.0.1:{port} http://evil.example",
    "anything": "*",
}


@both
@pytest.mark.parametrize("origin", OTHERS.values(), ids=OTHERS)
def test_a_page_of_another_origin_is_refused_before_any_handler_runs(
    people: People, looking: Looking, transport: str, origin: str
) -> None:
    """T15: the visitor's cookie is there, and does not help."""
    victim = people.desk.make.member()
    before = looking.chats()
    with pytest.raises(Refused) as refused:
        people.client(victim, transport=transport, Origin=origin.format(port=people.desk.port))

    assert refused.value.status == 400
    assert looking.chats() == before


@both
def test_our_own_page_gets_in(people: People, transport: str) -> None:
    """T15: the refusals above are for the origin, not for something else."""
    member = people.desk.make.member()
    client = people.client(member, transport=transport, Origin=f"http://127.0.0.1:{people.desk.port}")

    assert client.connect().connected


@both
def test_a_program_that_names_no_origin_needs_the_cookie(people: People, transport: str) -> None:
    """T15: no Origin is no pass. With the cookie a program is its person, without it nobody."""
    assert people.client(people.desk.make.member(), transport=transport).connect().connected
    with pytest.raises(NotConnected, match="not_signed_in"):
        people.client(None, transport=transport).connect()


@both
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_a_sibling_site_is_refused_without_an_origin_too(people: People, transport: str, site: str) -> None:
    """T15: a GET without Origin, with the cookie that browsers send to sibling origins."""
    with pytest.raises(Refused) as refused:
        people.client(people.desk.make.member(), transport=transport, Sec_Fetch_Site=site)

    assert refused.value.status == 400
    own = people.client(people.desk.make.member(), transport=transport, Sec_Fetch_Site="same-origin")
    assert own.connect().connected


def test_another_origin_cannot_speak_in_a_session_that_is_open(people: People, looking: Looking) -> None:
    """T15: not even with its number."""
    people.agent()
    member, own, chat = people.waiting()
    say = "42" + json.dumps(["message:say", {"chat": chat, "client_id": token(), "body": "Forged."}])
    port, cookie = people.desk.port, people.web(member).cookie
    sid = _opened(port, cookie)
    assert _polled(port, sid, "40", Cookie=cookie, Origin="http://evil.example") == 400
    assert _polled(port, sid, say, Cookie=cookie, Origin="http://evil.example") == 400
    assert "Forged." not in looking.bodies(chat)

    assert _polled(port, sid, "40", Cookie=cookie, Origin=f"http://127.0.0.1:{port}") == 200
    assert _polled(port, sid, say.replace("Forged", "Real"), Cookie=cookie) == 200
    own.ears.event("message:said", body="Real.")


def test_no_answer_is_a_script_that_another_site_can_include(people: People) -> None:
    """T15: JSONP would hand the number of the session to whoever includes it."""
    web = people.web(people.desk.make.member())

    assert web.get("/socket.io/?EIO=4&transport=polling&j=0")[0] == 400
    assert web.get("/socket.io/?EIO=4&transport=polling")[1].startswith("0{")


def test_no_other_site_may_read_an_answer(people: People) -> None:
    """T15: no CORS header names anybody but ourselves."""
    connection = http.client.HTTPConnection("127.0.0.1", people.desk.port, timeout=20)
    own = f"http://127.0.0.1:{people.desk.port}"
    allowed = {}
    for origin in ("http://evil.example", "null", own):
        connection.request("GET", "/socket.io/?EIO=4&transport=polling", headers={"Origin": origin})
        response = connection.getresponse()
        response.read()
        allowed[origin] = response.headers.get("Access-Control-Allow-Origin")
    connection.close()

    assert allowed == {"http://evil.example": None, "null": None, own: own}


def test_the_cookie_is_not_sent_to_us_from_other_sites(people: People) -> None:
    """T15: what makes a missing Origin harmless."""
    connection = http.client.HTTPConnection("127.0.0.1", people.desk.port, timeout=20)
    connection.request("GET", "/sign-in")
    response = connection.getresponse()
    response.read()
    connection.close()
    (cookie,) = [line for line in response.headers.get_all("Set-Cookie") if line.startswith("session=")]

    assert {"HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


def _opened(port: int, cookie: str) -> str:
    web = Web(port, cookie=cookie.partition("=")[2])
    return str(json.loads(web.get("/socket.io/?EIO=4&transport=polling")[1][1:])["sid"])


def _polled(port: int, sid: str, packet: str, **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    sent = {**headers, "Content-Type": "text/plain;charset=UTF-8"}
    connection.request("POST", f"/socket.io/?EIO=4&transport=polling&sid={sid}", packet.encode(), sent)
    status = connection.getresponse().status
    connection.close()
    return status
