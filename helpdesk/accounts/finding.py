"""Finding people by the beginnings of words, accents ignored, at a cost that does not grow with how many they are.

Every account has its words in a table of their own; whoever writes a name, a username, an address or a member ID
outside `service` calls `put`.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, delete, exists, insert, select, tuple_

from helpdesk.accounts.models import PersonWord, User
from helpdesk.database import MOST_ID
from helpdesk.extensions import db

PAGE_SIZE = 25
MOST_SIGNS = 100
MOST_WORDS = 4
WORD_SIGNS = 80
LAST_SIGN = "\U0010ffff"
_PART = re.compile(r"[^\W_]+")

_user, _word = User.__table__.c, PersonWord.__table__.c
_COLUMNS = (
    _user.id,
    _user.name,
    _user.username,
    _user.email,
    _user.member_id,
    _user.rank,
    _user.role,
    _user.disabled_at,
)


@dataclass(frozen=True)
class Cursor:
    """Where a page of people starts: `after` or `before` somebody, and the word by which they were found."""

    direction: str
    id: int
    word: str = ""

    def __str__(self) -> str:
        return f"{self.direction}.{self.id}.{self.word}"

    @classmethod
    def read(cls, typed: str) -> "Cursor | None":
        """The cursor that an address names. Anything else means the first page."""
        direction, _, rest = typed[: WORD_SIGNS + 40].partition(".")
        number, _, word = rest.partition(".")
        if direction not in {"after", "before"} or not (number.isascii() and number.isdigit() and len(number) < 11):
            return None
        return cls(direction, int(number), word) if int(number) <= MOST_ID else None


@dataclass(frozen=True)
class People:
    """One page of people, with the cursors of its neighbours; None at the ends."""

    rows: Sequence[Row[Any]]
    before: Cursor | None
    after: Cursor | None


def fold(text: str) -> str:
    """The text in lower case and without accents, with one kind of apostrophe."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).replace("’", "'")


def put(user_ids: Collection[int], *, anew: bool = True) -> None:
    """Makes these accounts findable as they are now. Without `anew` they have no words yet."""
    if anew:
        db.session.execute(delete(PersonWord).where(PersonWord.user_id.in_(user_ids)))
    facts = select(User.id, User.name, User.username, User.email, User.member_id).where(User.id.in_(user_ids))
    rows = [
        {"word": word, "user_id": user_id}
        for user_id, name, *others in db.session.execute(facts)
        for word in sorted(words_of(name, others))
    ]
    if rows:
        db.session.execute(insert(PersonWord.__table__), rows)


def page(typed: str, cursor: Cursor | None) -> People:
    """The people who have all the typed words, or words that begin so, by the word; without words the newest first."""
    return _page(db.session.execute(statement(typed, cursor)).all(), cursor)


def statement(typed: str, cursor: Cursor | None) -> Select[Any]:
    """What asks for that page, and for one row more."""
    words = sorted(set(fold(typed[:MOST_SIGNS]).split()[:MOST_WORDS]), key=len, reverse=True)
    words = [word[:WORD_SIGNS] for word in words]
    rows, keys = (_having(words), (_word.word, _word.user_id)) if words else (_everybody(), (_user.id,))
    ascending = bool(words) is not _is_backwards(cursor)
    if cursor is not None:
        here = (cursor.word, cursor.id) if words else (cursor.id,)
        rows = rows.where(tuple_(*keys) > here if ascending else tuple_(*keys) < here)
    return rows.order_by(*(key.asc() if ascending else key.desc() for key in keys)).limit(PAGE_SIZE + 1)


def _everybody() -> Select[Any]:
    return select(*_COLUMNS, _user.id.label("user_id"))


def _having(words: Sequence[str]) -> Select[Any]:
    """Who has these words. The longest is looked up, the others are looked for among whom it has found."""
    first, *others = words
    rows = (
        select(*_COLUMNS, _word.word, _word.user_id)
        .join_from(PersonWord.__table__, User.__table__, _user.id == _word.user_id)
        .where(_begins(_word.word, first))
    )
    # Somebody whose name and address begin alike is shown once: by the first of such words.
    again = PersonWord.__table__.alias("again")
    earlier = and_(again.c.user_id == _word.user_id, _begins(again.c.word, first), again.c.word < _word.word)
    rows = rows.where(~exists().where(earlier))
    for place, other in enumerate(others):
        more = PersonWord.__table__.alias(f"more_{place}")
        rows = rows.where(exists().where(more.c.user_id == _word.user_id, _begins(more.c.word, other)))
    return rows


def _begins(column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    return and_(column >= word, column < word + LAST_SIGN)


def _is_backwards(cursor: Cursor | None) -> bool:
    return cursor is not None and cursor.direction == "before"


def _page(found: Sequence[Row[Any]], cursor: Cursor | None) -> People:
    more, shown, backwards = len(found) > PAGE_SIZE, list(found[:PAGE_SIZE]), _is_backwards(cursor)
    if backwards:
        shown.reverse()
    if not shown:
        return People((), None, None)
    has_before, has_after = (more, True) if backwards else (cursor is not None, more)
    return People(
        shown,
        _cursor("before", shown[0]) if has_before else None,
        _cursor("after", shown[-1]) if has_after else None,
    )


def _cursor(direction: str, row: Row[Any]) -> Cursor:
    return Cursor(direction, row.user_id, getattr(row, "word", ""))


def words_of(name: str, others: Iterable[str | None]) -> set[str]:
    """The words of somebody's name, and each of the others (username, address, member ID) as one word."""
    found = {fold(one) for one in others if one}
    for part in fold(name).split():
        found |= {part, *_PART.findall(part)}
    return {word[:WORD_SIGNS] for word in found}
