"""What people want to be written about: their own choice, or what the kind says. Never commits."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.mail.kinds import KINDS
from helpdesk.mail.models import MailChoice
from helpdesk.ranks import Ranks


def open_to(person: Person, ranks: Ranks) -> list[str]:
    """The kinds that this person can get and can switch off."""
    return [
        name
        for name, kind in KINDS.items()
        if kind.wanted is not None and ranks.may(person.rank, person.role, kind.action)
    ]


def wanted(user_id: int) -> set[str]:
    """The kinds that this person gets, as far as their own choice goes: one query."""
    asked = select(MailChoice.kind, MailChoice.wanted).where(MailChoice.user_id == user_id)
    chosen = {row.kind: row.wanted for row in db.session.execute(asked)}
    return {name for name, kind in KINDS.items() if kind.wanted is None or chosen.get(name, kind.wanted)}


def choose(user_id: int, kinds: Collection[str], *, on: Collection[str]) -> None:
    """The person wants, of these kinds, those in `on` and no others."""
    if not kinds:
        return
    rows = [{"user_id": user_id, "kind": kind, "wanted": kind in on} for kind in sorted(kinds)]
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    row = insert(MailChoice).values(rows)
    changed = row.on_conflict_do_update(index_elements=["user_id", "kind"], set_={"wanted": row.excluded.wanted})
    db.session.execute(changed)
