"""Who may do and read what, as docs/access.md has it: made from the rules, the doors, the sockets and the answers.

`python -m tests.house.access` writes the page anew; tests/house/test_access.py holds it to the product.
"""

import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy import Column, select, update

from helpdesk import serving
from helpdesk.database import intend_to_write
from helpdesk.extensions import db, socketio
from helpdesk.ranks import Action, Ranks, Role
from tests.attacks import corpus
from tests.conftest import make_app
from tests.house.doors import DOORS, World, build, knock
from tests.house.test_doors import EXPECTED, ROLES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "access.md"
BEGIN = "<!-- made by tests/house/access.py from here on -->"
WHO = ("nobody", "below the rank", "another member", "its owner", "agent", "administrator")
# Who reads: the owner of what is read, another member, and the team.
READERS = ("owner", "stranger", "agent", "admin")
Row = tuple[str, ...]


def page(app: Flask, folder: Path) -> str:
    """All tables, as Markdown."""
    return "\n\n".join(
        (
            BEGIN,
            "## Actions\n\n" + table(("action", *WHO[1:3], *WHO[4:]), actions()),
            "## Doors\n\n" + table(("door", "address", "action", "fields", *WHO), doors(app)),
            "## Events of the socket\n\n" + table(("event", "action"), events()),
            "## Fields that are read\n\n" + table(("field", *WHO[3:4], *WHO[2:3], *WHO[4:]), fields(folder)),
        )
    )


def table(head: Row, rows: Iterable[Row]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(one.replace("|", "\\|") for one in line) + " |" for line in lines)


def actions() -> Iterator[Row]:
    """Each action with who may do it at all; whose things it is done to, the doors below say."""
    ranks = Ranks()
    people = ((ranks.ladder[0], Role.MEMBER), (ranks.minimum, Role.MEMBER), (None, Role.AGENT), (None, Role.ADMIN))
    for action in Action:
        yield action.value, *("yes" if ranks.may(rank, role, action) else "no" for rank, role in people)


def doors(app: Flask) -> Iterator[Row]:
    """Each door with its action, what is sent to it, and what each kind of person gets."""
    for door, (path, words) in DOORS.items():
        action = getattr(app.view_functions[door.split()[0]], "requires", None)
        sent = ", ".join(sorted(words()))
        outcomes = [_outcome(door, role, status, action) for role, status in zip(ROLES, EXPECTED[door], strict=True)]
        yield door, path, action.value if action else "open to all", sent, *outcomes


def _outcome(door: str, role: str, status: int, action: Action | None) -> str:
    if action is None:
        return "yes"
    if role == "nobody":
        return "signs in first"
    # What is over for the owner themselves by then is no refusal.
    return {403: "no", 404: "yes" if role == "owner" else "as if missing"}.get(status, "yes")


def events() -> Iterator[Row]:
    """What a browser may say, and the action that it needs."""
    for event, handler in sorted(socketio.server.handlers["/"].items()):
        while not hasattr(handler, "requires"):
            handler = handler.__wrapped__
        yield event, handler.requires.value


def fields(folder: Path) -> Iterator[Row]:
    """Each field of each table, with who reads it on any page: found by a mark in it that stands nowhere else."""
    world = _marked_world(folder)
    marks = _mark(world)
    read = {role: _read_by(world, role) for role in READERS}
    for field, found in sorted(marks.items()):
        yield field, *("yes" if any(mark in read[role] for mark in found) else "no" for role in READERS)
    with world.app.app_context():
        db.engine.dispose()


def _marked_world(folder: Path) -> World:
    world = build(make_app(folder))
    for role, path, words in FIRST:
        answer = world.browsers[role].post(world.path(path), data=words)
        assert answer.status_code in {204, 303}, path
    return world


# What has to have happened before there is something of each kind to read.
FIRST = (
    ("agent", "/desk/tickets/{number}/tags", {"name": "Orders"}),
    ("agent", "/desk/tickets/{number}/messages", {"verb": "note", "body": "Only the team.", "submission": "f" * 32}),
    ("agent", "/desk/tickets/{number}/taking", {}),
    ("agent", "/desk/tickets/{number}/unsent", {"body": "Not yet", "mode": "note"}),
    ("agent", "/desk/chats/{chat}/claim", {}),
    ("owner", "/chat/{chat}/end", {}),
    ("owner", "/chat/{chat}/rating", {"rating": "2", "comment": "Slow."}),
    ("admin", "/desk/admin/texts/footer", {"footer-en": "Ours."}),
)  # fmt: skip


def _mark(world: World) -> dict[str, set[str]]:
    """Puts a mark into every typed field of every row; the marks of each field, notes apart from the other messages."""
    marks: dict[str, set[str]] = {}
    with world.app.app_context():
        intend_to_write()
        for column in corpus.attacked():
            _mark_column(column, marks, world)
        db.session.commit()
        db.session.remove()
    return marks


def _mark_column(column: Column[str], marks: dict[str, set[str]], world: World) -> None:
    of, name = column.table, f"{column.table.name}.{column.name}"
    keys, kind = list(of.primary_key.columns), [of.c.kind] if of.name == "ticket_message" else []
    rows = select(*keys, *kind).where(column != "")
    if name in corpus.TYPED_WHERE:
        rows = rows.where(corpus.TYPED_WHERE[name](of))
    for row in db.session.execute(rows).all():
        whose = {int(world.facts["member"]): "", int(world.facts["agent"]): " (an agent's)"}
        if of.name == "user" and row[0] not in whose:
            continue  # others would read their own
        which = whose[row[0]] if of.name == "user" else " (a note)" * (bool(kind) and row[-1] == "note")
        mark = f"qx{secrets.token_hex(6)}z"
        marks.setdefault(f"{name}{which}", set()).add(mark)
        same = [key == value for key, value in zip(keys, row, strict=False)]
        db.session.execute(update(of).where(*same).values({column.name: mark}))


def _read_by(world: World, role: str) -> str:
    """All that somebody of this role gets by looking at what is there."""
    texts = []
    for door in DOORS:
        # Whoever has a link to set a password is its account's owner.
        if door.endswith("GET") and not door.startswith(("assets.", "accounts.set_password ")):
            answer = knock(world, role, door)
            texts += [answer.text] if answer.mimetype.startswith(("text/", "application/json")) else []
            answer.close()
    return "\n".join(texts)


def written(words: str, tables: str) -> str:
    """The page with its introduction as it is and the tables as they are now."""
    return words.partition(BEGIN)[0] + tables + "\n"


def main() -> None:
    """Writes the page."""
    folder = Path(tempfile.mkdtemp(prefix="helpdesk-access-"))
    try:
        app = make_app(folder)
        serving.prepare(app)
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), page(app, folder)), encoding="utf-8")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
