"""Whatever is sent to whatever door: an answer, never a fault of ours, and never a long wait."""

import string
import time
from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import builders
from tests.conftest import Client
from tests.house.doors import DOORS, World, build, snapshot

SECONDS = 20
EXAMPLES = 600
PATIENCE = 1.0
ROLES = ("nobody", "owner", "agent")
FIELDS = (
    "csrf_token", "body", "verb", "submission", "agent", "title", "language", "description", "then", "username",
    "password", "new_password", "current_password", "name", "time_zone", "theme", "files", "back", "next", "q", "page",
    "view", "status", "seen", "follows", "checking", "lang",
)  # fmt: skip
HEADERS = (
    "Accept-Language", "HX-Request-Type", "HX-Current-URL", "Referer", "User-Agent", "Accept-Encoding", "Cookie",
    "X-Forwarded-For", "Range", "If-None-Match", "If-Modified-Since", "Sec-Fetch-Dest", "Content-Encoding", "Accept",
)  # fmt: skip
NASTY = st.sampled_from(
    [
        "",
        " ",
        "\x00",
        "\ud800",
        "\u202eevil",
        "\u2066\u2069",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "${7}",
        "%s%n",
        "' OR 1=1 --",
        '"',
        "\\",
        "\r\nX-Evil: 1",
        "../../etc/passwd",
        "9" * 40,
        "-1",
        "1e9",
        "NaN",
        "True",
        "null",
        "[]",
        "٣",
        "١٠٠١",
        "🙂" * 50,
        "a" * 12_000,
        "\u200b",
        "\ufeff",
        "ﷺ" * 100,
        "e" + "\u0301" * 500,
        "reply",
        "note",
        "close",
        "thank",
        "fr-CA",
        "older.1.2.3",
        "newer.99999999999999999.1.1",
        "//evil.example",
        "http://[half",
        "Europe/Paris",
        "0" * 32,
        "1001",
        "any",
        "mine",
    ]
)
TEXT = st.one_of(NASTY, st.text(max_size=200))
HEADER_TEXT = st.one_of(
    st.sampled_from(
        [
            "partial",
            "full",
            "http://localhost/technical-issues",
            "http://[half",
            "//",
            "fr-CA,sv;q=0.5",
            "*;q=x",
            "q=1",
            "fr;q=abc",
            "en;q=" + "9" * 400,
            "lang=sv",
            "lang=" + "x" * 3000,
            "tz=Mars/Olympus",
            "session=x.y.z",
            ";;;=",
            "bytes=0-99999999999",
            "gzip",
            "deflate",
            "text/html;" * 200,
            "é",
            "document",
            "script",
        ]
    ),
    st.text(alphabet=string.printable.replace("\r", "").replace("\n", "").strip("\x0b\x0c"), max_size=80),
)
WORDS = st.dictionaries(st.sampled_from(FIELDS), TEXT, max_size=6)
ASKED = st.dictionaries(st.sampled_from(FIELDS), TEXT.filter(lambda text: "\ud800" not in text), max_size=3)
SENT_HEADERS = st.dictionaries(st.sampled_from(HEADERS), HEADER_TEXT, max_size=3)
PIECES = st.one_of(st.none(), TEXT.filter(lambda text: "\ud800" not in text and len(text) < 2000))


@pytest.fixture
def world(app: Flask) -> World:
    return build(app)


def fill(world: World, path: str, piece: str | None) -> str:
    """The door's address; with `piece`, one of its parts is that instead."""
    if piece is None or "{" not in path:
        return world.path(path)
    first = path[path.index("{") + 1 : path.index("}")]
    return path.format(**{**world.facts, first: quote(piece, safe="")})


def test_no_door_fails_whatever_is_sent_to_it(world: World, caplog: pytest.LogCaptureFixture) -> None:
    doors = st.sampled_from([door for door in DOORS if "sign_out" not in door and "end_session" not in door])
    methods = st.sampled_from(["", "", "", "GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE"])
    until = time.monotonic() + SECONDS
    seen: set[int] = set()

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(doors, st.sampled_from(ROLES), methods, PIECES, WORDS, ASKED, SENT_HEADERS)
    def send(door, role, method, piece, words, asked, headers) -> None:
        if time.monotonic() > until:
            return
        path, expected = DOORS[door]
        words = {name: text.encode("utf-8", "surrogatepass") for name, text in {**expected(), **words}.items()
                 if isinstance(text, str)}  # fmt: skip
        wanted = method or door.rsplit(" ", 1)[1]
        begun = time.monotonic()
        answer = world.browsers[role].open(
            fill(world, path, piece), method=wanted, headers=headers, query_string=asked,
            **({"data": words} if wanted in {"POST", "PUT"} else {}),
        )  # fmt: skip
        taken = time.monotonic() - begun
        seen.add(answer.status_code)
        answer.close()
        world.browsers[role].delete_cookie("lang")
        assert answer.status_code < 500, (door, role, wanted, caplog.text[-3000:])
        assert taken < PATIENCE * 3, (door, taken)

    send()
    assert {200, 303, 404, 405} <= seen, "the doors were really knocked at"


# --- Bodies that are no forms ---

BODIES = [
    (b"", "application/x-www-form-urlencoded"),
    (b"=&=&&&==", "application/x-www-form-urlencoded"),
    (b"%zz=%&%00=%ff", "application/x-www-form-urlencoded"),
    (b"\xff\xfe\x00", "application/x-www-form-urlencoded; charset=utf-16"),
    (b"a=b", "application/x-www-form-urlencoded; charset=nonsense"),
    (b"{", "application/json"),
    (b'{"csrf_token": {"a": [1]}}', "application/json"),
    (b"[" * 100_000, "application/json"),
    (b"<?xml version='1.0'?><!DOCTYPE x SYSTEM 'file:///etc/passwd'><x/>", "application/xml"),
    (b"x", "multipart/form-data"),
    (b"x", "multipart/form-data; boundary="),
    (b"x", "multipart/form-data; boundary=x"),
    (b"--x\r\n\r\n\r\n--x--", "multipart/form-data; boundary=x"),
    (b"--x\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\nnever ends", "multipart/form-data; boundary=x"),
    (b"--x\r\nContent-Disposition: form-data; name=\r\n\r\n\x00\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    (b"--x\r\nContent-Disposition: nonsense\r\n\r\n1\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    (b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y--\r\n--x--", "multipart/form-data; boundary=x"),
    (b"x" * 1000, "multipart/form-data; boundary=" + "y" * 5000),
    (b"x", "nonsense"),
    (b"x", "text/plain; " * 100),
]  # fmt: skip


@pytest.mark.parametrize(("body", "kind"), BODIES, ids=lambda part: repr(part)[:30])
def test_a_body_that_is_no_form_is_refused_like_a_form_without_its_secret(
    client: Client, body: bytes, kind: str
) -> None:
    client.get("/sign-in")
    answer = client.post("/sign-in", data=body, content_type=kind)
    assert answer.status_code in {400, 413, 422}


def test_a_multipart_form_of_a_thousand_parts_is_too_large(world: World) -> None:
    owner = world.browsers["owner"]
    parts = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % number for number in range(1000)
    )
    begun = time.monotonic()
    answer = owner.post(
        world.path("/technical-issues/{number}/messages"),
        data=parts + b"--x--\r\n",
        content_type="multipart/form-data; boundary=x",
        headers={"X-CSRFToken": owner.csrf},
    )
    assert answer.status_code == 413
    assert time.monotonic() - begun < PATIENCE


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 3 * 1024 * 1024])
def test_a_field_of_a_megabyte_is_too_large(world: World, size: int) -> None:
    begun = time.monotonic()
    for role, door in (("owner", "/technical-issues/{number}/messages"), ("nobody", "/sign-in")):
        browser = world.browsers[role]
        part = b'--x\r\nContent-Disposition: form-data; name="body"\r\n\r\n' + b"x" * size + b"\r\n--x--\r\n"
        for body, kind in (
            (b"body=" + b"x" * size, "application/x-www-form-urlencoded"),
            (part, "multipart/form-data; boundary=x"),
        ):
            headers = {"X-CSRFToken": browser.csrf}
            answer = browser.post(world.path(door), data=body, content_type=kind, headers=headers)
            assert answer.status_code == 413, (door, kind)
    assert time.monotonic() - begun < PATIENCE * 4


def test_a_body_that_lies_about_its_length_is_refused(client: Client) -> None:
    for length in ("99999999999", "-1", "x", ""):
        answer = client.post("/sign-in", data=b"a=b", headers={"Content-Length": length})
        assert answer.status_code in {400, 413, 422}, length


IMPOSSIBLE = ["\x00", "a\x00b", "\x00" * 100]


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_text_that_no_database_can_store_is_refused(world: World, text: str) -> None:
    before = snapshot(world.app)
    owner = world.browsers["owner"]
    for door in ("tickets.write POST", "submission.save_title POST", "accounts.profile POST"):
        path, words = DOORS[door]
        for name in words():
            answer = owner.post(world.path(path), data={**words(), name: text})
            assert answer.status_code == 400, (door, name)
    assert owner.get("/technical-issues/open", query_string={"q": text}).status_code == 400
    assert snapshot(world.app) == before


def test_surrogates_and_half_signs_never_reach_the_database(world: World) -> None:
    owner = world.browsers["owner"]
    for raw in (b"\xed\xa0\x80", b"\xff\xfe", b"\xc3", b"\xf0\x9f\x99"):
        words = {"body": raw, "verb": b"reply", "submission": builders.token().encode()}
        answer = owner.post(world.path("/technical-issues/{number}/messages"), data=words)
        assert answer.status_code in {303, 400}
        assert owner.get(world.path("/technical-issues/{number}")).status_code == 200


def test_signs_that_turn_text_around_are_taken_out(world: World) -> None:
    owner = world.browsers["owner"]
    page = world.path("/technical-issues/{number}")
    words = {"body": "safe\u202egnp.exe\u2066\u202d", "verb": "reply", "submission": builders.token()}
    assert owner.post(f"{page}/messages", data=words).status_code == 303
    shown = owner.get(page).text
    assert "safegnp.exe" in shown
    assert not set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068") & set(shown)


def test_a_cookie_can_be_anything(client: Client) -> None:
    for value in ("", "x", "sv; lang=fr", "%00", '"', "a" * 3000, "=;=", "\u00e9", "fr-CA", "../../x"):
        client.set_cookie("lang", value)
        client.set_cookie("tz", value)
        assert client.get("/help").status_code == 200, value


@pytest.mark.parametrize(
    "name", ["Host", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Original-URL", "X-Rewrite-URL"]
)
def test_a_header_that_names_another_host_changes_no_page(client: Client, name: str) -> None:
    answer = client.get("/forgotten-password", headers={name: "evil.example"})
    assert answer.status_code in {200, 400}
    assert "evil.example" not in answer.text
