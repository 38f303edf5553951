"""T03, T07, T09: what the team knows stands on no page, in no part of one and in no JSON that a member gets."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.chat.models import Chat
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from tests import builders
from tests.conftest import Client, make_app
from tests.house.doors import DOORS, World, build, knock

# What each JSON answer may hold; a field that is added has to be added here, by somebody who has thought of T07.
JSON = {"home.health GET": {"ok"}, "home.ready GET": {"ok"}}
SECRETS = {
    "note": "Zanzibar", "note's file": "quagga-of-the-team", "tag": "Vexillology", "unsent": "Floccinaucini",
    "view": "Widdershins", "reply": "Borborygmus", "agent's address": "agent@example.org", "agent's name": "agent ",
    "stranger's title": "Absquatulate", "stranger's words": "Callipygian", "stranger's question": "Gongoozler",
    "stranger's address": "stranger@example.org", "stranger's rating": "Ultracrepidarian", "priority": "Urgent",
}  # fmt: skip
TEAMS = (
    ("agent", "/desk/tickets/{number}/messages", {"verb": "note", "body": "Zanzibar", "submission": "f" * 32}),
    ("agent", "/desk/tickets/{number}/tags", {"name": "Vexillology"}),
    ("agent", "/desk/tickets/{number}/priority", {"priority": "urgent"}),
    ("agent", "/desk/tickets/{number}/taking", {}),
    ("agent", "/desk/tickets/{number}/unsent", {"body": "Floccinaucini", "mode": "note"}),
    ("agent", "/desk/views/new", {"name": "Widdershins", "query": "language=fr", "shared": "y"}),
    ("agent", "/desk/replies/new", {"title": "Borborygmus", "en": "Borborygmus"}),
)  # fmt: skip


@pytest.fixture(scope="module")
def world(prepared_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world of the doors, in which others have said what the owner must not read. Only looked at."""
    folder = tmp_path_factory.mktemp("seen")
    (folder / "helpdesk.sqlite").write_bytes(prepared_sqlite.read_bytes())
    app = make_app(folder)
    world = build(app)
    files = {"files": (builders.picture(), "quagga-of-the-team.png")}
    for role, path, data in TEAMS:
        extra = files if data.get("verb") == "note" else {}
        assert world.browsers[role].post(world.path(path), data={**data, **extra}).status_code in {204, 303}, path
    stranger = world.people["stranger"]
    assert stranger is not None
    with app.app_context():
        number = builders.ticket(stranger, "Absquatulate", description="Callipygian").number
        intend_to_write()
        _stranger_chats(stranger)
        # A name of an agent is no secret: it stands beside what they have said. The rest of the account is.
        db.session.execute(update(User).where(User.id == stranger.id).values(name="Gongoozler"))
        db.session.commit()
        db.session.remove()
    world.facts["theirs"] = str(number)
    yield world
    with app.app_context():
        db.engine.dispose()


def _stranger_chats(stranger: Person) -> None:
    facts = {"began_at": builders.NOON, "seen_at": builders.NOON, "ended_at": builders.NOON, "rating": 1}
    db.session.add(
        Chat(
            member_id=stranger.id, name="Gongoozler", email=stranger.email, state="ended",
            rating_comment="Ultracrepidarian", **facts,
        )
    )  # fmt: skip


def answers(world: World, role: str) -> Iterator[tuple[str, TestResponse]]:
    """Every answer that somebody of this role gets by looking, as a page and as a part of one."""
    for door in DOORS:
        if door.endswith("GET"):
            for headers in ({}, {"HX-Request": "true", "HX-Request-Type": "partial"}):
                answer = knock(world, role, door, headers=headers)
                yield door, answer
                answer.close()


def found(text: str) -> list[str]:
    return [what for what, word in SECRETS.items() if word.lower() in text.lower() and what != "agent's name"]


def test_a_member_reads_nothing_of_the_team_nor_of_others(world: World) -> None:
    """T07, T09: of any door, in whatever form it answers."""
    for door, answer in answers(world, "owner"):
        if not answer.mimetype.startswith(("text/", "application/json")) or door.startswith("assets."):
            continue
        text = re.sub(r"[\w.-]*_?(?:csrf|CSRF)[^>]*", "", answer.text)
        assert found(text) == [], door


def test_the_team_reads_it(world: World) -> None:
    """T07: the words above are really there: each of them stands on some page of the desk."""
    text = "".join(answer.text for _, answer in answers(world, "agent") if answer.mimetype == "text/html")
    text += world.browsers["agent"].get(world.path("/desk/tickets/{theirs}")).text
    text += world.browsers["agent"].get("/desk/chats/ended").text + world.browsers["agent"].get("/desk/chats/2").text
    assert set(SECRETS) - set(found(text)) <= {"agent's name"}


def test_json_holds_what_is_written_down_here(world: World) -> None:
    """T07, T27: field by field, for everybody."""
    for role in ("nobody", "owner", "admin"):
        for door in [door for door in DOORS if door.endswith("GET")]:
            answer = knock(world, role, door)
            if answer.mimetype == "application/json" and answer.status_code == 200:
                assert set(json.loads(answer.text)) <= JSON[door], (role, door)
            answer.close()


@pytest.mark.parametrize(
    "q", ["Absquatulate", "Callipygian", "{theirs}", "stranger", "stranger@example.org", "Zanzibar"]
)
def test_searching_finds_and_counts_nothing_that_is_not_ones_own(world: World, q: str) -> None:
    """T03: by number, word, address; in every list, with every filter; the counts are as without."""
    owner: Client = world.browsers["owner"]
    plain = owner.get("/technical-issues").text
    counts = re.findall(r"class=\"count[^>]*>(\d+)", plain)
    for name in ("q", "open-q", "awaiting-q", "closed-q", "number", "owner", "member"):
        for path in ("/technical-issues", "/technical-issues/open", "/technical-issues/closed", "/notices"):
            answer = owner.get(path, query_string={name: world.path(q)})
            shown = answer.text.replace(world.path(q), "")
            assert found(shown) == [], (path, name)
            if path == "/technical-issues":
                assert re.findall(r"class=\"count[^>]*>(\d+)", answer.text) == counts
