"""F06: Redis is killed, started again, asleep, emptied, and asks for a password: conversations and pages go on."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from redis import Redis as Connection

from helpdesk.ranks import Role
from tests.faults import pages
from tests.faults.checker import assert_nothing_is_lost
from tests.faults.desk import Desk
from tests.faults.facts import Badge
from tests.faults.scenes import Conversations, apart, pairs, run
from tests.redis import Redis

SLOWEST_PAGE = 10.0  # seconds; a Redis that does not answer is waited for once, and then not again for a while


@dataclass
class Seen:
    """What came back while Redis was in trouble."""

    answers: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)


@pytest.mark.parametrize("asleep", [2, pytest.param(30, marks=pytest.mark.soak)])
def test_whatever_happens_to_redis_nothing_is_lost_and_nobody_sees_a_fault(tmp_path: Path, asleep: float) -> None:
    with Redis(tmp_path) as redis, Desk(tmp_path, HELPDESK_REDIS_URL=redis.url) as desk:
        sides, [reader] = pairs(desk, 3), desk.people(1, Role.AGENT)
        desk.serve()
        seen = run(_trouble(desk, redis, sides, reader, asleep), 180 + 3 * asleep)
        found = assert_nothing_is_lost(desk, sides)
        print(f"{seen.faults}: {found.acknowledged} acknowledged, pages {dict(seen.answers)}, {seen.slowest:.1f} s")
        assert seen.faults == ["killed", "started again", "asleep", "emptied", "asks for a password", "open again"]
        assert set(seen.answers) == {200} and seen.slowest < SLOWEST_PAGE
        assert "Traceback" not in desk.printed, desk.printed


async def _trouble(desk: Desk, redis: Redis, sides: list, reader: Badge, asleep: float) -> Seen:
    seen = Seen()
    async with Conversations(sides, every=0.8) as talk:
        await talk.all_connected()
        reading = asyncio.create_task(_read(desk, reader, seen))
        for name, inject in _faults(redis, asleep):
            await talk.acknowledge(len(sides))
            await apart(inject)
            seen.faults.append(name)
            # What is said now is said in the trouble, and answered in it.
            await talk.acknowledge(len(sides), 60)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await talk.settle(desk, 60)
    return seen


def _faults(redis: Redis, asleep: float) -> Iterator[tuple[str, Callable[[], object]]]:
    def sleep() -> None:
        with redis.asleep():
            time.sleep(asleep)

    yield "killed", redis.stop
    yield "started again", redis.start
    yield "asleep", sleep
    yield "emptied", lambda: _tell(redis, "FLUSHALL")
    yield "asks for a password", lambda: _tell(redis, "CONFIG SET requirepass another", "CLIENT KILL TYPE pubsub")
    yield "open again", lambda: _tell(redis, "CONFIG SET requirepass", password="another")


def _tell(redis: Redis, *commands: str, password: str | None = None) -> None:
    connection = Connection.from_url(redis.url, password=password, single_connection_client=True)
    try:
        for command in commands:
            words = command.split()
            connection.execute_command(*words, *([""] if words[-1] == "requirepass" else []))
    finally:
        connection.close()


async def _read(desk: Desk, reader: Badge, seen: Seen) -> None:
    """Pages that count how often they are asked for: these ask Redis."""
    while True:
        begun = time.monotonic()
        for path in ("/desk", "/sign-in"):
            answer = await pages.get(desk.port, path, reader if path == "/desk" else None)
            seen.answers[answer.status] += 1
        seen.slowest = max(seen.slowest, time.monotonic() - begun)
        await asyncio.sleep(0.2)
