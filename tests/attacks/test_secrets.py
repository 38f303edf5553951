"""T25: what the authority is, and where it may be seen."""

import http.client
import re

from helpdesk.chat.models import Chat
from tests.browser.desk import Desk
from tests.chat.clients.people import People, token


def test_a_chat_has_no_secret_of_its_own(people: People) -> None:
    """T25: beginning one gives no cookie, no link and no key; the session is what counts, and it is long and random."""
    people.agent()
    member = people.desk.make.member()
    web = people.web(member)
    before = web.cookie
    chat = people.begin(member)
    page = web.get("/chat")[1]

    assert web.cookie.count("=") <= before.count("=") + 1 and "chat" not in web.cookie
    assert {column.name for column in Chat.__table__.c}.isdisjoint({"token", "secret", "key", "hash", "access"})
    addresses = re.findall(r'(?:href|action|src|data-status)="([^"]+)"', page)
    own = [address for address in addresses if f"/chat/{chat}" in address]
    assert own and all(re.fullmatch(rf"/chat/{chat}/[a-z]+", address) for address in own), own
    session = dict(part.split("=", 1) for part in web.cookie.split("; "))["session"]
    assert session not in page and len(session) > 60


def test_the_address_of_a_chat_is_of_no_use_to_others(people: People) -> None:
    """T25: signed in as somebody else, or as nobody."""
    people.agent()
    member, _, chat = people.waiting()
    stranger = people.web(people.desk.make.member())
    nobody = people.web_of_nobody()
    for path in (f"/chat/{chat}/status", f"/desk/chats/{chat}"):
        assert stranger.get(path)[0] in {403, 404}
        assert nobody.get(path)[0] == 303
    assert people.web(member).get(f"/chat/{chat}/status")[0] == 200


def test_pages_send_no_address_to_other_sites(people: People) -> None:
    """T25: no Referer leaves the desk."""
    people.agent()
    member, _, _ = people.waiting()
    for path in ("/chat", "/socket.io/?EIO=4&transport=polling"):
        connection = http.client.HTTPConnection("127.0.0.1", people.desk.port, timeout=20)
        connection.request("GET", path, headers={"Cookie": people.web(member).cookie})
        response = connection.getresponse()
        response.read()
        connection.close()
        assert response.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}, path


def test_the_log_holds_neither_sessions_nor_words(people: People, desk: Desk) -> None:
    """T25: after a whole conversation on both transports, a refusal and something unreadable."""
    own, _theirs, chat = people.pair(member=("raw", "polling"), agent=("raw", "websocket"))
    own.ask("message:say", {"chat": chat, "client_id": token(), "body": "Sesquipedalian."})
    own.ask("message:say", {"chat": "Sesquipedalian", "client_id": "Sesquipedalian"})
    sid = own.path.partition("sid=")[2]
    cookie = people.web(people.last_member).cookie.partition("=")[2]
    log = desk.errors()

    assert sid and cookie
    assert [secret for secret in (sid, cookie, "Sesquipedalian", people.last_member.username) if secret in log] == []
