"""From a chat to a ticket: the member's draft with what was said, so that nobody has to write it twice."""

from datetime import datetime

from helpdesk import languages
from helpdesk.accounts.person import Person
from helpdesk.announce import announce
from helpdesk.chat import figures, queries, service
from helpdesk.chat.models import Chat
from helpdesk.submission import service as drafts
from helpdesk.submission.models import Draft
from helpdesk.submission.steps import DESCRIPTION_SIGNS

# As much of the question as still reads as a title; step A lets the member write a better one.
TITLE_SIGNS = 80
GAP = "\n\n"
LEFT_OUT = f"{GAP}[…]{GAP}"


def fill_draft(chat: Chat, language: str, *, member: Person, at: datetime, unsent: str = "") -> Draft:
    """The member's draft with the chat's language, title and transcript; chat and ticket are linked by its token.

    What the member had begun stays theirs: an empty field is filled, and a description gets the transcript at its end.
    Asked again later in the same chat, the transcript in it grows. `unsent` is what could not be said any more.
    """
    said = [(row.author, row.body) for row in queries.conversation(chat) if row.kind == "text"]
    lines = [f"{author}: {body}" for author, body in said]
    if unsent:
        lines.append(f"{member.name}: {unsent}")
    draft = _filled(said[0][1] if said else "", lines, language, member=member, at=at)
    chat.submission = draft.submission
    figures.hand_over(chat, language)
    announce(
        service.chat_changed, about=chat, to=service.people_of(chat), chat_id=chat.id, what="ticket", state=chat.state
    )
    return draft


def keep_question(question: str, language: str, *, by: Person, at: datetime) -> Draft:
    """The member's draft with a question that no chat was there for."""
    return _filled(question, [question], language, member=by, at=at)


def _filled(title: str, lines: list[str], language: str, *, member: Person, at: datetime) -> Draft:
    draft = drafts.begin(by=member, language=language, at=at)
    if not draft.title:
        draft.language, draft.title = language, as_title(title)
    draft.description = _joined(draft.description, lines)
    draft.saved_at = at
    return draft


def as_title(question: str) -> str:
    """The first words of a question, cut between two of them, without a language's prefix."""
    line = languages.without_prefix(" ".join(question.split()))
    if len(line) <= TITLE_SIGNS:
        return line
    return f"{line[: TITLE_SIGNS - 1].rsplit(' ', 1)[0].rstrip(',;:.')}…"


def _joined(begun: str, lines: list[str]) -> str:
    """The lines behind what stands there already, each of them once; never longer than a description may be."""
    there = next((n for n in range(len(lines), 0, -1) if begun.endswith(GAP.join(lines[:n]))), 0)
    joined = GAP.join([*([begun] if begun else []), *lines[there:]])
    if len(joined) <= DESCRIPTION_SIGNS:
        return joined
    # The beginning is what it is about, and the end is where it has got to.
    half = (DESCRIPTION_SIGNS - len(LEFT_OUT)) // 2
    return f"{joined[:half].rstrip()}{LEFT_OUT}{joined[-half:].lstrip()}"
