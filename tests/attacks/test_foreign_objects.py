"""T01, T02, T06, T39: every door with an object in its address, and everybody whose object it is not.

Generated from the application: a new door is attacked without being written here, and a new kind of object that nobody
has said anything about fails the first test.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule, UnicodeConverter
from werkzeug.test import TestResponse

from helpdesk.extensions import db
from tests import builders
from tests.house.doors import DOORS, World, build, snapshot
from tests.house.test_doors import EXPECTED, ROLES

# What a word in an address names: something of somebody's, or only a part or a form of it.
OBJECTS = {"submission", "token"}
NO_OBJECTS = {"variant", "key", "name", "version"}
# A form's token that nobody has used yet is a new form of whoever sends it.
ANYBODYS_NAME = {"files.stage POST"}
# What is not there any more has been taken off by a colleague: no fault, and nothing changes.
TAKEN_OFF_ALREADY = {"desk.remove_tag POST", "desk.unrelate POST"}
# The token itself is the right to it (T53 and T25 are about those).
CAPABILITIES = {"accounts.set_password", "mail.unsubscribe"}
# Same length, so that whole answers can be compared.
MISSING = {int: lambda there: int("9" * len(str(there))), str: lambda there: "0123456789abcdef" * (len(there) // 16)}


@pytest.fixture
def world(app: Flask) -> World:
    return build(app)


def rules_with_objects(app: Flask) -> Iterator[tuple[Rule, list[str]]]:
    for rule in app.url_map.iter_rules():
        named = [
            name for name, converter in rule._converters.items()
            if isinstance(converter, IntegerConverter) or (type(converter) is UnicodeConverter and name in OBJECTS)
        ]  # fmt: skip
        if named:
            yield rule, named


def doors_with_objects(world: World) -> Iterator[tuple[str, str, list[str], dict[str, Any]]]:
    """Each such door with its endpoint, the names of its objects and the values of this world."""
    objects = {rule.rule: names for rule, names in rules_with_objects(world.app)}
    address = world.app.url_map.bind("localhost")
    for door, (path, _) in DOORS.items():
        rule, values = address.match(world.path(path), method=door.rsplit(" ", 1)[1], return_rule=True)
        if rule.rule in objects and rule.endpoint not in CAPABILITIES:
            yield door, rule.endpoint, objects[rule.rule], dict(values)


def send(world: World, role: str, door: str, endpoint: str, values: dict[str, Any]) -> TestResponse:
    method = door.rsplit(" ", 1)[1]
    path = world.app.url_map.bind("localhost").build(endpoint, values, method=method)
    data = {"data": DOORS[door][1]()} if method == "POST" else {}
    return world.browsers[role].open(path, method=method, **data)


def missing(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {**values, **{name: MISSING[type(values[name])](values[name]) for name in names}}


def bare(answer: TestResponse, values: dict[str, Any]) -> tuple[int, str, dict[str, str]]:
    """All of an answer but its own address and the forms' secret."""
    headers = {name: text for name, text in answer.headers.items() if name not in {"Set-Cookie", "Content-Length"}}
    headers["Set-Cookie"] = str("Set-Cookie" in answer.headers)
    text = re.sub(r"(csrf_token\" value=\"|X-CSRFToken[^:]*: \W*)[\w.\-]+", r"\1", answer.text)
    for value in values.values():
        if isinstance(value, int) or len(value) > 8:
            text = re.sub(rf"(?<=[/F]){value}\b", "X", text)
            headers = {name: re.sub(rf"(?<=[/F]){value}\b", "X", one) for name, one in headers.items()}
    answer.close()
    return answer.status_code, text, headers


def is_refused(door: str, role: str) -> bool:
    # What is the owner's own and 404 in the table is so because of what they do there before it.
    return EXPECTED[door][ROLES.index(role)] in ({403} if role == "owner" else {403, 404}) or role == "nobody"


def test_of_every_word_in_an_address_it_is_said_whether_it_names_something(app: Flask) -> None:
    """T01: a new kind of object is attacked, or somebody has said that it is none."""
    words = {
        name for rule in app.url_map.iter_rules() for name, converter in rule._converters.items()
        if type(converter) is UnicodeConverter
    }  # fmt: skip
    assert words <= OBJECTS | NO_OBJECTS
    assert len([rule for rule, _ in rules_with_objects(app)]) > 50


def test_what_is_somebody_elses_looks_like_what_is_not_there(world: World) -> None:
    """T01, T02: byte for byte, at every door, whoever asks; what is not there is not found by those who may see it."""
    before, compared = snapshot(world.app), 0
    for role in ROLES:
        for door, endpoint, names, values in doors_with_objects(world):
            none = bare(send(world, role, door, endpoint, missing(values, *names)), missing(values, *names))
            if is_refused(door, role):
                theirs = bare(send(world, role, door, endpoint, values), values)
                assert theirs == none, (role, door)
                compared += 1
            elif door not in ANYBODYS_NAME:
                assert none[0] == 404 or leads_to_nothing(world, role, door, none), (role, door)
    assert compared > 200
    assert unstaged(snapshot(world.app)) == unstaged(before)


def leads_to_nothing(world: World, role: str, door: str, none: tuple[int, str, dict[str, str]]) -> bool:
    """A part of a page leads to its page, which is not there either."""
    where = none[2].get("Location", "").replace("X", "9" * 9)
    return none[0] == 303 and door.endswith("GET") and world.browsers[role].get(where).status_code == 404


def unstaged(rows: dict[str, list[str]]) -> dict[str, list[str]]:
    """Without the files that everybody may begin a form with."""
    return {name: lines for name, lines in rows.items() if name not in {"stored_file", "user_session"}}


def other_world(world: World) -> dict[str, str]:
    """A second ticket, form and chat of the very same owner: parents that are there, but of other children."""
    owner = world.people["owner"]
    assert owner is not None
    with world.app.app_context():
        number = str(builders.ticket(owner, "Another one").number)
        db.session.remove()
    return {"number": number, "submission": builders.token()}


def test_a_child_is_reached_through_its_own_parent_only(world: World) -> None:
    """T06: one's own ticket with the file of another, one's own form with another's file, a tag that is not on it."""
    parents = other_world(world)
    before, tried = snapshot(world.app), set()
    for role in ("owner", "agent", "admin"):
        for door, endpoint, names, values in doors_with_objects(world):
            if len(names) < 2 or is_refused(door, role):
                continue
            wrong = {**values, names[0]: type(values[names[0]])(parents[names[0]])}
            answer = send(world, role, door, endpoint, wrong)
            assert answer.status_code == (303 if door in TAKEN_OFF_ALREADY else 404), (role, door)
            answer.close()
            tried.add(door)
    assert {"tickets.file GET", "desk.file GET", "files.staged GET", "files.remove POST"} <= tried
    assert snapshot(world.app) == before


def test_a_file_is_staged_for_its_sender_whatever_form_they_name(world: World) -> None:
    """T39, T40: a file that is added to somebody else's draft is not in it, and takes nothing out of it."""
    stranger, owner, draft = world.browsers["stranger"], world.browsers["owner"], world.facts["draft"]
    planted = stranger.post(f"/files/{draft}", data={"files": (builders.picture(), "planted.png")})
    assert planted.status_code == 303
    assert stranger.post(f"/files/{draft}/{world.facts['staged']}/removal").status_code == 404

    page = owner.get(f"/technical-issues/new/{draft}/d").text
    assert "staged.png" in page and "planted.png" not in page
    assert owner.post(f"/technical-issues/new/{draft}/d").status_code == 303
    ticket = owner.get(f"/technical-issues/{int(world.facts['number']) + 1}").text
    assert "staged.png" in ticket and "planted.png" not in ticket


def test_nobody_stages_a_file_without_signing_in(world: World) -> None:
    """T40: an upload without a session is no upload."""
    before = snapshot(world.app)
    answer = world.browsers["nobody"].post(f"/files/{builders.token()}", data={"files": (builders.picture(), "a.png")})
    assert answer.status_code == 303 and answer.location.startswith("/sign-in")
    assert snapshot(world.app) == before
