"""The log: a line of JSON a record, with who, where and when; without what people wrote, and nobody can forge one."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from helpdesk.config import Config
from helpdesk.extensions import db
from helpdesk.home import views as home
from helpdesk.operating import logs
from tests import builders
from tests.conftest import Client, Make

SECRET = "Sesquipedalian"
Line = dict[str, object]


@pytest.fixture
def lines(app: Flask) -> Iterator[Callable[[], list[Line]]]:
    """What has been written down until now, as a machine reads it; each line must be one record."""
    written, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.Lines())
    ours = [logging.getLogger(name) for name in ("helpdesk.requests", "helpdesk.security")]
    levels = [logger.level for logger in ours]
    root.addHandler(handler)
    for logger in ours:
        logger.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.removeHandler(handler)
    for logger, level in zip(ours, levels, strict=True):
        logger.setLevel(level)


def events(lines: list[Line]) -> list[tuple[object, object]]:
    return [(line["event"], line.get("person")) for line in lines if line["from"] == "helpdesk.security"]


def test_a_request_is_one_line_with_who_where_and_how(
    client: Client, make: Make, lines: Callable[[], list[Line]]
) -> None:
    kim = make.member("kim")
    client.sign_in(kim)
    begun = len(lines())

    client.get("/technical-issues?page=2")

    (line,) = lines()[begun:]
    assert line["at"].endswith("Z") and len(line["request"]) == 16
    assert {name: line[name] for name in ("from", "door", "method", "status", "person")} == {
        "from": "helpdesk.requests", "door": "tickets.index", "method": "GET", "status": 200, "person": kim.id,
    }  # fmt: skip
    assert line["ms"] > 0


def test_signing_in_and_being_refused_are_events_of_their_own(
    client: Client, make: Make, lines: Callable[[], list[Line]]
) -> None:
    kim = make.member("kim")
    client.get("/sign-in")
    client.post("/sign-in", data={"username": "kim", "password": "wrong"})
    client.sign_in(kim)
    client.get("/desk")
    client.post("/profile", data={"csrf_token": "forged"})
    client.post("/profile", headers={"Sec-Fetch-Site": "cross-site"})
    client.get("/help", headers={"Host": "evil.example"})

    told = events(lines())
    assert told[:3] == [("sign_in_failed", None), ("signed_in", kim.id), ("denied", kim.id)]
    assert [event for event, _person in told[3:]] == ["form_refused", "denied", "foreign_host"]


def test_too_many_attempts_are_an_event(client: Client, lines: Callable[[], list[Line]]) -> None:
    client.get("/sign-in")
    for _attempt in range(30):
        answer = client.post("/sign-in", data={"username": "kim", "password": "wrong"})
        if answer.status_code == 429:
            break
    assert ("limited", None) in events(lines())


@pytest.mark.parametrize(
    "payload", [f"{SECRET}\n" + '{"level": "info", "says": "forged"}', f"{SECRET}\r\x1b[31m", f"<script>{SECRET}\u2028"]
)
def test_nobody_writes_lines_or_words_into_the_log(
    client: Client, lines: Callable[[], list[Line]], payload: str
) -> None:
    """T36, T75: in every place where a request can carry something."""
    plain = payload.replace("\n", "%0A").replace("\r", "%0D").replace("\u2028", "%E2%80%A8").replace("\x1b", "%1B")
    client.get(f"/technical-issues/{plain}?q={plain}")
    client.get("/help", headers={"User-Agent": plain, "Referer": f"http://x/{plain}", "X-Forwarded-For": plain})
    client.get("/help", headers={"Cookie": f"session={plain}"})
    client.post("/sign-in", data={"username": payload, "password": payload, "csrf_token": payload})
    logging.getLogger("helpdesk").warning("told %s", payload)

    *written, told = lines()

    assert len(written) >= 4 and SECRET not in json.dumps(written)
    assert told["says"] == f"told {payload}", "one record, one line, whatever is in it"


def test_a_fault_tells_its_kind_its_place_and_its_number_and_no_values(
    app: Flask, client: Client, lines: Callable[[], list[Line]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        db.session.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": SECRET})
        return ""

    app.testing = False
    monkeypatch.setitem(app.view_functions, "home.help", fail)

    page = client.get("/help", headers={"Accept-Language": "fr"})
    part = client.fragment("/help", headers={"Accept-Language": "fr"})

    faults = [line for line in lines() if "fault" in line]
    assert [fault["fault"] for fault in faults] == ["OperationalError: no such table: nowhere"] * 2
    assert "fail" in faults[0]["Traceback"][-1] or any("fail" in frame for frame in faults[0]["Traceback"])
    assert SECRET not in json.dumps(lines())
    for answer, fault in zip((page, part), faults, strict=True):
        assert answer.status_code == 503 and f"Référence\u00a0: {fault['request']}" in answer.text


def test_the_page_in_all_languages_has_the_number_too(
    app: Flask, client: Client, lines: Callable[[], list[Line]], monkeypatch: pytest.MonkeyPatch
) -> None:
    app.testing = False
    monkeypatch.setitem(app.view_functions, "home.help", lambda: 1 / 0)

    page = client.get("/help")

    (fault,) = [line for line in lines() if "fault" in line]
    assert (page.status_code, fault["fault"]) == (500, "ZeroDivisionError: division by zero")
    assert f"<code>{fault['request']}</code>" in page.text


def test_who_is_refused_gets_no_number(client: Client, make: Make) -> None:
    client.sign_in(make.member())
    assert "Reference" not in client.get("/technical-issues/4711").text
    assert "Reference" not in client.get("/desk").text


def test_health_and_static_files_are_no_lines(client: Client, lines: Callable[[], list[Line]]) -> None:
    client.get("/healthz")
    assert [line for line in lines() if line["from"] == "helpdesk.requests"] == []


@pytest.mark.parametrize(
    ("setting", "terminal", "form"),
    [("", True, "text"), ("", False, "json"), ("text", False, "text"), ("json", True, "json")],
)
def test_the_form_is_for_who_reads(monkeypatch: pytest.MonkeyPatch, setting: str, terminal: bool, form: str) -> None:
    monkeypatch.setattr(logs.sys, "stderr", type("Reader", (), {"isatty": lambda _self: terminal})())
    assert logs.wanted(Config(log=setting)) == form


def test_a_developer_keeps_what_flask_writes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    before = logging.getLogger().handlers[:]
    monkeypatch.setattr(logs, "wanted", lambda _config: "text")
    logs.use(app)
    assert logging.getLogger().handlers == before
    assert home.bp and builders.PASSWORD  # nothing else was touched
