"""Full-text search over tickets, by the database itself: FTS5 on SQLite, tsvector on PostgreSQL.

Text is folded here (case, accents, signs), so that both find the same and "resolue" finds "résolue". `public` holds
the number, the title and what the member may read; `internal` the notes and who the member is, for agents only.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import CTE, ColumnElement, Integer, text
from sqlalchemy import literal_column as column

from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.tickets.models import Ticket

MOST_WORDS = 12
MOST_SIGNS = 200
# How many tickets an agent's search looks through, the newest first: a word that half of all tickets hold must not
# cost half of all tickets. Where a filter leaves few of them, more are looked through.
MOST_FOUND = 1000
MOST_NARROWED = 5000
_WORD = re.compile(r"[^\W_]+")
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_TYPED = re.compile(r'"([^"]+)"|([^\s"]+)')


@dataclass(frozen=True)
class Phrase:
    """Words that stand next to each other. Of a `whole` one (it stood in quotes) the last word is no mere beginning.

    Nor is a single sign: half of all words begin with it, and no index leads to them.
    """

    words: tuple[str, ...]
    whole: bool = False


@dataclass(frozen=True)
class Search:
    """An agent's search for the database: what selects the ids, and the values that it leaves open."""

    sql: str
    values: Mapping[str, str]


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


def index_anew(ticket: Ticket, *, public: str, internal: str) -> None:
    """Makes a ticket findable by these words and its number, and by nothing else that it was found by before."""
    facts = {"id": ticket.id, "public": fold(f"{ticket.number} {public}"), "internal": fold(internal)}
    if _sqlite():
        change = "UPDATE ticket_words SET public = :public, internal = :internal WHERE rowid = :id"
    else:
        change = (
            "UPDATE ticket_words SET public = to_tsvector('simple', :public), "
            "internal = to_tsvector('simple', :internal) WHERE ticket_id = :id"
        )
    db.session.execute(text(change), facts)


def forget_removed() -> None:
    """Has the index of SQLite drop the words that no ticket has any more: it only marks them as gone otherwise."""
    if _sqlite():
        db.session.execute(text("INSERT INTO ticket_words (ticket_words) VALUES ('optimize')"))


def add_words(ticket: Ticket, body: str, *, internal: bool) -> None:
    """Makes a further message of a ticket findable; an internal one for agents only."""
    part = "internal" if internal else "public"
    if _sqlite():
        update = f"UPDATE ticket_words SET {part} = {part} || ' ' || :words WHERE rowid = :id"  # noqa: S608
    else:
        update = f"UPDATE ticket_words SET {part} = {part} || to_tsvector('simple', :words) WHERE ticket_id = :id"  # noqa: S608
    db.session.execute(text(update), {"words": fold(body), "id": ticket.id})


def phrases(typed: str) -> list[Phrase]:
    """What somebody typed into a search, read: each must be there. `"two words"` is one, and so is `maja@example.org`.

    Without quotes the last word of each is a beginning: `trait` finds `traitée`.
    """
    found, left = [], MOST_WORDS
    for quoted, bare in _TYPED.findall(typed[:MOST_SIGNS].translate(_QUOTES)):
        words = tuple(fold(quoted or bare).split()[:left])
        left -= len(words)
        if words:
            found.append(Phrase(words, whole=bool(quoted) or len(words[-1]) == 1))
    return found


def asked_for(typed: str) -> Search | None:
    """The search for tickets that hold all of these words, for agents. None when no word was typed."""
    asked = phrases(typed)
    if not asked:
        return None
    as_typed = [replace(one, whole=True) for one in asked]
    return _sqlite_search(asked, as_typed) if _sqlite() else _postgresql_search(asked, as_typed)


def found(sql: str) -> CTE:
    """The ids of the newest tickets that a search finds, and one more than `:most` where there are more.

    Words that so many tickets hold as they were typed are no beginnings as well: to gather all that begins with a
    frequent word takes as long as there are tickets with it, and to find the newest with the word itself takes no time.
    Found once, however often a statement speaks of them.
    """
    return text(sql).columns(column("id", type_=Integer)).cte("found").prefix_with("MATERIALIZED")


def matches(typed: str, *, owner_id: int) -> ColumnElement[bool] | None:
    """The condition that a ticket of this member holds all of these words where its owner may read. None without one.

    What they may not read is not looked through either: notes, and who has sent what.
    """
    asked = phrases(typed)
    if not asked:
        return None
    if _sqlite():
        row_id, where, values = "rowid", "ticket_words MATCH :asked", {"asked": _sqlite_words(asked, owner_id)}
    else:
        row_id, (where, values) = "ticket_id", _postgresql_where(asked, owner_id)
    query = text(f"SELECT {row_id} FROM ticket_words WHERE {where}").bindparams(**values)  # noqa: S608
    return Ticket.id.in_(query.columns(column(row_id)).scalar_subquery())  # type: ignore[arg-type]


def _sqlite_words(asked: list[Phrase], owner_id: int | None) -> str:
    """The words in the language of FTS5."""
    columns = "{public}" if owner_id is not None else "{public internal}"
    terms = [f'{columns} : "{" ".join(one.words)}"{"" if one.whole else " *"}' for one in asked]
    if owner_id is not None:
        terms.insert(0, f'owner : "m{owner_id}"')
    return " AND ".join(terms)


def _sqlite_search(asked: list[Phrase], as_typed: list[Phrase]) -> Search:
    words = {"asked": _sqlite_words(asked, None), "typed": _sqlite_words(as_typed, None)}
    newest = "SELECT {} AS id FROM ticket_words WHERE ticket_words MATCH {} ORDER BY rowid DESC LIMIT {}"
    more = newest.format("1", ":typed", "1 OFFSET :most")
    return Search(newest.format("rowid", f"CASE WHEN EXISTS ({more}) THEN :typed ELSE :asked END", ":most + 1"), words)


def _postgresql_where(asked: list[Phrase], owner_id: int | None, name: str = "asked") -> tuple[str, dict[str, str]]:
    """The index answers for the words; that they stand together is looked up in each part by itself, as FTS5 does."""
    every = "public" if owner_id is not None else "(public || internal)"
    parts = ("public",) if owner_id is not None else ("public", "internal")
    where = [f"{every} @@ to_tsquery('simple', :{name})"]
    values = {name: " & ".join(_joined(one, " & ") for one in asked)}
    for place, one in enumerate(asked):
        if len(one.words) > 1:
            near = f"{name}_near{place}"
            where.append("(" + " OR ".join(f"{part} @@ to_tsquery('simple', :{near})" for part in parts) + ")")
            values[near] = _joined(one, " <-> ")
    return " AND ".join(where), values


def _postgresql_search(asked: list[Phrase], as_typed: list[Phrase]) -> Search:
    where, values = _postgresql_where(asked, None)
    where_typed, values_typed = _postgresql_where(as_typed, None, "typed")
    newest = "SELECT ticket_id AS id FROM ticket_words WHERE {} ORDER BY ticket_id DESC LIMIT :most + 1"
    few = "(SELECT count(*) FROM typed) <= :most"
    return Search(
        f"WITH typed AS MATERIALIZED ({newest.format(where_typed)}) "  # noqa: S608
        f"SELECT id FROM typed WHERE NOT {few} UNION ALL ({newest.format(f'{few} AND {where}')})",
        {**values, **values_typed},
    )


def _joined(one: Phrase, sign: str) -> str:
    return sign.join(one.words) + ("" if one.whole else ":*")


def _sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"
