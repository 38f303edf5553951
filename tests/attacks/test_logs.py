"""T75: after every form of the product has been sent, by everybody, no log holds what was typed or who is signed in."""

import logging

import pytest
from flask import Flask

from tests.house.doors import DOORS, build

WORDS = {
    "password": "Sesquipedalian1", "current_password": "Sesquipedalian2", "new_password": "Sesquipedalian3",
    "body": "Sesquipedalian4", "description": "Sesquipedalian5", "title": "Sesquipedalian6", "code": "Sesquipedalian7",
    "question": "Sesquipedalian8", "comment": "Sesquipedalian9", "csrf_token_old": "Sesquipedalian0",
}  # fmt: skip


@pytest.mark.usefixtures("caplog")
def test_no_log_of_any_door_holds_what_somebody_typed(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """T75: passwords, words, tokens, cookies, addresses; with and without the form's secret, and where we fail."""
    caplog.set_level(logging.DEBUG, logger="helpdesk")
    caplog.set_level(logging.INFO)
    world = build(app)
    cookies = [cookie.value for browser in world.browsers.values() if (cookie := browser.get_cookie("session"))]
    secrets = [*WORDS.values(), *cookies, world.facts["link"], world.facts["ending"], "owner@example.org"]
    for role in ("nobody", "owner", "admin"):
        for door, (path, words) in DOORS.items():
            if door.endswith("POST") and "sign_out" not in door:
                data = {**words(), **WORDS}
                world.browsers[role].post(world.path(path), data=data).close()
    world.browsers["owner"].csrf = "Sesquipedalian"
    world.browsers["owner"].post(world.path("/technical-issues/{number}/messages"), data=WORDS)
    assert [secret for secret in secrets if secret in caplog.text] == []


def test_a_fault_of_ours_logs_where_and_not_what(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T75: the log of a fault is there, names the place, and holds no field of the form."""
    world = build(app)

    def fault(*_: object, **__: object) -> str:
        raise RuntimeError("a fault of ours")

    monkeypatch.setitem(app.view_functions, "tickets.write", fault)
    path = world.path("/technical-issues/{number}/messages")
    assert world.browsers["owner"].post(path, data=WORDS).status_code == 500
    assert "a fault of ours" in caplog.text
    assert [word for word in WORDS.values() if word in caplog.text] == []


@pytest.mark.parametrize("claim", ["\r\nERROR forged line", "\x1b[31mred", "\u2028forged"])
def test_what_a_request_claims_forges_no_line_of_the_log(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, claim: str
) -> None:
    """T36, T75: in the path, where a fault would log it."""

    def fault(*_: object, **__: object) -> str:
        raise RuntimeError("a fault of ours")

    monkeypatch.setitem(app.view_functions, "home.help", fault)
    app.test_client().get("/help", query_string={"q": claim}, headers={"User-Agent": claim.strip()})
    assert not any(record.getMessage().strip().startswith(("ERROR forged", "forged")) for record in caplog.records)
    assert "\x1b[31m" not in caplog.text
