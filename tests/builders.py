"""Makes what a test needs to be there, in the words of the desk. Each function commits."""

import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

from flask import Flask, g
from PIL import Image

from helpdesk.accounts import service, sessions
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.privacy.exporting import archive
from helpdesk.privacy.models import DataExport
from helpdesk.ranks import Role
from helpdesk.tickets import service as tickets
from helpdesk.tickets.models import Ticket

PASSWORD = "correct horse battery"
# Hashed once and written down: every account of the tests has it, and test names that hold it stay the same.
PASSWORD_HASH = "$argon2id$v=19$m=19456,t=2,p=1$x9tweOEgZBkLlUA7lESy1Q$WjFGeBnnH1xKDl1HgvhM3O7qK4wrKOa/WWqvkB8UE8M"
NOON = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
_numbers = count(1)


def member(username: str = "", *, rank: str = "Gold", language: str | None = "en", **facts: object) -> Person:
    """A member, by default of a rank that may submit tickets."""
    return _account(username or f"member{next(_numbers)}", Role.MEMBER, rank=rank, language=language, **facts)


def agent(username: str = "", **facts: object) -> Person:
    """Somebody of the IT team."""
    return _account(username or f"agent{next(_numbers)}", Role.AGENT, **{"language": "en", **facts})


def admin(username: str = "", **facts: object) -> Person:
    """An administrator."""
    return _account(username or f"admin{next(_numbers)}", Role.ADMIN, **{"language": "en", **facts})


def _account(username: str, role: Role, **facts: object) -> Person:
    with _writing():
        user = service.create_account(
            username=username,
            email=str(facts.pop("email", f"{username}@example.org")),
            name=str(facts.pop("name", username.title())),
            role=role,
            at=now(),
            origin=str(facts.pop("origin", "directory")),
            password_hash=facts.pop("password_hash", PASSWORD_HASH),
            **facts,
        )
        return sessions.person_of(user)


def ticket(
    owner: Person,
    title: str = "The order cannot be processed",
    *,
    language: str = "en",
    description: str = "It stops at the payment page.",
    at: datetime = NOON,
) -> Ticket:
    """An open ticket."""
    with _writing():
        made = tickets.submit(
            submission=token(), language=language, title=title, description=description, by=owner, at=at
        )
    return _kept(made)


def awaiting(owner: Person, team: Person, question: str = "Which browser?", **facts: object) -> Ticket:
    """A ticket whose owner has been asked for information."""
    made = ticket(owner, **facts)
    with _writing():
        made = db.session.merge(made)
        tickets.request_information(made, question, submission=token(), by=team, at=made.opened_at)
    return _kept(made)


def closed(owner: Person, team: Person, *, closed_at: datetime | None = None, **facts: object) -> Ticket:
    """A ticket that an agent has closed, by default just now."""
    made = ticket(owner, **facts)
    with _writing():
        made = db.session.merge(made)
        tickets.close(made, by=team, at=closed_at or now())
    return _kept(made)


@contextmanager
def _writing() -> Iterator[None]:
    """One write transaction of its own, so that a test's reads before and after it hold no lock."""
    db.session.rollback()
    intend_to_write()
    try:
        yield
        db.session.commit()
    finally:
        g.intends_to_write = False


def _kept(row: Ticket) -> Ticket:
    """The row with its present facts, taken out of the session."""
    db.session.refresh(row)
    db.session.expunge(row)
    db.session.rollback()
    return row


def copy_of_data(app: Flask, person: Person) -> str:
    """A finished copy of somebody's data; its token. Commits nothing: for a world that does."""
    with archive.writing(archive.path(app.config["HELPDESK"].instance, made := token())) as zipped:
        zipped.writestr("data.json", "{}")
    size = archive.path(app.config["HELPDESK"].instance, made).stat().st_size
    at = now()
    db.session.add(
        DataExport(user_id=person.id, token=made, asked_at=at, ready_at=at, ends_at=at + timedelta(days=7), size=size)
    )
    return made


def token() -> str:
    """A form's token."""
    return secrets.token_hex(16)


def picture(width: int = 64, height: int = 48, kind: str = "PNG") -> io.BytesIO:
    """A real picture, ready to be read."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), (23, 100, 73)).save(file, kind)
    file.seek(0)
    return file
