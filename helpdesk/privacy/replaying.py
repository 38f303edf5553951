"""Erases again, after a backup was restored, what had been erased since it was made. For the restore alone."""

from collections.abc import Callable
from datetime import datetime

from helpdesk.accounts.models import User
from helpdesk.chat.models import Chat, ChatMessage
from helpdesk.extensions import db
from helpdesk.files.models import StoredFile
from helpdesk.privacy import finding, tombstones
from helpdesk.privacy.erasing import service as erasing
from helpdesk.privacy.models import Erasure, Removal
from helpdesk.privacy.redaction import passages
from helpdesk.privacy.redaction import service as redaction
from helpdesk.privacy.tombstones import Tombstone
from helpdesk.tickets.models import Ticket, TicketMessage

# Which text of a row a passage was taken out of.
TEXTS = {
    "ticket": (Ticket, "title"), "ticket_message": (TicketMessage, "body"), "chat": (Chat, "rating_comment"),
    "chat_message": (ChatMessage, "body"),
}  # fmt: skip


def replay(*, at: datetime) -> int:
    """Does again what each tombstone says, where the database is older than it; how many accounts that erased."""
    accounts = 0
    for one in list(tombstones.read(db.engine)):
        again = _AGAIN.get(str(one.get("what")))
        if again is not None:
            accounts += again(one, at)
            db.session.flush()
    return accounts


def _account(one: Tombstone, at: datetime) -> int:
    """The same id may be somebody else in another desk's backup: the account is as old to the microsecond."""
    user = db.session.get(User, _number(one, "user"))
    if user is None or user.created_at.isoformat() != one.get("created") or user.origin == erasing.ERASED:
        return 0
    row = db.session.get(Erasure, user.id)
    if row is None:
        db.session.add(Erasure(user_id=user.id, why="restored", asked_at=at, due_at=at))
        db.session.flush()
    erasing.erase_now(user, at=at)
    return 1


def _passage(one: Tombstone, at: datetime) -> int:
    model, name = TEXTS.get(str(one.get("table")), (None, ""))
    row = db.session.get(model, _number(one, "row")) if model else None
    # A text is only ever changed by redactions, in the order of the tombstones: of this length it is the same text.
    if row is not None and len(getattr(row, name)) == one.get("length"):
        setattr(row, name, passages.without(getattr(row, name), one["spans"], str(one["mark"])))  # type: ignore[arg-type]
        _found_no_more(row, at)
    return 0


def _file(one: Tombstone, at: datetime) -> int:
    file = db.session.get(StoredFile, _number(one, "file"))
    if file is not None and file.token == one.get("token"):
        message = db.session.get(TicketMessage, file.message_id) if file.message_id else None
        redaction.take_file(file, at=datetime.fromisoformat(str(one["at"])))
        _found_no_more(message, at)
    return 0


def _found_no_more(row: object, at: datetime) -> None:
    ticket_id = row.id if isinstance(row, Ticket) else getattr(row, "ticket_id", None)
    ticket = db.session.get(Ticket, ticket_id) if ticket_id else None
    if ticket is not None and ticket.emptied_at is None:
        finding.index_with_relatives(ticket)
    db.session.add(Removal(what="passage", ticket_id=ticket_id, at=at))


def _number(one: Tombstone, name: str) -> int:
    value = one.get(name)
    return value if isinstance(value, int) else 0


_AGAIN: dict[str, Callable[[Tombstone, datetime], int]] = {"account": _account, "passage": _passage, "file": _file}
