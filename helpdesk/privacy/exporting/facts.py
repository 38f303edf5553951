"""What of the database is somebody's to have: what they gave, and what they may see. Nothing of other people but the
names that stand beside what was written to them. Never an internal note.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from helpdesk.accounts.models import ParkedForm, User, UserSession
from helpdesk.accounts.person import Person
from helpdesk.accounts.sessions import person_of
from helpdesk.chat import queries as chats
from helpdesk.chat.models import Chat
from helpdesk.extensions import db
from helpdesk.files.models import StoredFile
from helpdesk.mail.models import Mail, MailChoice
from helpdesk.notices.models import Notice
from helpdesk.site.models import AuditEntry
from helpdesk.submission.models import Draft
from helpdesk.tickets import queries as tickets
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.queries import Message

Fact = str | int | bool | None
Facts = dict[str, object]


@dataclass(frozen=True)
class TicketFacts:
    """One ticket as its owner sees it."""

    ticket: Ticket
    thread: Sequence[Message]
    history: Sequence[Row[Any]]


@dataclass(frozen=True)
class ChatFacts:
    """One chat, whole."""

    chat: Chat
    lines: Sequence[Row[Any]]


def person(user_id: int) -> Person:
    return person_of(db.session.get_one(User, user_id))


def account(user_id: int) -> Facts:
    """The account itself and all that belongs to it besides tickets and chats."""
    user = db.session.get_one(User, user_id)
    names = (
        "username", "name", "email", "member_id", "role", "rank", "language", "time_zone", "theme", "created_at",
        "last_seen_at",
    )  # fmt: skip
    return {
        "account": {name: plain(getattr(user, name)) for name in names},
        "sessions": _rows(UserSession, UserSession.user_id == user_id, "browser", "created_at", "seen_at"),
        "mail_choices": _rows(MailChoice, MailChoice.user_id == user_id, "kind", "wanted"),
        "mails": _rows(Mail, Mail.user_id == user_id, "kind", "facts", "queued_at", "sent_at"),
        "notices": _rows(Notice, Notice.user_id == user_id, "kind", "at", "read_at"),
        "drafts": _rows(Draft, Draft.member_id == user_id, "language", "title", "description", "saved_at"),
        "unsent_forms": _rows(ParkedForm, ParkedForm.user_id == user_id, "path", "fields", "parked_at"),
        "what_was_done_to_the_account": _rows(AuditEntry, AuditEntry.about_id == user_id, "what", "at"),
        "files_not_sent": [file_facts(file) for file in staged(user_id)],
    }


def ticket_ids(user_id: int) -> list[int]:
    return list(db.session.scalars(select(Ticket.id).where(Ticket.owner_id == user_id).order_by(Ticket.id)))


def chat_ids(user_id: int) -> list[int]:
    return list(db.session.scalars(select(Chat.id).where(Chat.member_id == user_id).order_by(Chat.id)))


def ticket(user_id: int, ticket_id: int) -> TicketFacts:
    """A ticket with what its owner may read of it: by the same look-ups as the page."""
    owner, found = person(user_id), db.session.get_one(Ticket, ticket_id)
    return TicketFacts(found, tickets.thread(owner, found), tickets.history(owner, found))


def chat(user_id: int, chat_id: int) -> ChatFacts:
    found = chats.visible_chat(person(user_id), chat_id)
    return ChatFacts(found, chats.conversation(found))


def staged(user_id: int) -> list[StoredFile]:
    """What they have added somewhere and not sent yet."""
    own = select(StoredFile).where(StoredFile.owner_id == user_id, StoredFile.message_id.is_(None))
    return list(db.session.scalars(own.order_by(StoredFile.id)))


def ticket_json(found: TicketFacts) -> Facts:
    one = found.ticket
    names = ("number", "language", "title", "status", "opened_at", "closed_at", "emptied_at")
    return {
        **{name: plain(getattr(one, name)) for name in names},
        "messages": [
            {
                "kind": said.row.kind, "author": said.row.author, "at": plain(said.row.written_at),
                "text": said.row.body, "files": [file_facts(file, one.number) for file in said.files],
            }
            for said in found.thread
        ],
        "history": [{"what": row.what, "by": row.actor, "at": plain(row.at)} for row in found.history],
    }  # fmt: skip


def chat_json(found: ChatFacts) -> Facts:
    names = (
        "name", "member_ref", "email", "state", "began_at", "accepted_at", "ended_at", "rating", "rating_comment",
        "emptied_at",
    )  # fmt: skip
    return {
        **{name: plain(getattr(found.chat, name)) for name in names},
        "messages": [
            {"kind": row.kind, "author": row.author, "at": plain(row.at), "text": row.body} for row in found.lines
        ],
    }


def file_facts(file: StoredFile, number: int | None = None) -> Facts:
    return {
        "name": file.name, "type": file.media_type, "bytes": file.size, "at": plain(file.created_at),
        "in_this_archive": file_path(file, number),
    }  # fmt: skip


def file_path(file: StoredFile, number: int | None) -> str:
    """Where in the archive a file stands: nothing of its name can lead out of there."""
    name = "".join("_" if sign in '/\\:*?"<>|' or ord(sign) < 32 else sign for sign in file.name).lstrip(".")
    return f"files/{number or 'not-sent'}/{file.id}-{name or 'file'}"


def plain(value: object) -> Fact:
    """As JSON has it; times in UTC."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, int | bool) or value is None else str(value)


def _rows(model: type, own: Any, *names: str) -> list[Facts]:
    return [{name: plain(getattr(row, name)) for name in names} for row in _each(model, own)]


def _each(model: type, own: Any) -> Iterator[Any]:
    yield from db.session.scalars(select(model).where(own))
