"""A member who leaves a word of their own in every place that takes one, and where such words are looked for."""

import io
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import MetaData, select

from helpdesk.accounts.models import ParkedForm, User
from helpdesk.accounts.person import Person
from helpdesk.chat import service as chats
from helpdesk.chat.models import Chat
from helpdesk.database import intend_to_read, intend_to_write
from helpdesk.desk.models import SavedView, UnsentText
from helpdesk.extensions import db
from helpdesk.files import service as files
from helpdesk.mail import choices, outbox
from helpdesk.reports.models import ReportCell
from helpdesk.submission import service as drafts
from helpdesk.tickets import counts, service
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Ticket
from tests import builders

# One word for each place.
PLACES = (
    "name", "email", "username", "memberid", "title", "description", "reply", "answer", "note", "file", "filename",
    "chatname", "chatemail", "chatquestion", "chatsaid", "rating", "draft", "draftfile", "unsent", "parked",
    "parkedteam", "view", "browser",
)  # fmt: skip


def word(place: str, who: str = "one") -> str:
    """The canary of a place: letters only, so that folding and indexing leave it whole."""
    return f"zqx{who}{place}zqx"


def words(who: str = "one") -> dict[str, str]:
    return {place: word(place, who) for place in PLACES}


def member(who: str = "one", *, language: str = "en") -> Person:
    return builders.member(
        word("username", who), name=f"Ada {word('name', who)}", email=f"{word('email', who)}@example.org",
        member_id=word("memberid", who), language=language,
    )  # fmt: skip


def leave_everywhere(app: Flask, person: Person, agent: Person, *, at: datetime, who: str = "one") -> None:
    """Fills every place with this member's words, in one transaction. In the application's context."""
    db.session.rollback()
    intend_to_write()
    outbox.use(db.engine)
    form = builders.token()
    _stage(app, person, form, word("file", who), f"{word('filename', who)}.txt")
    ticket = service.submit(
        submission=form, language="sv", title=word("title", who), description=word("description", who), by=person, at=at
    )
    token = builders.token
    service.reply_as_owner(ticket, word("reply", who), submission=token(), by=person, at=at, reopen_days=30)
    service.reply_as_agent(ticket, f"About {word('answer', who)}", submission=token(), by=agent, at=at)
    service.add_note(ticket, word("note", who), submission=token(), by=agent, at=at)
    closed = service.submit(submission=token(), language="en", title="Second", description="Plain.", by=person, at=at)
    service.close(closed, by=agent, at=at)
    _chat(person, agent, who, at)
    draft = drafts.begin(by=person, language="en", at=at)
    drafts.save_title(draft, language="en", title=word("draft", who), at=at)
    drafts.save_description(draft, f"{word('draft', who)} again", at=at)
    _stage(app, person, draft.submission, word("draftfile", who), "notes.txt")
    rows = (
        UnsentText(agent_id=agent.id, ticket_id=ticket.id, body=word("unsent", who), mode="reply", saved_at=at),
        _parked(person, "/technical-issues/new", word("parked", who), at),
        _parked(agent, f"/desk/tickets/{ticket.number}", word("parkedteam", who), at),
        SavedView(
            owner_id=agent.id, name=f"All {word('view', who)}", arguments=f"q={word('email', who)}%40example.org",
            changed_at=at,
        ),
    )  # fmt: skip
    db.session.add_all(rows)
    choices.choose(person.id, ["ticket_replied"], on=[])
    facts: outbox.Facts = {"at": int(at.timestamp()), "browser": word("browser", who)}
    outbox.put("password_changed", to=person.id, facts=facts, key=f"canary:{who}", at=at)
    db.session.commit()
    db.session.remove()
    intend_to_read()


def _stage(app: Flask, person: Person, submission: str, content: str, name: str) -> None:
    store, limits = app.config["FILES_STORE"], app.config["FILES_LIMITS"]
    prepared = files.receive(io.BytesIO(content.encode() * 3), name, store=store, limits=limits)
    files.stage(prepared, submission=submission, by=person)


def _chat(person: Person, agent: Person, who: str, at: datetime) -> None:
    chat = chats.begin(
        name=word("chatname", who), member_ref=word("memberid", who), email=f"{word('chatemail', who)}@example.org",
        question=word("chatquestion", who), client_id=builders.token(), by=person, at=at,
    )  # fmt: skip
    chats.claim(chat, by=agent, at=at)
    db.session.refresh(chat)
    chats.say(chat, word("chatsaid", who), client_id=builders.token(), by=agent, at=at)
    chats.end(chat, by=person, at=at + timedelta(minutes=5))
    chats.rate(chat, 4, word("rating", who), by=person)


def _parked(person: Person, path: str, text: str, at: datetime) -> ParkedForm:
    return ParkedForm(user_id=person.id, path=path, fields=json.dumps({"body": text}), parked_at=at)


def found_in_files(folder: Path, wanted: Iterable[str], *, but: tuple[str, ...] = ()) -> list[str]:
    """Where below a folder the raw bytes of a file, or its name, hold one of these words."""
    found = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file() and one.name not in but):
        content = path.read_bytes().lower()
        for text in wanted:
            if text.encode() in content or text in path.name.lower():
                found.append(f"{path.relative_to(folder)}: {text}")
    return found


def found_in_tables(wanted: Iterable[str]) -> list[str]:
    """The same in every table of the database, as text, whatever made the table. In the application's context."""
    meta = MetaData()
    meta.reflect(db.engine)
    found = []
    for table in meta.sorted_tables:
        for row in db.session.execute(select(table)).all():
            text = repr(tuple(row)).lower()
            found += [f"{table.name}: {one}" for one in wanted if one in text]
    db.session.rollback()
    return found


def counts_of_desk() -> dict[str, object]:
    """What an erasure must leave as it is: how many there are, by state and language, and what the reports say."""
    kept = counts.read([counts.ALL])[counts.ALL]
    cells = db.session.execute(select(ReportCell.__table__).order_by(*ReportCell.__table__.primary_key)).all()
    real = dict.fromkeys(Status, 0)
    for status in db.session.scalars(select(Ticket.status)):
        real[Status(status)] += 1
    assert kept == real, "the kept counts are those of the rows"
    chats_there = db.session.scalars(select(Chat.rating).order_by(Chat.id)).all()
    people = db.session.scalars(select(User.id).order_by(User.id)).all()
    db.session.rollback()
    return {"tickets": sum(real.values()), "cells": cells, "ratings": chats_there, "people": people}
