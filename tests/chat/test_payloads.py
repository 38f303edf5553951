"""What clients may send that no client of ours sends: answered in its code, never an exception, never a room."""

import pytest
from flask import Flask

from helpdesk.chat import service
from tests.chat.talking import Talk, nobody_is_left, talk

__all__ = ["nobody_is_left", "talk"]


@pytest.fixture
def app(either: Flask) -> Flask:
    return either


WRONG: list[tuple[object, ...]] = [
    (), (None,), (1,), (1.5,), (True,), ("text",), ("x" * 50_000,), ([],), ([{}],), ({},), ({"chat": None},),
    ({"chat": True},), ({"chat": "1"},), ({"chat": 1.0},), ({"chat": -1},), ({"chat": 10**30},), ({"chat": [1]},),
    ({"chat": {"id": 1}},), ({"chat": float("nan")},), ({"chat": float("inf")},), ({"room": "desk"},),
    ({"chat": 1}, {"chat": 1}), ({"chat": 1}, "desk"),
]  # fmt: skip
ALL = ("message:say", "chat:catch_up", "typing:start", "chat:end", "chat:claim", "chat:hand_off", "chat:transfer")


@pytest.mark.parametrize("event", [*ALL, "desk:available"])
def test_what_is_no_object_of_ours_is_answered_and_nothing_is_logged(
    talk: Talk, event: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpdesk.pace.Memory.hit", lambda *_: 0.0)
    for payload in WRONG:
        assert talk.ours.ask(event, *payload) == {"ok": False, "error": "bad_payload"}, payload
    assert talk.ours.is_open
    assert caplog.records == []
    assert talk.state() == "waiting"


@pytest.mark.parametrize(
    "facts",
    [
        {"client_id": "short", "body": "Hi"}, {"client_id": "x" * 37, "body": "Hi"}, {"client_id": 1, "body": "Hi"},
        {"client_id": "a b c d e f", "body": "Hi"}, {"client_id": "letter-0001", "body": None},
        {"client_id": "letter-0001", "body": ["Hi"]}, {"client_id": "letter-0001"}, {"body": "Hi"},
        {"client_id": "letter-0001", "body": "\ud800"}, {"client_id": "letter-0001", "body": "nul \x00"},
    ],
)  # fmt: skip
def test_a_message_that_cannot_be_stored_is_refused(talk: Talk, facts: dict[str, object]) -> None:
    assert talk.theirs.ask("message:say", {"chat": talk.chat, **facts}) == {"ok": False, "error": "bad_payload"}
    assert talk.says(talk.theirs, "   ")["error"] == "message_missing"
    assert talk.says(talk.theirs, "x" * 4001) == {"ok": False, "error": "chat_too_long", "max": 4000}
    assert talk.says(talk.theirs, "x" * 4000)["ok"]


@pytest.mark.parametrize("event", ["no:such", "message", "json", "desk", "**", "%", "../desk", "é" * 100, "x" * 60_000])
def test_an_event_that_is_none_is_answered(talk: Talk, event: str, caplog: pytest.LogCaptureFixture) -> None:
    for payload in ((), ({"room": "desk"},), (1, 2, 3)):
        assert talk.theirs.ask(event, *payload) == {"ok": False, "error": "unknown_event"}
    assert caplog.records == []


def test_a_fault_of_ours_is_logged_and_answered(
    talk: Talk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr(service, "end", broken)

    assert talk.theirs.ask("chat:end", {"chat": talk.chat}) == {"ok": False, "error": "fault"}
    assert [record.message for record in caplog.records] == ["an event failed"]
    assert talk.says(talk.theirs, "It goes on")["ok"]
