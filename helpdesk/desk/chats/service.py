"""From a chat to a ticket: the polite message in the member's language, and a draft that holds what they wrote."""

from datetime import datetime

from helpdesk import languages
from helpdesk.accounts import sessions
from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.chat import handover, service
from helpdesk.chat.models import Chat
from helpdesk.extensions import db
from helpdesk.refusals import Invalid


def ask_for_ticket(chat: Chat, language: str, words: str, *, by: Person, at: datetime) -> None:
    """Asks the member with `words`, in French, Swedish or Spanish, for a ticket. Raises Invalid for others."""
    if language not in languages.CODES or language == languages.DEFAULT:
        raise Invalid()
    member = sessions.person_of(db.session.get_one(User, chat.member_id))
    draft = handover.fill_draft(chat, language, member=member, at=at)
    chat.asked_in = language
    service.say(chat, words, client_id=f"ask-{draft.submission[:24]}", by=by, at=at)
