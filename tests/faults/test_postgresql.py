"""F07: PostgreSQL ends its connections, is started again, and sleeps: clear answers meanwhile, then all goes on."""

import asyncio
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from helpdesk.extensions import db
from helpdesk.ranks import Role
from tests import postgresql
from tests.faults import pages
from tests.faults.checker import assert_nothing_is_lost
from tests.faults.desk import Desk
from tests.faults.facts import Badge
from tests.faults.scenes import Conversations, apart, pairs, run

SLOWEST_REFUSAL = 10.0


@dataclass
class Seen:
    """What pages were answered, and how long the slowest took."""

    answers: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)
    afterwards: int = 0


@pytest.mark.parametrize(("rounds", "asleep"), [(1, 2), pytest.param(5, 20, marks=pytest.mark.soak)])
def test_a_database_server_in_trouble_costs_nothing_that_was_acknowledged(
    tmp_path: Path, rounds: int, asleep: float
) -> None:
    with postgresql.server(tmp_path / "server") as socket:
        address = postgresql.create_database(socket, "troubled")
        with Desk(tmp_path, database_url=address) as desk:
            sides, [reader] = pairs(desk, 3), desk.people(1, Role.AGENT)
            desk.serve()
            seen = run(_trouble(desk, tmp_path / "server", socket, sides, reader, rounds, asleep), 240 * rounds)
            found = assert_nothing_is_lost(desk, sides)
        print(f"{seen}: {found.acknowledged} acknowledged")
        assert Counter(seen.faults) == {"ended": rounds, "started again": rounds, "asleep": rounds}
        assert set(seen.answers) == {200, 503}, desk.printed[-6000:]
        assert seen.afterwards == 200, "the pool has recovered"
        assert seen.slowest < SLOWEST_REFUSAL + asleep


async def _trouble(
    desk: Desk, folder: Path, socket: str, sides: list, reader: Badge, rounds: int, asleep: float
) -> Seen:
    seen = Seen()
    async with Conversations(sides, every=0.8) as talk:
        await talk.all_connected()
        reading = asyncio.create_task(_read(desk, reader, seen))
        for name, inject in list(_faults(folder, socket, asleep)) * rounds:
            await talk.acknowledge(len(sides), 60)
            await apart(inject)
            seen.faults.append(name)
            await talk.acknowledge(len(sides), 60)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        desk.look(lambda: db.engine.dispose())  # our own connections were ended too
        await talk.settle(desk, 60)
        seen.afterwards = (await pages.get(desk.port, "/desk", reader)).status
    return seen


def _faults(folder: Path, socket: str, asleep: float) -> Iterator[tuple[str, Callable[[], object]]]:
    def sleep() -> None:
        with sleeping(folder):
            time.sleep(asleep)

    yield "ended", lambda: _end_connections(socket)
    yield "started again", lambda: postgresql.start_again(folder)
    yield "asleep", sleep


def _end_connections(socket: str) -> None:
    """As an operator's script, a failing switch or the kernel does it, in the middle of whatever they do."""
    with psycopg.connect(host=socket, user="helpdesk", dbname="postgres", autocommit=True) as connection:
        rows = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'troubled'"
        ).fetchall()
    assert rows, "nobody was connected: nothing was ended"


@contextmanager
def sleeping(folder: Path) -> Iterator[None]:
    """The server and all its processes stand still."""
    parent = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=True)
    processes = [parent, *map(int, children.stdout.split())]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


async def _read(desk: Desk, reader: Badge, seen: Seen) -> None:
    while True:
        begun = time.monotonic()
        answer = await pages.get(desk.port, "/desk", reader)
        seen.answers[answer.status] += 1
        seen.slowest = max(seen.slowest, time.monotonic() - begun)
        await asyncio.sleep(0.1)
