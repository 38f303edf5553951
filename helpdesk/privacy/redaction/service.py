"""Takes a passage or a file out of a ticket or a chat: everywhere it stands there, search and unsent texts included.

Who did it and when is kept, in the history and the log, never what it was. Where it stood is written outside of the
database (tombstones), so that a restored backup loses it again. Never commits.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from helpdesk.accounts.models import ParkedForm
from helpdesk.accounts.person import Person
from helpdesk.chat.models import Chat, ChatMessage
from helpdesk.desk.models import UnsentText
from helpdesk.extensions import db
from helpdesk.files import service as files
from helpdesk.files.models import StoredFile
from helpdesk.privacy import finding, marks, tombstones
from helpdesk.privacy.models import Removal
from helpdesk.privacy.redaction import passages
from helpdesk.refusals import Invalid
from helpdesk.site import service as site
from helpdesk.submission.models import Draft
from helpdesk.tickets import changes
from helpdesk.tickets.models import Ticket, TicketMessage


@dataclass(frozen=True)
class Text:
    """One text in which a passage may stand: which row it is, and how it is read and written."""

    table: str
    id: int
    read: Callable[[], str]
    write: Callable[[str], None]


def in_ticket(ticket: Ticket, passage: str) -> int:
    """In how many of a ticket's texts the passage stands. Raises Invalid `passage_missing` when in none."""
    return _found(_texts_of_ticket(ticket), passage)


def in_chat(chat: Chat, passage: str) -> int:
    """The same for a chat."""
    return _found(_texts_of_chat(chat), passage)


def _found(texts: Iterator[Text], passage: str) -> int:
    if not passages.LEAST_SIGNS <= len(passage) <= passages.MOST_SIGNS:
        raise Invalid("passage_length", least=passages.LEAST_SIGNS, most=passages.MOST_SIGNS)
    many = sum(1 for text in texts if passages.places(text.read(), passage))
    if not many:
        raise Invalid("passage_missing")
    return many


def remove_from_ticket(ticket: Ticket, passage: str, *, by: Person, at: datetime) -> None:
    """Puts a mark wherever the passage stands in this ticket. Raises Invalid when it stands nowhere."""
    changes.lock(ticket)
    in_ticket(ticket, passage)
    _replace(_texts_of_ticket(ticket), passage, marks.passage(ticket.language, at), at=at)
    _forget_copies(ticket, passage)
    finding.index_with_relatives(ticket)
    changes.remember(ticket, "passage_removed", by=by, at=at)
    db.session.add(Removal(what="passage", ticket_id=ticket.id, by_id=by.id, at=at))
    site.record("passage_removed", by=by.id, at=at, about=ticket.owner_id, facts={"ticket": ticket.number})


def remove_from_chat(chat: Chat, passage: str, *, by: Person, at: datetime) -> None:
    """The same for a chat, and for the draft that came of it."""
    in_chat(chat, passage)
    mark = marks.passage(marks.CHAT, at)
    _replace(_texts_of_chat(chat), passage, mark, at=at)
    draft = db.session.scalar(select(Draft).where(Draft.member_id == chat.member_id))
    if draft is not None and draft.submission == chat.submission:
        draft.title, draft.description = (text.replace(passage, mark) for text in (draft.title, draft.description))
    db.session.add(Removal(what="passage", chat_id=chat.id, by_id=by.id, at=at))
    site.record("passage_removed", by=by.id, at=at, about=chat.member_id, facts={"chat": chat.id})


def remove_files(ticket: Ticket, tokens: Collection[str], *, by: Person, at: datetime) -> None:
    """Takes these files out of a ticket; their message says that there was one. Raises Invalid `file_missing`."""
    changes.lock(ticket)
    for file in chosen_files(ticket, tokens):
        tombstones.add(db.engine, {"what": "file", "file": file.id, "token": file.token, "at": at.isoformat()})
        take_file(file, at=at)
        changes.remember(ticket, "file_removed", by=by, at=at)
        db.session.add(Removal(what="file", ticket_id=ticket.id, by_id=by.id, at=at))
        site.record("file_removed", by=by.id, at=at, about=ticket.owner_id, facts={"ticket": ticket.number})


def chosen_files(ticket: Ticket, tokens: Collection[str]) -> list[StoredFile]:
    """Those of a ticket's files that somebody has chosen. Raises Invalid `file_missing` when it has none of them."""
    chosen = [file for file in files_of(ticket) if file.token in tokens]
    if not chosen:
        raise Invalid("file_missing")
    return chosen


def take_file(file: StoredFile, *, at: datetime) -> None:
    """The file goes; a mark stands at the end of what it was sent with."""
    message = db.session.get(TicketMessage, file.message_id) if file.message_id else None
    if message is not None:
        ticket = db.session.get_one(Ticket, message.ticket_id)
        message.body = f"{message.body}\n{marks.file(ticket.language, at)}".strip()
    files.purge([file])


def files_of(ticket: Ticket) -> list[StoredFile]:
    """Every file of a ticket, those of notes included, in the order in which they came."""
    messages = select(TicketMessage.id).where(TicketMessage.ticket_id == ticket.id)
    return list(
        db.session.scalars(select(StoredFile).where(StoredFile.message_id.in_(messages)).order_by(StoredFile.id))
    )


def _texts_of_ticket(ticket: Ticket) -> Iterator[Text]:
    yield _text(ticket, "title")
    said = select(TicketMessage).where(TicketMessage.ticket_id == ticket.id).order_by(TicketMessage.seq)
    for message in db.session.scalars(said):
        yield _text(message, "body")


def _texts_of_chat(chat: Chat) -> Iterator[Text]:
    yield _text(chat, "rating_comment")
    said = select(ChatMessage).where(ChatMessage.chat_id == chat.id, ChatMessage.kind == "text")
    for message in db.session.scalars(said.order_by(ChatMessage.seq)):
        yield _text(message, "body")


def _text(row: Ticket | TicketMessage | Chat | ChatMessage, name: str) -> Text:
    return Text(row.__tablename__, row.id, read=lambda: getattr(row, name), write=lambda body: setattr(row, name, body))


def _replace(texts: Iterator[Text], passage: str, mark: str, *, at: datetime) -> None:
    for text in texts:
        spans = passages.places(text.read(), passage)
        if not spans:
            continue
        place = {"what": "passage", "table": text.table, "row": text.id, "length": len(text.read())}
        tombstones.add(db.engine, {**place, "spans": spans, "mark": mark, "at": at.isoformat()})
        text.write(passages.without(text.read(), spans, mark))
    db.session.flush()


def _forget_copies(ticket: Ticket, passage: str) -> None:
    """What somebody was just typing about it, and had quoted it, goes as a whole."""
    for unsent in db.session.scalars(select(UnsentText).where(UnsentText.ticket_id == ticket.id)):
        if passage in unsent.body:
            db.session.delete(unsent)
    place = f"/{ticket.number}"
    for parked in db.session.scalars(select(ParkedForm).where(ParkedForm.path.contains(place, autoescape=True))):
        if passage in parked.fields:
            db.session.delete(parked)
