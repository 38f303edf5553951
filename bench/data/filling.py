"""Fills an instance with the test data: Core's bulk inserts into our own schema, indexes made afterwards.

Half a million rows a transaction: the log of a single one would be as large as the database.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TypeVar

from flask import Flask
from sqlalchemy import Table, func, insert, select, text

from bench.data import people, rows
from bench.data.people import Row
from bench.data.rows import TAGS, Made, Plan
from helpdesk import create_app, serving
from helpdesk.accounts.models import AgentProfile, User
from helpdesk.config import Config
from helpdesk.database import intend_to_write
from helpdesk.desk.reports import rebuilding
from helpdesk.extensions import db
from helpdesk.notices.models import Notice
from helpdesk.reports.models import ReportCell
from helpdesk.tickets import counts, search
from helpdesk.tickets.models import Tag, Ticket, TicketCount, TicketEvent, TicketMessage, TicketTag

T = TypeVar("T")
AT_ONCE = 20_000
MODELS = (User, AgentProfile, Tag, Ticket, TicketMessage, TicketEvent, TicketTag, TicketCount, Notice, ReportCell)
# What is filled at random places of an index is filled before there is one.
INDEXED_AFTERWARDS = (Ticket, TicketTag, Notice)
# Each agent has so many notices, a few of them unread.
NOTICES_EACH, UNREAD_EACH = 200, 12


class NotEmpty(Exception):
    """The instance holds accounts already, which may be somebody's."""


def make_app(instance: Path, **settings: object) -> Flask:
    """Our application on this instance, as it serves."""
    return create_app(Config(instance=instance, **settings))


def fill(instance: Path, plan: Plan) -> None:
    """Makes the instance with the plan's rows. Raises NotEmpty where accounts are already."""
    app = make_app(instance)
    serving.prepare(app)
    if not serving.is_empty(app):
        raise NotEmpty(f"{instance} holds accounts already: nothing was done.")
    with app.app_context():
        intend_to_write()
        _add_all(User.__table__, people.rows(plan.members, plan.seed, plan.until))
        _add_all(AgentProfile.__table__, people.profiles(plan.members))
        _add_all(Tag.__table__, ({"id": n, "name": name, "key": search.fold(name)} for n, name in enumerate(TAGS, 1)))
        with _indexed_afterwards():
            _add_tickets(plan)
            _add_all(Notice.__table__, _notices(plan))
        _set_sequences()
        rebuilding.rebuild()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def fingerprint(app: Flask) -> str:
    """A hash of all that was filled in: the same for the same plan."""
    digest = hashlib.sha256()
    with app.app_context():
        for model in MODELS:
            table = model.__table__
            for row in db.session.execute(select(table).order_by(*table.primary_key)):
                digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def _add_tickets(plan: Plan) -> None:
    names = {user_id: (rank, words) for user_id, rank, words in _owners()}
    kept: Counter[tuple[str, str]] = Counter()
    for block in _parts(rows.tickets(plan)):
        for made in block:
            ticket = made.ticket
            ticket["owner_rank"], owner_words = names[ticket["owner_id"]]
            made.internal.insert(0, owner_words)
            scopes = counts.ALL, counts.of_owner(ticket["owner_id"]), counts.of_assignee(ticket["assignee_id"])
            kept.update((scope, ticket["status"]) for scope in scopes)
        _add(Ticket.__table__, [made.ticket for made in block])
        _add(TicketMessage.__table__, [row for made in block for row in made.messages])
        _add(TicketEvent.__table__, [row for made in block for row in made.events])
        _add(TicketTag.__table__, [row for made in block for row in made.tags])
        _make_findable(block)
        db.session.commit()
    counted = ({"scope": scope, "status": status, "tickets": number} for (scope, status), number in kept.items())
    _add_all(TicketCount.__table__, counted)


def _owners() -> Iterator[tuple[int, str | None, str]]:
    """The rank of each account, and the words by which its tickets are found."""
    asked = select(User.id, User.rank, User.name, User.email, User.username, User.member_id)
    for user_id, rank, name, email, username, member_id in db.session.execute(asked):
        yield user_id, rank, search.fold(f"{name} {email} {username} {member_id or ''}")


def _make_findable(block: Sequence[Made]) -> None:
    facts = [
        {
            "id": made.ticket["id"], "owner": f"m{made.ticket['owner_id']}", "public": " ".join(made.public),
            "internal": " ".join(made.internal),
        }
        for made in block
    ]  # fmt: skip
    statement = "INSERT INTO ticket_words (rowid, owner, public, internal) VALUES (:id, :owner, :public, :internal)"
    if db.engine.dialect.name != "sqlite":
        statement = (
            "INSERT INTO ticket_words (ticket_id, public, internal) "
            "VALUES (:id, to_tsvector('simple', :public), to_tsvector('simple', :internal))"
        )
    db.session.execute(text(statement), facts)


def _notices(plan: Plan) -> Iterator[Row]:
    """What the bell has for each agent, of the newest tickets."""
    for agent_id in people.agent_ids(plan.members):
        for place in range(min(NOTICES_EACH, plan.tickets)):
            ticket_id = max(plan.tickets - NOTICES_EACH, 0) + place + 1
            unread = place >= NOTICES_EACH - UNREAD_EACH
            yield {
                "user_id": agent_id, "kind": "agent_assigned", "key": f"{agent_id}:ticket:{ticket_id}",
                "ticket_id": ticket_id, "actor_id": people.agent_ids(plan.members)[0], "at": plan.until,
                "read_at": None if unread else plan.until,
            }  # fmt: skip


@contextmanager
def _indexed_afterwards() -> Iterator[None]:
    """Inside, these tables have no indexes but those of their constraints."""
    indexes = sorted((index for model in INDEXED_AFTERWARDS for index in model.__table__.indexes), key=lambda i: i.name)
    for index in indexes:
        index.drop(db.session.connection())
    yield
    for index in indexes:
        index.create(db.session.connection())
        db.session.commit()


def _set_sequences() -> None:
    """PostgreSQL's sequences do not see ids that were given."""
    if db.engine.dialect.name == "sqlite":
        return
    for model in (User, Tag, Ticket):
        last = select(func.max(model.id)).scalar_subquery()
        db.session.execute(select(func.setval(func.pg_get_serial_sequence(f'"{model.__tablename__}"', "id"), last)))


def _add_all(table: Table, found: Iterable[Row]) -> None:
    for part in _parts(found):
        _add(table, part)
    db.session.commit()


def _add(table: Table, part: Sequence[Row]) -> None:
    if part:
        db.session.connection().execute(insert(table), part)


def _parts(found: Iterable[T]) -> Iterator[list[T]]:
    found = iter(found)
    while part := list(islice(found, AT_ONCE)):
        yield part
