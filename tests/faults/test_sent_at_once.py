"""F10: the same form is sent fifty times at once, to two processes, and again afterwards: one row, one answer."""

import asyncio
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.submission import service
from helpdesk.tickets.models import Ticket, TicketMessage
from tests import postgresql
from tests.builders import token
from tests.faults import pages
from tests.faults.desk import Desk
from tests.faults.facts import Badge
from tests.faults.scenes import run

TIMES = 50
# Somebody may send so many replies in a minute; a few less.
REPLIES = 25


def test_a_form_that_is_sent_fifty_times_at_once_to_two_processes_is_one(
    tmp_path: Path, postgresql_socket: str
) -> None:
    name = f"sent_{token()[:12]}"
    address = postgresql.create_database(postgresql_socket, name, template="prepared")
    with ExitStack() as ending:
        ending.callback(postgresql.drop_database, postgresql_socket, name)
        desk = ending.enter_context(Desk(tmp_path, database_url=address))
        twin = ending.enter_context(Desk(tmp_path, database_url=address))
        _send_everything([desk, twin])


@pytest.mark.soak  # tests/submission/test_at_once.py sends a few at once in `make test`
def test_in_one_process_with_sqlite_it_is_one_too(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _send_everything([desk])


def _send_everything(servers: list[Desk]) -> None:
    """A new ticket and a reply to it, each many times at once, and once more when all is done."""
    desk = servers[0]
    [member] = desk.people(1)
    submission = desk.inside(lambda: _draft(member))
    for server in servers:
        server.serve()

    sent = f"/technical-issues/new/{submission}/d"
    places = run(_send(servers, member, sent, {}, TIMES), 120)
    assert places == Counter({f"/technical-issues/new/{submission}/submitted": TIMES + 1})
    numbers = desk.look(
        lambda: [one.number for one in db.session.scalars(select(Ticket).where(Ticket.submission == submission))]
    )
    assert len(numbers) == 1

    reply = {"submission": token(), "body": "It is still there.", "verb": "reply"}
    places = run(_send(servers, member, f"/technical-issues/{numbers[0]}/messages", reply, REPLIES), 120)
    assert places == Counter({f"/technical-issues/{numbers[0]}": REPLIES + 1})
    assert (
        desk.look(
            lambda: len(db.session.scalars(select(TicketMessage).where(TicketMessage.body == reply["body"])).all())
        )
        == 1
    )

    print(f"{TIMES} times at once to {len(servers)} processes: one ticket, one reply")


def _draft(member: Badge) -> str:
    """A draft of this member that only has to be submitted; the number of its form."""
    draft = service.begin(by=member.person, language="en", at=now())
    service.save_title(draft, language="en", title="The page is empty", at=now())
    service.save_description(draft, "Nothing is shown.", at=now())
    return draft.submission


async def _send(servers: list[Desk], member: Badge, path: str, fields: dict[str, str], times: int) -> Counter[str]:
    """Where each of the answers leads to."""

    async def once(place: int) -> str:
        port = servers[place % len(servers)].port
        there = replace(member, origin=f"http://127.0.0.1:{port}")
        while (answer := await pages.post(port, path, there, **fields)).status == 503:
            await asyncio.sleep(0.3)  # busy: it asks to be sent again, as the page does
        assert answer.status == 303, (answer.status, answer.body[:500])
        return answer.headers["location"]

    at_once = await asyncio.gather(*(once(place) for place in range(times)))
    return Counter([*at_once, await once(0)])
