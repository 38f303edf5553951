"""Looking saved replies up, and filling them in."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from helpdesk import languages
from helpdesk.database import MOST_ID
from helpdesk.desk.models import SavedReply, SavedReplyText
from helpdesk.extensions import db
from helpdesk.reading import read
from helpdesk.refusals import NotFound
from helpdesk.site import texts
from helpdesk.site.texts import Written

_reply, _text = SavedReply.__table__.c, SavedReplyText.__table__.c
_REPLIES = (
    select(_reply.id, _reply.title, _text.language, _text.body, _text.changed_at)
    .outerjoin_from(SavedReply.__table__, SavedReplyText.__table__, _text.reply_id == _reply.id)
    .order_by(_reply.title, _reply.id, _text.id)
)


@dataclass(frozen=True)
class Choice:
    """One text of a saved reply, ready to be inserted. `value` names it in a form: 3.fr."""

    value: str
    title: str
    text: str


@dataclass(frozen=True)
class Reply:
    """A saved reply to choose: its texts by their languages."""

    id: int
    title: str
    texts: dict[str, Written]

    def text(self, language: str) -> str:
        """Its text in this language; empty where it has none."""
        return self.texts[language].body if language in self.texts else ""

    @property
    def states(self) -> dict[str, str]:
        """Of each language, whether its text is `missing`, or `stale`: older than the English one."""
        return texts.states(self.texts)


def all_replies() -> list[Reply]:
    """Every saved reply with its texts, by title: one query."""
    found: dict[int, Reply] = {}
    for row in read(_REPLIES):
        reply = found.setdefault(row.id, Reply(row.id, row.title, {}))
        if row.language:
            reply.texts[row.language] = Written(row.body, row.changed_at)
    return list(found.values())


def reply(reply_id: int) -> SavedReply:
    """The reply with this id. Raises NotFound."""
    found = db.session.get(SavedReply, reply_id) if 0 < reply_id <= MOST_ID else None
    if found is None:
        raise NotFound()
    return found


def states(reply: SavedReply) -> dict[str, str]:
    """As `Reply.states`."""
    return texts.states({one.language: Written(one.body, one.changed_at) for one in reply.variants})


def text(reply_id: int, language: str, given: Mapping[str, str]) -> str:
    """The text of one reply, filled in; the English one where the language has none, empty for a reply that is gone."""
    found = db.session.get(SavedReply, reply_id)
    return fill(found.text(language) or found.text(languages.DEFAULT), given) if found else ""


def for_chat(language: str | None, given: Mapping[str, str]) -> dict[str, list[Choice]]:
    """What an agent can insert into a chat, by language: English first, for the chat is; then the member's."""
    offered = dict.fromkeys([languages.DEFAULT, *([language] if language in languages.CODES else [])])
    found = all_replies()
    return {
        code: [Choice(f"{one.id}.{code}", one.title, fill(body, given)) for one in found if (body := one.text(code))]
        for code in offered
    }


@dataclass(frozen=True)
class Group:
    """The saved replies in one language. `missing` are those of a ticket's language that have no text in it."""

    language: str
    choices: list[Choice]
    missing: bool = False


def for_ticket(language: str, given: Mapping[str, str]) -> list[Group]:
    """What an agent can insert into a ticket: its language first, then what it lacks, in English, then the others."""
    found = all_replies()
    groups = [Group(language, [_choice(one, language, given) for one in found if one.text(language)])]
    lacking = [_choice(one, languages.DEFAULT, given) for one in found if not one.text(language)]
    groups.append(Group(language, lacking, missing=True))
    for code in languages.CODES:
        if code != language:
            has = [one for one in found if one.text(code) and (code != languages.DEFAULT or one.text(language))]
            groups.append(Group(code, [_choice(one, code, given) for one in has]))
    return [group for group in groups if group.choices]


def _choice(reply: Reply, language: str, given: Mapping[str, str]) -> Choice:
    return Choice(f"{reply.id}.{language}", reply.title, fill(reply.text(language), given))


def fill(body: str, given: Mapping[str, str]) -> str:
    """The text with `{name}` and `{agent}`; whatever else stands in braces stays as it is."""
    for name, value in given.items():
        body = body.replace(f"{{{name}}}", value)
    return body
