"""A mail server, an application that sends through it, and a chat to write about."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask, g
from sqlalchemy import select, update

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.chat.models import Chat, ChatMessage
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.mail import outbox
from helpdesk.mail.models import Mail, MailChoice
from tests import builders
from tests.conftest import make_app
from tests.mail.post_office import PostOffice, open_post_office

EVENING = datetime(2026, 8, 3, 20, 55, tzinfo=UTC)


@pytest.fixture
def post() -> Iterator[PostOffice]:
    """The mail server."""
    with open_post_office() as office:
        yield office


@pytest.fixture
def settings(post: PostOffice) -> dict[str, object]:
    """An application that sends through it, in the open: it is our own machine."""
    return mail_settings(post.port)


@pytest.fixture
def make_site(tmp_path: Path, prepared_sqlite: Path) -> Iterator[Callable[..., Flask]]:
    """Makes an application with other settings."""
    made: list[Flask] = []

    def make(**settings: object) -> Flask:
        shutil.copy(prepared_sqlite, tmp_path / "helpdesk.sqlite")
        made.append(make_app(tmp_path, **settings))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


def mail_settings(port: int, **others: object) -> dict[str, object]:
    """The settings for a mail server on this machine."""
    return {
        "mail_server": "127.0.0.1", "mail_port": port, "mail_security": "none", "mail_from": "support@help.example",
        "public_url": "http://localhost:5000", **others,
    }  # fmt: skip


def ended_chat(member: Person, agent: Person, *, said: tuple[str, ...] = (), began: datetime = EVENING) -> int:
    """A chat of ten minutes, `said` by both in turn; by default it goes on past midnight in Helsinki."""
    db.session.rollback()
    intend_to_write()
    chat = Chat(
        member_id=member.id, agent_id=agent.id, name=member.name, email=member.email, state="ended", began_at=began,
        seen_at=began, accepted_at=began, ended_at=began + timedelta(minutes=10),
    )  # fmt: skip
    db.session.add(chat)
    db.session.flush()
    words = said or CONVERSATION
    lines = [
        (member, words[0]),
        (agent, "claim"),
        *[((agent, member)[n % 2], text) for n, text in enumerate(words[1:])],
    ]
    for seq, (author, text) in enumerate([*lines, (member, "end")], start=1):
        kind = "system" if text in {"claim", "end"} else "text"
        at = began + timedelta(minutes=2 * (seq - 1))
        db.session.add(
            ChatMessage(
                chat_id=chat.id, seq=seq, client_id=f"line-{seq:04}", author_id=author.id, kind=kind, body=text, at=at
            )
        )
    chat.last_seq = len(lines) + 1
    chat_id = chat.id
    db.session.commit()
    return chat_id


CONVERSATION = (
    "My page is <b>blank</b> & it says “Error 42”.\nIt began yesterday.",
    "Hello Åsa, which browser is it?\nSee https://example.org/help?a=1&b=2",
    "Firefox, on Windows 11 🙂",
    "Thank you. It is mended now.",
)


def queue(member: Person, chat_id: int, *, at: datetime | None = None, key: str = "") -> None:
    """Queues the transcript of a chat, as the page does."""
    db.session.rollback()
    intend_to_write()
    key = key or f"test:{chat_id}:{builders.token()}"
    assert outbox.put("chat_transcript", to=member.id, facts={"chat": chat_id}, key=key, at=at or now())
    db.session.commit()
    db.session.remove()
    g.intends_to_write = False


def queued(count: int = 1, **facts: object) -> Person:
    """A member to whom that many transcripts of their chat are on their way."""
    member = person(**facts)
    chat = ended_chat(member, colleague())
    for place in range(count):
        queue(member, chat, at=now() - timedelta(seconds=count - place))
    return member


def rows() -> list[Mail]:
    """The outbox as it stands now."""
    db.session.rollback()
    found = list(db.session.scalars(select(Mail).order_by(Mail.id)))
    for row in found:
        db.session.refresh(row)
    db.session.expunge_all()
    db.session.remove()
    return found


def row() -> Mail:
    """The one mail in the outbox."""
    (mail,) = rows()
    return mail


def later(**passed: float) -> Callable[[], datetime]:
    """A clock that is so much ahead of this moment."""
    return lambda: now() + timedelta(**passed)


def person(username: str = "asa", *, time_zone: str | None = None, **facts: object) -> Person:
    """The member of these tests."""
    member = builders.member(username, **{"name": "Åsa Öberg", "email": "asa@members.example", **facts})
    change(member, time_zone=time_zone)
    return member


def change(who: Person, **facts: object) -> None:
    """Changes an account."""
    db.session.rollback()
    intend_to_write()
    db.session.execute(update(User).where(User.id == who.id).values(facts))
    db.session.commit()


def colleague() -> Person:
    """The agent of these tests. They want no digest, which would come by itself if it is morning while a test runs."""
    kim = builders.agent("kim", name="Kim Andersson")
    db.session.rollback()
    intend_to_write()
    db.session.add(MailChoice(user_id=kim.id, kind="agent_digest", wanted=False))
    db.session.commit()
    return kim
