"""F19: the server is started again and everybody comes back: soon caught up, in no hurry, others still served."""

import asyncio
import random
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from helpdesk.ranks import Role
from tests.faults import pages
from tests.faults.desk import Desk
from tests.faults.facts import Badge
from tests.faults.scenes import SEED, Conversations, apart, run, until
from tests.faults.talker import Talker
from tests.faults.weighing import APP, GUNICORN, allow_files

MOST_SECONDS = 60
MOST_TRIES_A_SECOND = 3
SLOWEST_PAGE = 10.0


@dataclass(frozen=True)
class Size:
    """How many come back, how the desk is served, and how it ends: killed, or stopped in order."""

    clients: int
    command: Sequence[object]
    ends_with: signal.Signals


SIZES = [
    Size(200, APP, signal.SIGTERM),
    pytest.param(Size(900, APP, signal.SIGKILL), marks=pytest.mark.soak),
    pytest.param(Size(5000, GUNICORN, signal.SIGTERM), marks=pytest.mark.soak),
]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.clients} after {size.ends_with.name}")
def test_everybody_comes_back_and_is_caught_up(tmp_path: Path, size: Size) -> None:
    allow_files(4 * size.clients + 1000)
    with Desk(tmp_path, command=size.command) as desk:
        members, (agent, reader) = desk.people(size.clients), desk.people(2, Role.AGENT)
        chats = desk.conversations(members, agent)
        sides = [
            Talker(desk.port, member, chat_id, random.Random(f"{SEED} {chat_id}"))
            for member, chat_id in zip(members, chats, strict=True)
        ]
        # An agent who was not there would lose the chats to the queue.
        sides.append(Talker(desk.port, agent, chats[0], random.Random(SEED)))
        desk.serve()
        seconds, slowest, answered = run(_storm(desk, sides, agent, reader, size), 60 + size.clients / 5 + 120)
        tries = max(_most_in_a_second(side.tries) for side in sides)
        print(
            f"{size.clients} clients back after {seconds:.1f} s, at most {tries} tries a second,"
            f" {answered} pages meanwhile, the slowest in {slowest:.2f} s, {desk.memory() >> 20} MB"
        )
        assert all(side.connections >= 2 for side in sides), "everybody was cut off, and came back"
        assert seconds < MOST_SECONDS and tries <= MOST_TRIES_A_SECOND
        assert answered and slowest < SLOWEST_PAGE
        assert not [fault for side in sides for fault in side.faults]
        assert "Traceback" not in desk.printed, desk.printed


async def _storm(
    desk: Desk, sides: Sequence[Talker], agent: Badge, reader: Badge, size: Size
) -> tuple[float, float, int]:
    """Seconds until all have seen what was said while the server was away, the slowest page, and how many came."""
    async with Conversations(sides) as talk:
        await talk.all_connected(60 + size.clients / 20)
        if size.ends_with is signal.SIGKILL:
            await apart(desk.kill)
        else:
            assert (await apart(desk.server.stop))[0] == 0
        await apart(desk.say_meanwhile, sorted({side.chat_id for side in sides}), agent, "Are you still there?")
        head = 3
        assert all(side.head < head for side in sides)
        await apart(desk.serve)
        begun = time.monotonic()
        reading = asyncio.create_task(_read(desk, reader))
        await until(lambda: all(side.head == head for side in sides), MOST_SECONDS, "all have caught up")
        seconds = time.monotonic() - begun
        await asyncio.sleep(0.5)
        reading.cancel()
        times = await reading
    return seconds, max(times), len(times)


async def _read(desk: Desk, reader: Badge) -> list[float]:
    """How long an ordinary page takes, again and again until cancelled."""
    times = []
    try:
        while True:
            begun = time.monotonic()
            assert (await pages.get(desk.port, "/desk", reader)).status == 200
            times.append(time.monotonic() - begun)
            await asyncio.sleep(0.1)
    except asyncio.CancelledError:
        return times


def _most_in_a_second(tries: Sequence[float]) -> int:
    return max(sum(1 for other in tries if first <= other < first + 1) for first in tries)
