"""F20: two processes on one PostgreSQL are stopped and started by turns; nobody loses a word, everybody comes back."""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from tests import postgresql
from tests.builders import token
from tests.faults.checker import assert_nothing_is_lost
from tests.faults.desk import Desk
from tests.faults.scenes import Conversations, apart, pairs, run
from tests.faults.talker import Talker


class Mover(Talker):
    """A page whose balancer sends each new connection to the next process."""

    def give(self, ports: Iterator[int]) -> None:
        self._ports = ports

    async def _connect(self) -> None:
        self.port = next(self._ports)
        self.badge = replace(self.badge, origin=f"http://127.0.0.1:{self.port}")
        await super()._connect()


@pytest.mark.soak  # tests/chat/test_stop.py stops one in `make test`
@pytest.mark.parametrize(("restarts", "every"), [(3, 0.5), (24, 5)])
def test_two_processes_restarted_by_turns_lose_nothing(
    tmp_path: Path, postgresql_socket: str, restarts: int, every: float
) -> None:
    name = f"rolling_{token()[:12]}"
    address = postgresql.create_database(postgresql_socket, name, template="prepared")
    with ExitStack() as ending:
        ending.callback(postgresql.drop_database, postgresql_socket, name)
        desks = [ending.enter_context(Desk(tmp_path, database_url=address)) for _ in range(2)]
        sides = pairs(desks[0], 3, kind=Mover)
        for side, begins in zip(sides, itertools.cycle((0, 1)), strict=False):
            ports = [desk.port for desk in desks]
            side.give(itertools.cycle(ports[begins:] + ports[:begins]))
        for desk in desks:
            desk.serve()
        codes = run(_roll(desks, sides, restarts, every), 120 + restarts * (every + 30))
        found = assert_nothing_is_lost(desks[0], sides)
        assert codes == [0] * restarts, "each has stopped in order"
        assert all(side.connections > 1 for side in sides), "everybody was cut off, and came back"
        print(f"{restarts} restarts, {found.acknowledged} acknowledged, {sum(s.cut_short for s in sides)} sent again")


async def _roll(desks: list[Desk], sides: list[Mover], restarts: int, every: float) -> list[int]:
    codes = []
    async with Conversations(sides, every=0.6) as talk:
        await talk.all_connected()
        for turn in range(restarts):
            await talk.acknowledge(len(sides), 60)
            await asyncio.sleep(every)
            desk = desks[turn % 2]
            codes.append((await apart(desk.server.stop))[0])
            await apart(desk.serve)
        await talk.settle(desks[0], 60)
    return codes
