"""What can be done to saved replies. Never commits, never reads the request."""

from collections.abc import Collection, Mapping
from datetime import datetime

from helpdesk import languages
from helpdesk.accounts.person import Person
from helpdesk.desk.models import SavedReply, SavedReplyText
from helpdesk.extensions import db
from helpdesk.refusals import Invalid


def save(
    reply: SavedReply | None,
    *,
    title: str,
    texts: Mapping[str, str],
    right: Collection[str] = (),
    by: Person | None,
    at: datetime,
) -> SavedReply:
    """Makes a reply, or changes one: its title and its texts by language. Raises Invalid without an English text.

    Those in the languages of `right` are right still, although the English one is newer.
    """
    if not title or not texts.get(languages.DEFAULT):
        raise Invalid()
    if reply is None:
        reply = SavedReply(variants=[])
        db.session.add(reply)
    reply.title, reply.changed_at, reply.changed_by = title, at, by.id if by else None
    for code in languages.CODES:
        _put(reply, code, texts.get(code, ""), right=code in right, at=at)
    db.session.flush()
    return reply


def remove(reply: SavedReply) -> None:
    """The reply goes; what was said with it stays where it was said."""
    db.session.delete(reply)


def _put(reply: SavedReply, language: str, body: str, *, right: bool, at: datetime) -> None:
    present = next((one for one in reply.variants if one.language == language), None)
    if present is None and body:
        reply.variants.append(SavedReplyText(language=language, body=body, changed_at=at))
    elif present is not None and body:
        if right or present.body != body:
            present.body, present.changed_at = body, at
    elif present is not None:
        reply.variants.remove(present)
