"""docs/chat-protocol.md and the code say the same: events in both directions, their fields, the codes of a refusal."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

from helpdesk import refusals
from helpdesk.chat import paces, push, service
from helpdesk.extensions import socketio
from helpdesk.refusals import Refusal
from helpdesk.web import events

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "chat-protocol.md").read_text()
EVENT = re.compile(r"[a-z]+:[a-z_]+")
# Where the refusals of an event may come from; what only a form is answered stands below.
BEHIND_SOCKETS = [
    *sorted((ROOT / "helpdesk" / "chat").glob("*.py")),
    *map(ROOT.joinpath, ("helpdesk/web/events.py", "helpdesk/web/gate.py")),
]
OF_FORMS = {
    "rating_missing": "a chat is rated by form only",
    "already_taken": "who takes a chat says chat_taken",
    "wrong_state": "the chat says chat_wrong_state",
    "too_many": "the chat's paces say chat_too_fast",
    "invalid": "sockets say bad_payload, and services name what is wrong",
    "refused": "no door raises it",
    "unproved": "only pages ask again who it is",
}
# The library's own, and the one that answers events which are none.
NOT_ON_THE_PAGE = {"connect", "disconnect", "*"}


def section(number: int) -> str:
    """One section of the page."""
    found = re.search(rf"^## {number}\. .*?(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"the page has no section {number}"
    return found[0]


def rows(number: int) -> dict[str, str]:
    """The tables' rows of a section by what stands in their first cell, if that is code."""
    return dict(re.findall(r"^\| `([^`]+)` \|(.*)\|$", section(number), re.MULTILINE))


def codes(path: Path) -> set[str]:
    """The codes of refusals that a module names."""
    tree = ast.parse(path.read_text())
    kinds = {kind.__name__ for kind in _kinds()}
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            words = [one.value for one in node.args[:1] if isinstance(one, ast.Constant)]
            found |= {str(word) for word in words if node.func.id in kinds}
            found |= {kw.value.value for kw in node.keywords if kw.arg == "code" and isinstance(kw.value, ast.Constant)}
    return found


def _kinds() -> list[type[Refusal]]:
    return [kind for kind in vars(refusals).values() if isinstance(kind, type) and issubclass(kind, Refusal)]


@pytest.mark.usefixtures("app")
def test_every_event_that_is_heard_is_on_the_page_and_the_other_way_round() -> None:
    heard = set(socketio.server.handlers["/"]) - NOT_ON_THE_PAGE

    assert heard == set(rows(3))


def test_every_event_that_is_told_is_on_the_page_and_the_other_way_round() -> None:
    tree = ast.parse(Path(push.__file__).read_text())
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    told = {word for word in words if EVENT.fullmatch(word)}

    assert told == {name for name in rows(4) if ":" in name}


def test_every_field_that_is_told_is_on_the_page() -> None:
    tree = ast.parse(Path(push.__file__).read_text())
    fields = {
        key.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant)
    } - {"claim", "end", "ignore_queue"}

    assert fields
    for field in fields:
        assert f"`{field}`" in section(4), field


def test_every_code_of_a_refusal_is_on_the_page_and_the_other_way_round() -> None:
    own = {kind.code for kind in _kinds()} | {events.FAULT}
    named = own.union(*(codes(path) for path in BEHIND_SOCKETS))

    assert named - OF_FORMS.keys() == set(rows(6))


def test_the_limits_are_those_of_the_code(app: Flask) -> None:
    limits = section(7)
    engine = socketio.server.eio

    assert f"{engine.max_http_buffer_size // 1024} KiB" in limits
    assert f"{service.BODY_SIGNS:,} characters" in limits and f"{service.BODY_SIGNS:,} characters" in section(3)
    for pace, name in ((paces.SAY, "message:say"), (paces.CATCH_UP, "chat:catch_up"), (paces.TYPING, "typing:start")):
        assert f"`{name}` in {pace.seconds} seconds | {pace.members} by a member, {pace.team} by an agent" in limits
    assert (
        f"{paces.VERB.members} by a member, {paces.VERB.team} by an agent; unknown ones {paces.UNKNOWN.members}"
        in limits
    )
    assert f"{events.FLOOD.members} by a member, {events.FLOOD.team} by an agent; then the connection ends" in limits
    assert f"{paces.CONNECT.members} a minute by a member, {paces.CONNECT.team} by an agent" in limits
    heartbeat = f"every {engine.ping_interval:g} seconds and waits {engine.ping_timeout:g}"
    assert heartbeat in section(2)


def test_every_form_on_the_page_is_a_door(app: Flask) -> None:
    doors = {
        (method, re.sub(r"<any[^>]*>|<int:chat_id>", "*", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods
    }
    verbs = re.findall(r"(GET|POST) (/[\w/<>-]+)", section(1) + section(9))

    assert len(verbs) > 10
    for method, path in verbs:
        plain = path.replace("<chat>", "*")
        assert {(method, plain), (method, plain.rpartition("/")[0] + "/*")} & doors, f"{method} {path}"
