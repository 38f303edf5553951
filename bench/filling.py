"""Fills an instance with people and many tickets, quickly: Core's bulk inserts into our own schema.

The ages of tickets depend on their place in their owner's list and not on how many there are, so that the first pages
show the same rows at every size.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain, islice
from pathlib import Path

from flask import Flask
from sqlalchemy import Connection, Table, insert, text

from helpdesk import create_app, serving
from helpdesk.accounts import passwords
from helpdesk.accounts.models import User
from helpdesk.config import Config
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.ranks import Role
from helpdesk.tickets import counts, search
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import NUMBER_OFFSET, Ticket, TicketCount, TicketEvent, TicketMessage

PASSWORD = "correct horse battery"  # noqa: S105  of instances that are thrown away
MEMBERS, AGENTS = 20, 5
# The first members' lists show 10 + 10 + 5 rows; the others' tickets are mostly closed, as on a desk.
MEASURED = 5
OPEN_PLACE = 7
ROWS_AT_ONCE = 10_000
TITLES = ("The order cannot be processed", "The cart is empty after signing in", "No e-mail with the confirmation")
SUBMITTED, REPLIED = "It stops at the payment page, in Firefox and on the telephone.\n" * 3, "Thank you, " * 20

Row = dict[str, object]


def make_app(instance: Path, **settings: object) -> Flask:
    """Our application on this instance, as it serves."""
    return create_app(Config(instance=instance, **settings))


def fill(instance: Path, tickets: int) -> None:
    """Makes the instance: its database, the people, and so many tickets with all that belongs to them."""
    app = make_app(instance)
    serving.prepare(app)
    with app.app_context():
        intend_to_write()
        at = now().replace(microsecond=0)
        connection = db.session.connection()
        _insert(connection, User.__table__, _people(at))
        _insert(connection, Ticket.__table__, (_ticket(place, tickets, at) for place in range(tickets)))
        _insert(connection, TicketMessage.__table__, _of_tickets(_messages, tickets, at))
        _insert(connection, TicketEvent.__table__, _of_tickets(_events, tickets, at))
        _insert(connection, TicketCount.__table__, _counts(tickets, at))
        _make_findable(connection, tickets, at)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def member_name(place: int) -> str:
    return f"member{place}"


def agent_name(place: int) -> str:
    return f"agent{place}"


def open_number(member: int, tickets: int) -> int:
    """The public number of an open ticket of this member, of the same age at every size."""
    return tickets - (OPEN_PLACE * MEMBERS + member) + NUMBER_OFFSET


def _people(at: datetime) -> Iterator[Row]:
    password_hash = passwords.HASHER.hash(PASSWORD)
    names = [*map(member_name, range(MEMBERS)), *map(agent_name, range(AGENTS))]
    for place, name in enumerate(names):
        member = place < MEMBERS
        yield {
            "id": place + 1, "username": name, "username_key": name, "email": f"{name}@example.org",
            "email_key": f"{name}@example.org", "name": f"Ben {name.title()}", "theme": "system", "origin": "command",
            "role": Role.MEMBER.value if member else Role.AGENT.value, "rank": "Gold" if member else None,
            "language": "en", "time_zone": "Europe/Paris", "password_hash": password_hash, "created_at": at,
        }  # fmt: skip


def _ticket(place: int, tickets: int, at: datetime) -> Row:
    """The ticket that is `place` tickets older than the newest one."""
    own_place, member = divmod(place, MEMBERS)
    status = _status(own_place, measured=member < MEASURED)
    opened = at - timedelta(hours=12 * (own_place + 1), minutes=member)
    changed = opened + timedelta(hours=2)
    agent = own_place % (AGENTS + 1)
    return {
        "id": tickets - place, "owner_id": member + 1, "assignee_id": MEMBERS + agent if agent else None,
        "language": ("en", "fr", "sv", "es")[own_place % 4], "title": TITLES[own_place % len(TITLES)],
        "status": status.value, "status_since": changed, "opened_at": opened, "updated_at": changed,
        "waiting_since": opened if status is Status.OPEN else None,
        "closed_at": changed if status is Status.CLOSED else None, "last_seq": 6, "submission": f"{place:032x}",
    }  # fmt: skip


def _status(own_place: int, *, measured: bool) -> Status:
    closed = own_place < 5 if measured else own_place % 10 > 0
    if closed:
        return Status.CLOSED
    return Status.OPEN if own_place % 2 else Status.AWAITING_FEEDBACK


def _of_tickets(part: Callable[[Row], Iterator[Row]], tickets: int, at: datetime) -> Iterator[Row]:
    return chain.from_iterable(part(_ticket(place, tickets, at)) for place in range(tickets))


def _messages(ticket: Row) -> Iterator[Row]:
    authors = (("description", ticket["owner_id"], SUBMITTED), ("reply", MEMBERS + 1, REPLIED * 2),
               ("reply", ticket["owner_id"], REPLIED))  # fmt: skip
    for place, (kind, author, body) in enumerate(authors):
        yield {
            "ticket_id": ticket["id"], "seq": 2 * place + 1, "author_id": author, "kind": kind, "body": body,
            "submission": f"{place:032x}", "written_at": ticket["opened_at"] + timedelta(minutes=place),
        }  # fmt: skip


def _events(ticket: Row) -> Iterator[Row]:
    steps = (("submitted", ticket["owner_id"]), ("replied", MEMBERS + 1), ("replied", ticket["owner_id"]))
    for place, (what, actor) in enumerate(steps):
        yield {
            "ticket_id": ticket["id"], "seq": 2 * place + 2, "actor_id": actor, "what": what,
            "status": Status.OPEN.value, "at": ticket["opened_at"] + timedelta(minutes=place),
        }  # fmt: skip


def _counts(tickets: int, at: datetime) -> Iterator[Row]:
    kept: Counter[tuple[str, str]] = Counter()
    for ticket in (_ticket(place, tickets, at) for place in range(tickets)):
        scopes = (counts.ALL, counts.of_owner(ticket["owner_id"]), counts.of_assignee(ticket["assignee_id"]))
        kept.update((scope, ticket["status"]) for scope in scopes)
    for (scope, status), number in kept.items():
        yield {"scope": scope, "status": status, "tickets": number}


def _make_findable(connection: Connection, tickets: int, at: datetime) -> None:
    words = search.fold(SUBMITTED)
    rows = (
        {"id": row["id"], "owner": f"m{row['owner_id']}", "public": f"{row['id']} {search.fold(row['title'])} {words}"}
        for row in (_ticket(place, tickets, at) for place in range(tickets))
    )
    statement = text("INSERT INTO ticket_words (rowid, owner, public, internal) VALUES (:id, :owner, :public, '')")
    for part in _parts(rows):
        connection.execute(statement, part)


def _insert(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    for part in _parts(rows):
        connection.execute(insert(table), part)


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rows = iter(rows)
    while part := list(islice(rows, ROWS_AT_ONCE)):
        yield part
