"""T54, T55, T60, T64: what a request claims: its host, its sender, where it goes next, whose copy it is."""

import re
import socket
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask, request

from helpdesk.accounts.models import User
from helpdesk.extensions import db
from helpdesk.web.fragments import local_path
from tests.browser.desk import Desk
from tests.conftest import Client, Make, make_app
from tests.house.doors import DOORS, World, build

# A proxy that knows who somebody is would say so in one of these; nobody asked it to.
SAYS_WHO = (
    "X-Remote-User", "Remote-User", "X-User-Id", "X-Forwarded-User", "X-Forwarded-Email", "X-Auth-Request-User",
    "X-Authenticated-User", "Authorization", "X-Original-User", "X-WEBAUTH-USER",
)  # fmt: skip


def raw(port: int, request: str) -> str:
    """What the served desk answers to these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(request.replace("\n", "\r\n").encode("latin-1"))
        line.settimeout(20)
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    return answer.decode("utf-8", "replace")


@pytest.mark.parametrize(
    "request_",
    [
        "GET /forgotten-password HTTP/1.1\nHost: {own}\nHost: evil.invalid\nConnection: close\n\n",
        "GET /forgotten-password HTTP/1.1\nHost: evil.invalid\nHost: {own}\nConnection: close\n\n",
        "GET http://evil.invalid/forgotten-password HTTP/1.1\nHost: {own}\nConnection: close\n\n",
        "GET http://evil.invalid/technical-issues HTTP/1.1\nHost: {own}\nConnection: close\n\n",
        "GET //evil.invalid/technical-issues HTTP/1.1\nHost: {own}\nConnection: close\n\n",
        "GET /technical-issues HTTP/1.1\nHost: {own}\nX-Forwarded-Host: evil.invalid\nForwarded: host=evil.invalid\n"
        "X-Forwarded-Proto: https\nX-Forwarded-Prefix: /evil\nConnection: close\n\n",
        "GET /sign-in HTTP/1.0\nHost: evil.invalid\n\n",
        "GET /sign-in HTTP/1.1\nHost: {own}.evil.invalid\nConnection: close\n\n",
        "GET /sign-in HTTP/1.1\nHost: evil.invalid:80@{own}\nConnection: close\n\n",
    ],
    ids=["two", "two turned", "absolute", "absolute redirect", "slashes", "forwarded", "no own", "suffix", "user"],
)
def test_no_claim_about_the_host_gets_into_an_answer(desk: Desk, request_: str) -> None:
    """T54: refused, or answered with addresses of our own."""
    answer = raw(desk.port, request_.format(own=f"127.0.0.1:{desk.port}"))
    head, _, body = answer.partition("\r\n\r\n")
    location = next((line for line in head.splitlines() if line.lower().startswith("location:")), "")
    assert head.split()[1] in {"200", "303", "308", "400", "404"}
    assert re.findall(r"(?i)(?:href|src|action)=[\"']?(?:https?:)?//", body) == []
    assert not re.match(r"(?i)location: (?:https?:)?//(?!127\.0\.0\.1:\d+/)", location), location


def test_nobody_is_signed_in_by_a_header(app: Flask) -> None:
    """T60: nor let further in, nor counted as somebody else."""
    world = build(app)
    for role in ("nobody", "owner"):
        for path in ("/desk", "/profile", "/desk/admin"):
            plain = world.browsers[role].get(path)
            for name in SAYS_WHO:
                for value in ("admin", "1", "Basic YWRtaW46YWRtaW4=", "admin@example.org"):
                    claimed = world.browsers[role].get(path, headers={name: value})
                    assert (claimed.status_code, claimed.location) == (plain.status_code, plain.location), (name, path)


@pytest.mark.parametrize(("proxies", "counted"), [(0, "127.0.0.1"), (1, "192.0.2.3"), (2, "192.0.2.2")])
def test_the_senders_address_is_that_before_our_own_proxies(
    tmp_path, prepared_sqlite, proxies: int, counted: str
) -> None:
    """T36, T60, T61: what was written in front of it counts for nothing, however much there is."""
    (tmp_path / "helpdesk.sqlite").write_bytes(prepared_sqlite.read_bytes())
    app = make_app(tmp_path, proxies=proxies, **({"public_url": "https://help.example.org"} if proxies else {}))
    seen: list[str | None] = []
    app.before_request(lambda: seen.append(request.remote_addr))
    headers = {"X-Forwarded-For": "<script>, 192.0.2.1, 192.0.2.2, 192.0.2.3", "Host": "help.example.org"}
    app.test_client().get("/help", headers=headers if proxies else {**headers, "Host": "localhost"})
    with app.app_context():
        db.engine.dispose()
    assert seen == [counted]


NEXT = (
    "//evil", "/\\evil", "\\/evil", "https:evil", "https:/evil", "%2f%2fevil", "/%09/evil", "/\t/evil", "/%5cevil",
    "javascript:alert(1)", "//user@evil", "http://localhost@evil", "/\r\nLocation: //evil", "/%0d%0aX: y", "///evil",
    "/.//evil", "/..//evil", "/;//evil", "/?//evil", "/#//evil", "\u2215\u2215evil", "/\u2028/evil", "／／evil",
    "/@evil",
)  # fmt: skip


@pytest.mark.parametrize("target", NEXT, ids=ascii)
def test_where_it_goes_next_is_a_path_here(target: str) -> None:
    """T55: what is taken at all leads a browser to this very host."""
    taken = local_path(target)
    if taken is not None:
        browsers = taken.replace("\\", "/").translate({9: None, 10: None, 13: None})
        assert urlsplit(urljoin("https://help.example.org/sign-in", browsers)).netloc == "help.example.org"


class SharedCache:
    """A proxy that keeps what it may, and by default a little more: by address and by what Vary names."""

    def __init__(self, *, minds_vary: bool) -> None:
        self._minds_vary = minds_vary
        self._kept: dict[tuple[str, ...], str] = {}

    def get(self, browser: Client, path: str) -> str:
        for key in list(self._kept):
            if key[0] == path and key[1:] == self._of(browser, key[1::2]):
                return self._kept[key]
        answer = browser.get(path)
        text = answer.get_data().decode("utf-8", "replace")  # a copy of somebody's data is no text
        answer.close()
        control = answer.headers.get("Cache-Control", "")
        if answer.status_code == 200 and not ({"private", "no-store"} & {part.strip() for part in control.split(",")}):
            names = [name.strip() for name in answer.headers.get("Vary", "").split(",") if name] * self._minds_vary
            self._kept[path, *self._of(browser, names)] = text
        return text

    def _of(self, browser: Client, names) -> tuple[str, ...]:
        cookie = browser.get_cookie("session")
        return tuple(part for name in names for part in (name, cookie.value if cookie and name == "Cookie" else ""))


@pytest.mark.parametrize("minds_vary", [pytest.param(True, marks=pytest.mark.soak), False])
def test_a_cache_in_front_mixes_nobody_up(app: Flask, minds_vary: bool) -> None:
    """T64: the owner's pages first, then the same addresses as somebody else and as nobody."""
    world, cache = build(app), SharedCache(minds_vary=minds_vary)
    looked = list(_looked_at(world))
    for path in looked:
        cache.get(world.browsers["owner"], path)
    for role in ("stranger", "nobody", "agent"):
        for path in looked:
            text = cache.get(world.browsers[role], path)
            assert "owner@example.org" not in text or role == "agent", (role, path)
            if not path.startswith("/static"):
                assert text == "" or ">Owner<" not in text or role == "agent", (role, path)


def _looked_at(world: World) -> Iterator[str]:
    for door, (path, _) in DOORS.items():
        if door.endswith("GET") and not door.startswith(("desk.", "tickets.file", "files.", "accounts.set_password")):
            yield world.path(path)


def test_a_fresh_desk_has_no_account(app: Flask, make: Make) -> None:
    """T66: and so none with a known password; the first administrator is made on the server's own console."""
    assert make.look(lambda: db.session.query(User).count()) == 0
    for name in ("admin", "root", "administrator", "helpdesk", "demo", "maja"):
        for password in (name, "admin", "password", "root", "changeme"):
            client: Client = app.test_client()
            client.get("/sign-in")
            answer = client.post("/sign-in", data={"username": name, "password": password})
            assert answer.status_code in {422, 429}
