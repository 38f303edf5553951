"""T31 to T35, T46, T47, T50: the corpus in every stored field, and every page of the product as each role gets it."""

import csv
import io
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from helpdesk.accounts.factors.models import Passkey
from helpdesk.accounts.models import User
from helpdesk.chat.models import Chat
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from tests.attacks import corpus
from tests.attacks.reading import came_to_life
from tests.builders import NOON
from tests.conftest import Client, make_app
from tests.house.doors import DOORS, World, build, knock
from tests.web.page import read, squeezed

ROLES = ("owner", "agent", "admin", "below")
# Done before the corpus is put in, so that there is something in every table: who, where, what they send.
FIRST = (
    ("agent", "/desk/tickets/{number}/tags", {"name": "Orders"}),
    ("agent", "/desk/tickets/{number}/messages", {"verb": "note", "body": "Only the team.", "submission": "f" * 32}),
    ("agent", "/desk/tickets/{number}/messages", {"verb": "reply", "body": "Hello.", "submission": "e" * 32}),
    ("agent", "/desk/tickets/{number}/taking", {}),
    ("agent", "/desk/tickets/{number}/unsent", {"body": "Not yet", "mode": "note"}),
    ("agent", "/desk/chats/{chat}/claim", {}),
    ("agent", "/desk/chats/{chat}/messages", {"client_id": "a" * 32, "body": "Hello."}),
    ("owner", "/chat/{chat}/end", {}),
    ("owner", "/chat/{chat}/rating", {"rating": "2", "comment": "Slow."}),
    ("admin", "/desk/admin/texts/footer", {"footer-en": "Ours."}),
)  # fmt: skip


@pytest.fixture(scope="module")
def poisoned(prepared_sqlite, tmp_path_factory) -> Iterator[World]:
    """The world of the doors, with a note and a rated chat in it, and the corpus in every field."""
    folder = tmp_path_factory.mktemp("poisoned")
    (folder / "helpdesk.sqlite").write_bytes(prepared_sqlite.read_bytes())
    world = build(make_app(folder))
    for role, path, data in FIRST:
        assert world.browsers[role].post(world.path(path), data=data).status_code in {204, 303}, path
    with world.app.app_context():
        intend_to_write()
        db.session.execute(update(User).where(User.id == int(world.facts["member"])).values(member_id="7"))
        db.session.execute(update(Chat).values(member_ref="7"))
        key = {"credential_id": "key", "public_key": b"key", "added_at": NOON}
        db.session.add(Passkey(user_id=int(world.facts["member"]), name="My telephone", **key))
        db.session.flush()
        world.facts["fields"] = " ".join(sorted(corpus.poison()))
        db.session.commit()
    yield world
    with world.app.app_context():
        db.engine.dispose()


def test_the_corpus_is_in_every_field_that_anybody_types(poisoned: World) -> None:
    """T31: a new column is attacked too; one that no row of this world fills has to be filled above."""
    filled = set(poisoned.facts["fields"].split())
    wanted = {f"{column.table.name}.{column.name}" for column in corpus.attacked()}
    assert wanted - filled <= {"stored_file.view_key"}, (
        "have this world fill these fields, or say that nobody types them"
    )
    assert {"ticket.title", "ticket_message.body", "user.name", "stored_file.name", "tag.name"} <= filled


@pytest.mark.parametrize("role", ROLES)
def test_no_page_and_no_part_of_one_runs_what_somebody_wrote(poisoned: World, role: str) -> None:
    """T31, T32, T33, T34, T35: as a page and as a fragment; nothing of it is an element or an attribute."""
    literal = 0
    for door in DOORS:
        if not door.endswith("GET") or "sign_out" in door:
            continue
        for headers in ({}, {"HX-Request": "true", "HX-Request-Type": "partial"}):
            answer = knock(poisoned, role, door, headers=headers)
            assert answer.status_code < 500, door
            if answer.mimetype == "text/html":
                assert came_to_life(answer.text) == [], (door, headers)
                literal += "EVIL" in answer.text
            answer.close()
    assert literal > (0 if role == "below" else 8), "the corpus is on the pages"


def test_the_text_is_there_as_it_was_typed(poisoned: World) -> None:
    """T31, T34: in the title of the page, in its heading, in a thread, sign for sign."""
    pages = {role: read(poisoned.browsers[role].get(poisoned.path(path))) for role, path in {
        "owner": "/technical-issues/{number}", "agent": "/desk/tickets/{number}",
    }.items()}  # fmt: skip
    title = squeezed(corpus.LONG[0])
    for role, page in pages.items():
        assert title in page.title and title in page.heading, role
        said = squeezed(" ".join(element.text for element in page.all("body")))
        for line in corpus.CORPUS:
            assert squeezed(line) in said, (role, line)


def test_what_is_searched_for_is_shown_as_it_was_typed(poisoned: World) -> None:
    """T31, T50: words in an address of a page, in every field that a page reads from it."""
    for path, role in (("/desk/tickets", "agent"), ("/desk/members", "agent"), ("/technical-issues", "owner")):
        for line in (corpus.SHORT[0], corpus.LONG[0], "__proto__"):
            for name in ("q", "open-q", "view", "status", "columns", "__proto__[x]", "page"):
                answer = poisoned.browsers[role].get(path, query_string={name: line[:200]})
                assert answer.status_code in {200, 303, 404, 422}, (path, name)
                assert came_to_life(answer.text) == [], (path, name, line)


@pytest.mark.parametrize("where", ["User-Agent", "Referer", "X-Forwarded-For", "Cookie", "HX-Current-URL", "path"])
def test_what_a_request_claims_runs_nowhere(poisoned: World, where: str) -> None:
    """T36: in the answer itself, in the list of sessions, in the audit log."""
    evil = corpus.SHORT[0]
    client: Client = poisoned.app.test_client()
    headers = {} if where == "path" else {where: evil}
    for path in ("/sign-in", "/nowhere", f"/{evil}" if where == "path" else "/help", "/sign-in?next=" + evil):
        assert came_to_life(client.get(path, headers=headers).text) == [], path
    client.get("/sign-in")
    words = {"username": "owner", "password": "wrong", "csrf_token": evil}
    assert came_to_life(client.post("/sign-in", data=words, headers=headers).text) == []
    for path in ("/profile", "/desk/admin/audit"):
        assert came_to_life(poisoned.browsers["admin"].get(path, headers=headers).text) == []


def test_no_cell_of_an_export_is_a_formula(poisoned: World) -> None:
    """T47: every file that the desk gives out, with formulas as the names of agents."""
    with poisoned.app.app_context():
        intend_to_write()
        db.session.execute(
            update(User).where(User.role != "member").values(name='=HYPERLINK("http://evil.invalid")EVIL')
        )
        db.session.commit()
    page = poisoned.browsers["admin"].get("/desk/reports").text
    names = sorted(set(re.findall(r"/desk/reports/(\w+)\.csv", page)))
    assert came_to_life(page) == []
    assert len(names) >= 4
    cells = []
    for name in names:
        answer = poisoned.browsers["admin"].get(f"/desk/reports/{name}.csv")
        assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment"), name
        cells += [cell for row in csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))) for cell in row]
    runs = re.compile(r"[\s;,\"]*[=+\-@\t\r＝＋－＠]")
    assert [cell for cell in cells if runs.match(cell) and not re.fullmatch(r"-?\d+", cell)] == []
    assert any("EVIL" in cell for cell in cells)
