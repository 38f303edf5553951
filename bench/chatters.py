"""Fills an instance with people who are signed in and whose chats are going on. Nobody has a password."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import insert

from bench import filling
from bench.filling import Row
from helpdesk import serving
from helpdesk.accounts.models import User, UserSession
from helpdesk.accounts.sessions import token_hash
from helpdesk.chat.models import AgentPresence, Chat, ChatMessage
from helpdesk.chat.queue import State
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.ranks import Role


@dataclass(frozen=True)
class Open:
    """An open chat: its number, and the cookies of its member and its agent."""

    chat: int
    member: str
    agent: str


def fill(instance: Path, chats: int) -> list[Open]:
    """Makes the instance with so many open chats, each of a member and an agent of its own."""
    app = filling.make_app(instance)
    serving.prepare(app)
    at = now().replace(microsecond=0)
    numbers = range(1, chats + 1)
    with app.app_context():
        intend_to_write()
        for model, rows in (
            (User, _people(chats, at)),
            (UserSession, _sessions(2 * chats, at)),
            (AgentPresence, ({"agent_id": chats + number, "available": True, "seen_at": at} for number in numbers)),
            (Chat, (_chat(number, chats, at) for number in numbers)),
            (ChatMessage, (_question(number, at) for number in numbers)),
        ):
            db.session.execute(insert(model.__table__), list(rows))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return [Open(number, _cookie(app, number), _cookie(app, chats + number)) for number in numbers]


def _people(chats: int, at: datetime) -> Iterator[Row]:
    for number in range(1, 2 * chats + 1):
        member, name = number <= chats, f"person{number}"
        yield {
            "id": number, "username": name, "username_key": name, "email": f"{name}@example.org",
            "email_key": f"{name}@example.org", "name": f"Ben {name.title()}", "theme": "system", "origin": "command",
            "role": Role.MEMBER.value if member else Role.AGENT.value, "rank": "Gold" if member else None,
            "language": "en", "time_zone": "Europe/Paris", "created_at": at,
        }  # fmt: skip


def _sessions(people: int, at: datetime) -> Iterator[Row]:
    for number in range(1, people + 1):
        yield {
            "token_hash": token_hash(_token(number)), "user_id": number, "created_at": at, "seen_at": at,
            "ends_at": at + timedelta(days=1),
        }  # fmt: skip


def _chat(number: int, chats: int, at: datetime) -> Row:
    return {
        "id": number, "member_id": number, "agent_id": chats + number, "name": f"Ben {number}", "member_ref": "",
        "email": f"person{number}@example.org", "state": State.ACTIVE.value, "place": number, "ahead": 0, "last_seq": 1,
        "began_at": at, "seen_at": at, "accepted_at": at,
    }  # fmt: skip


def _question(number: int, at: datetime) -> Row:
    return {
        "chat_id": number, "seq": 1, "client_id": f"question-{number}", "author_id": number, "kind": "text",
        "body": "My order page stays blank since this morning.", "at": at,
    }  # fmt: skip


def _token(number: int) -> str:
    return f"a session of the benchmark {number}"


def _cookie(app: Flask, number: int) -> str:
    """What signing in leaves in the browser of this person."""
    signed = app.session_interface.get_signing_serializer(app).dumps({"_user_id": _token(number), "_fresh": True})
    return f"{app.config['SESSION_COOKIE_NAME']}={signed}"
