"""F18, F21: idle sockets by the thousand, and mixed load for half an hour: nothing grows that is not let go again."""

import asyncio
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import pytest

from helpdesk.ranks import Role
from tests.builders import token
from tests.faults import pages
from tests.faults.checker import assert_nothing_is_lost
from tests.faults.desk import MEGABYTE, Desk, steady_port
from tests.faults.facts import Badge
from tests.faults.line import Line
from tests.faults.scenes import Conversations, pairs, run
from tests.faults.weighing import GUNICORN, allow_files, open_files

# It is 0.05 on a quiet machine; one that runs other tests takes its time.
SLOWEST_P95 = 2.0
MOST_GROWTH = 1 * MEGABYTE  # in ten minutes, after the first ones
MOST_FILES_LEFT = 10
MOST_GREENLETS_MORE = 20
AT_ONCE = 50
HUMAN = 10.0  # seconds between two messages of somebody who reads, thinks and types


@dataclass
class Measured:
    """What was seen over time: seconds since the beginning with memory, open files, greenlets; how long pages took."""

    memory: list[tuple[float, int]] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    greenlets: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)

    async def look(self, desk: Desk, figures: int, begun: float) -> None:
        self.memory.append((time.monotonic() - begun, desk.memory()))
        self.files.append(open_files(desk.worker))
        self.greenlets.append(await pages.figure(figures, "helpdesk_greenlets"))

    def percentile(self, of: float) -> float:
        return sorted(self.pages)[int(len(self.pages) * of)]

    def slope(self) -> float:
        """Bytes in ten minutes, by the second half of the time: the first fills caches and pools."""
        late = self.memory[len(self.memory) // 2 :]
        if len({moment for moment, _ in late}) < 2:
            return 0.0
        fitted = statistics.linear_regression([moment for moment, _ in late], [size for _, size in late])
        return fitted.slope * 600


@pytest.mark.soak  # tests/web/test_websocket_limits.py has two hundred in `make test`
@pytest.mark.parametrize(("sockets", "chats", "rounds"), [(200, 2, 2), (10_000, 100, 3)])
def test_idle_sockets_cost_little_and_leave_nothing_open(tmp_path: Path, sockets: int, chats: int, rounds: int) -> None:
    allow_files(2 * sockets + 2000)
    with Desk(tmp_path, command=GUNICORN) as desk:  # app.py by itself takes a thousand
        idle, sides = desk.people(max(10, sockets // 10), Role.MEMBER), pairs(desk, chats)
        desk.serve()
        run(_rounds(desk, idle, sides, sockets, rounds), 120 + rounds * sockets / 20)
        assert_nothing_is_lost(desk, sides)


async def _rounds(desk: Desk, idle: Sequence[Badge], sides: list, sockets: int, rounds: int) -> None:
    plateau, seen = [], Measured()
    async with Conversations(sides, every=HUMAN) as talk:
        await talk.all_connected(60)
        before, alone = open_files(desk.worker), desk.memory()
        for _ in range(rounds):
            lines = await _open(desk, idle, sockets)
            plateau.append(desk.memory())
            assert open_files(desk.worker) >= before + sockets, "they are connected"
            await _ask(desk, sides[1].badge, seen, 2)
            for line in lines:
                await line.close()
            deadline = time.monotonic() + 60
            while (left := open_files(desk.worker) - before) > MOST_FILES_LEFT and time.monotonic() < deadline:
                await asyncio.sleep(0.2)
            assert left <= MOST_FILES_LEFT, f"{left} files are still open"
        await talk.settle(desk, 60)
    each = (plateau[0] - alone) / sockets
    print(
        f"{sockets} idle sockets, {rounds} times: {[size // MEGABYTE for size in plateau]} MB,"
        f" p95 {seen.percentile(0.95):.3f} s, {each / 1024:.0f} kB each"
    )
    assert seen.percentile(0.95) < SLOWEST_P95
    assert plateau[-1] < plateau[0] * 1.1 + 4 * MEGABYTE, "each round takes what the first has taken"


async def _open(desk: Desk, idle: Sequence[Badge], sockets: int) -> list[Line]:
    """So many sockets of these people, ten at most each."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(place: int) -> Line:
        async with room:
            return await Line.open(desk.port, idle[place % len(idle)], {}, lambda name, facts: None)

    return list(await asyncio.gather(*(one(place) for place in range(sockets))))


@pytest.mark.parametrize("seconds", [8, pytest.param(1800, marks=pytest.mark.soak)])
def test_mixed_load_leaves_memory_files_and_greenlets_where_they_are(tmp_path: Path, seconds: float) -> None:
    with Desk(tmp_path, HELPDESK_METRICS_PORT=str(figures := steady_port())) as desk:
        sides, agents, members = pairs(desk, 10), desk.people(2, Role.AGENT), desk.people(10)
        desk.serve()
        seen = run(_mixed(desk, figures, sides, [*agents, *members], seconds), 180 + 2 * seconds)
        found = assert_nothing_is_lost(desk, sides)
        (_, first), (_, last), slope = seen.memory[0], seen.memory[-1], seen.slope() / MEGABYTE
        print(
            f"{seconds} s: {found.acknowledged} messages, {len(seen.pages)} pages, p95 {seen.percentile(0.95):.3f} s,"
            f" p99 {seen.percentile(0.99):.3f} s; {first // MEGABYTE} to {last // MEGABYTE} MB, {slope:+.2f} MB in ten"
            f" minutes; {seen.files[0]} to {seen.files[-1]} open files;"
            f" {seen.greenlets[0]:.0f} to {seen.greenlets[-1]:.0f} greenlets, {max(seen.greenlets):.0f} at most"
        )
        assert "Traceback" not in desk.printed, desk.printed
        assert seen.files[-1] <= seen.files[0] + MOST_FILES_LEFT
        assert seen.percentile(0.95) < SLOWEST_P95
        # The one that would have sent the next ping to a connection sees up to 20 s later that it has ended.
        assert len(sides) < seen.greenlets[-1] <= seen.greenlets[0] + len(seen.pages) + MOST_GREENLETS_MORE
        if seconds > 600:
            assert seen.slope() < MOST_GROWTH
            early, late = seen.greenlets[: len(seen.greenlets) // 2], seen.greenlets[len(seen.greenlets) // 2 :]
            assert max(late) <= max(early) + MOST_GREENLETS_MORE


async def _mixed(desk: Desk, figures: int, sides: list, others: Sequence[Badge], seconds: float) -> Measured:
    """Conversations, pages of members and agents, connections that come and go, messages by form."""
    seen, begun = Measured(), time.monotonic()
    members = cycle(sides[::2])
    async with Conversations(sides, every=1.0) as talk:
        await talk.all_connected(60)
        await seen.look(desk, figures, begun)
        while time.monotonic() - begun < seconds:
            await asyncio.gather(*(_visit(desk, badge, seen) for badge in others))
            member = next(members)  # by turns, for nobody may send faster than the desk lets
            said = {"client_id": token(), "body": f"#form {token()}"}
            answer = await pages.post(desk.port, f"/chat/{member.chat_id}/messages", member.badge, **said)
            assert answer.status in {303, 429, 503}, answer.status
            await seen.look(desk, figures, begun)
            await asyncio.sleep(1.2)  # sixty connections in a minute is all that one person gets
        await talk.settle(desk, 60)
        await seen.look(desk, figures, begun)
    return seen


async def _visit(desk: Desk, badge: Badge, seen: Measured) -> None:
    path = random.choice(
        ["/desk", "/profile"] if badge.person.role is Role.AGENT else ["/technical-issues", "/profile"]
    )
    begun = time.monotonic()
    answer = await pages.get(desk.port, path, badge)
    seen.pages.append(time.monotonic() - begun)
    assert answer.status == 200, (path, answer.status)
    line = await Line.open(desk.port, badge, {}, lambda name, facts: None)
    await line.close()


async def _ask(desk: Desk, reader: Badge, seen: Measured, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        begun = time.monotonic()
        assert (await pages.get(desk.port, "/desk", reader)).status == 200
        seen.pages.append(time.monotonic() - begun)
