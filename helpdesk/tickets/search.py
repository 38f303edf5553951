"""Full-text search over tickets, by the database itself: FTS5 on SQLite, tsvector on PostgreSQL.

Text is folded here (case, accents, signs), so that both find the same and "resolue" finds "résolue". `public` holds
the number, the title and what the member may read; `internal` the notes and who the member is, for agents only.
"""

import re
import unicodedata

from sqlalchemy import ColumnElement, text
from sqlalchemy import literal_column as column

from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.tickets.models import Ticket

MOST_WORDS = 8
MOST_SIGNS = 200
_WORD = re.compile(r"[^\W_]+")


def fold(words: str) -> str:
    """The words of a text in lower case, without accents and signs, with single spaces between them."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", words).casefold())
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return " ".join(_WORD.findall(bare))


def index(ticket: Ticket, owner: Person, description: str) -> None:
    """Makes a new ticket findable."""
    facts = {
        "id": ticket.id,
        "owner": f"m{ticket.owner_id}",
        "public": fold(f"{ticket.number} {ticket.title} {description}"),
        "internal": fold(f"{owner.name} {owner.email} {owner.username} {owner.member_id or ''}"),
    }
    if _sqlite():
        insert = "INSERT INTO ticket_words (rowid, owner, public, internal) VALUES (:id, :owner, :public, :internal)"
    else:
        insert = (
            "INSERT INTO ticket_words (ticket_id, public, internal) "
            "VALUES (:id, to_tsvector('simple', :public), to_tsvector('simple', :internal))"
        )
        facts.pop("owner")
    db.session.execute(text(insert), facts)


def add_words(ticket: Ticket, body: str, *, internal: bool) -> None:
    """Makes a further message of a ticket findable; an internal one for agents only."""
    part = "internal" if internal else "public"
    if _sqlite():
        update = f"UPDATE ticket_words SET {part} = {part} || ' ' || :words WHERE rowid = :id"  # noqa: S608
    else:
        update = f"UPDATE ticket_words SET {part} = {part} || to_tsvector('simple', :words) WHERE ticket_id = :id"  # noqa: S608
    db.session.execute(text(update), {"words": fold(body), "id": ticket.id})


def matches(typed: str, *, owner_id: int | None = None) -> ColumnElement[bool] | None:
    """The condition that a ticket holds all these words, or words that begin so. None when no word was typed.

    With `owner_id` only that member's tickets and only what they may read; without, everything that agents may.
    """
    words = fold(typed[:MOST_SIGNS]).split()[:MOST_WORDS]
    if not words:
        return None
    if _sqlite():
        return Ticket.id.in_(_sqlite_ids(words, owner_id))
    return Ticket.id.in_(_postgresql_ids(words, owner_id))


def _sqlite_ids(words: list[str], owner_id: int | None) -> ColumnElement[int]:
    columns = "{public}" if owner_id is not None else "{public internal}"
    asked = " AND ".join(f'{columns} : "{word}" *' for word in words)
    if owner_id is not None:
        asked = f'owner : "m{owner_id}" AND {asked}'
    query = text("SELECT rowid FROM ticket_words WHERE ticket_words MATCH :asked").bindparams(asked=asked)
    return query.columns(column("rowid")).scalar_subquery()  # type: ignore[return-value]


def _postgresql_ids(words: list[str], owner_id: int | None) -> ColumnElement[int]:
    asked = " & ".join(f"{word}:*" for word in words)
    where = (
        "public @@ to_tsquery('simple', :asked)"
        if owner_id is not None
        else "(public || internal) @@ to_tsquery('simple', :asked)"
    )
    query = text(f"SELECT ticket_id FROM ticket_words WHERE {where}").bindparams(asked=asked)  # noqa: S608
    return query.columns(column("ticket_id")).scalar_subquery()  # type: ignore[return-value]


def _sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"
