"""From a chat to a ticket: the polite message in the member's language, and a draft that holds what they wrote."""

from datetime import datetime

from helpdesk import languages
from helpdesk.accounts import sessions
from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.chat import messages, service
from helpdesk.chat.models import Chat
from helpdesk.extensions import db
from helpdesk.refusals import Invalid
from helpdesk.submission import service as drafts

TITLE_SIGNS = 80


def ask_for_ticket(chat: Chat, language: str, words: str, *, by: Person, at: datetime) -> None:
    """Asks the member with `words`, in French, Swedish or Spanish, for a ticket. Raises Invalid for others.

    The draft gets language, title and transcript where it is still empty: what the member had begun stays theirs.
    """
    if language not in languages.CODES or language == languages.DEFAULT:
        raise Invalid()
    member = sessions.person_of(db.session.get_one(User, chat.member_id))
    rows = [row for row in messages.after(chat.id, 0) if row.kind == "text"]
    draft = drafts.begin(by=member, language=language, at=at)
    if not draft.title:
        draft.language = language
        draft.title = " ".join(rows[0].body.split())[:TITLE_SIGNS] if rows else ""
    if not draft.description:
        draft.description = "\n\n".join(f"{row.author}: {row.body}" for row in rows)
    chat.asked_in, chat.submission = language, draft.submission
    service.say(chat, words, client_id=f"ask-{draft.submission[:24]}", by=by, at=at)
