"""What is taken from Redis: events that our own processes emit, and nothing else that somebody may put there."""

import json
import pickle
from typing import Any

import pytest

from helpdesk.web.hints import as_event

GOOD: dict[str, Any] = {
    "method": "emit", "event": "message:said", "data": [{"chat": 1}], "binary": False, "namespace": "/",
    "room": ["user:1", "user:2"], "skip_sid": None, "callback": None, "host_id": "a",
}  # fmt: skip


def test_an_event_of_ours_is_taken() -> None:
    assert as_event(json.dumps(GOOD).encode()) == GOOD
    assert as_event(json.dumps(GOOD | {"room": "desk"})) == GOOD | {"room": "desk"}


@pytest.mark.parametrize(
    "data",
    [
        b"", b"garbage", b"\xff\xfe", b"5", b"[]", b"null", b"{}", b"[" * 100_000, pickle.dumps(GOOD), None, 7,
        *(
            json.dumps(GOOD | change).encode()
            for change in (
                {"method": "disconnect", "sid": "a"}, {"method": "enter_room", "sid": "a", "room": "desk"},
                {"method": "close_room"}, {"method": "callback"}, {"room": None}, {"room": [1]}, {"room": {"a": 1}},
                {"event": 5}, {"namespace": None}, {"host_id": 1}, {"binary": True}, {"callback": ["a", "/", 1]},
                {"skip_sid": "a"},
            )
        ),
        json.dumps({name: value for name, value in GOOD.items() if name != "data"}).encode(),
    ],
)  # fmt: skip
def test_anything_else_is_left_alone(data: object) -> None:
    assert as_event(data) is None
