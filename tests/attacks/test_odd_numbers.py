"""T13: what is no number names nothing, in addresses, queries and forms; no secret is compared by its beginning."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from helpdesk.web.numbers import typed_number
from tests.house.doors import DOORS, World, build, knock, snapshot
from tests.house.test_doors import EXPECTED, ROLES

ODD = (
    "0", "-1", "+1", "01", "1.0", "1e0", "0x1", "1_0", "true", "null", "None", "NaN", "[1]", "1,2", "1;2", "%", "*",
    " 1", "1 ", "1\n", "\u0661", "１", "²", "1\u200b", "9" * 11, "9" * 31, "1/..", "a", "",
)  # fmt: skip
# Fields of forms and queries that name something by its number.
FIELDS = ("number", "agent", "ticket", "messages", "seq", "heir", "into", "follows", "page", "after", "view", "tag")
ANSWERS = {200, 204, 302, 303, 400, 404, 409, 422, 429}


def addresses(app: Flask, odd: str) -> Iterator[tuple[str, str]]:
    """Each address with a number in it, with this in that number's place."""
    for rule in app.url_map.iter_rules():
        for name in [part for part in rule.arguments if f"<int:{part}>" in rule.rule]:
            yield (
                rule.endpoint,
                "".join(
                    part if not dynamic else odd if part == name else "1" if f"<int:{part}>" in rule.rule else "x"
                    for dynamic, part in rule._trace
                ).lstrip("|"),
            )


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_an_address_has_one_way_to_write_a_number(app: Flask, odd: str) -> None:
    """T13: no address of the product means something with it, whichever door it would lead to."""
    map_, seen = app.url_map.bind("localhost"), 0
    for endpoint, path in addresses(app, odd):
        for method in ("GET", "POST"):
            try:
                found, values = map_.match(path, method=method)
            except (NotFound, RequestRedirect, MethodNotAllowed):
                seen += 1
                continue
            numbers = [value for value in values.values() if isinstance(value, int)]
            assert found != endpoint or all(number == 1 for number in numbers), (endpoint, path)
            assert odd not in map(str, numbers)
    assert seen > 50


@pytest.mark.parametrize("odd", [one for one in ODD if one != "01"], ids=repr)
def test_a_form_names_nothing_by_what_is_no_number(odd: str) -> None:
    """T13: the one place where forms and queries read a number."""
    assert typed_number(odd) in {None, 0}


@pytest.mark.soak  # each door with random fields is in tests/web/test_bad_input.py
def test_no_door_fails_over_a_number_in_a_form(app: Flask) -> None:
    """T13: every field that names something, at every door, by those who may come in; never a fault of ours."""
    world = build(app)
    for role in ("owner", "admin"):
        for door in DOORS:
            theirs = not door.startswith(("desk.", "home.", "assets.")) if role == "owner" else door.startswith("desk.")
            if not theirs or EXPECTED[door][ROLES.index(role)] == 403 or "sign_out" in door or "end_session" in door:
                continue
            _knock_oddly(world, role, door)


def _knock_oddly(world: World, role: str, door: str) -> None:
    method, (path, words) = door.rsplit(" ", 1)[1], DOORS[door]
    for odd in ("１", "9" * 31):
        fields = dict.fromkeys(FIELDS, odd)
        data = {"query_string": fields} if method == "GET" else {"data": {**words(), **fields}}
        answer = world.browsers[role].open(world.path(path), method=method, **data)
        assert answer.status_code in ANSWERS, (door, odd, answer.status_code)
        answer.close()


def test_a_number_of_something_that_is_not_there_changes_nothing(app: Flask) -> None:
    """T04, T13: merge, link, assign, transfer, split and bulk with numbers that nobody has."""
    world = build(app)
    before = snapshot(app)
    for door, fields in FOREIGN.items():
        path, words = DOORS[door]
        for number in ("999999", "0", "-1"):
            data = {**words(), **dict.fromkeys(fields, number)}
            answer = world.browsers["admin"].post(world.path(path), data=data)
            assert answer.status_code in {303, 404, 409, 422}, (door, number)
    assert snapshot(app, leave_out=LEFT) == {name: rows for name, rows in before.items() if name not in LEFT}


FOREIGN = {
    "desk.merge POST": ("number",),
    "desk.relate POST": ("number",),
    "desk.assign POST": ("agent",),
    "desk.transfer_chat POST": ("agent",),
    "desk.split POST": ("messages",),
    "desk.bulk POST": ("ticket", "agent"),
}
LEFT = ("parked_form", "sign_in_failure", "user_session", "agent_presence", "bulk_change")


@pytest.mark.parametrize("part", ["", "beginning", "end", "other case", "with more behind"])
def test_a_token_is_the_whole_token(app: Flask, part: str) -> None:
    """T13, T53: a beginning of a link or of a file's name is neither; nor is nothing at all."""
    world = build(app)
    for door, fact in (
        ("accounts.set_password GET", "link"),
        ("tickets.file GET", "file"),
        ("mail.unsubscribe GET", "ending"),
    ):
        token = world.facts[fact]
        world.facts[fact] = {
            "": "", "beginning": token[:-1], "end": token[1:], "with more behind": token + "0",
            "other case": token.swapcase(),
        }[part]  # fmt: skip
        answer = knock(world, "owner", door)
        assert answer.status_code in {400, 404}, (door, part)
        answer.close()
