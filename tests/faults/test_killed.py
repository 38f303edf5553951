"""F01: the server is killed at random moments while people write; what was acknowledged is there, once, in order."""

import asyncio
import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import postgresql
from tests.faults.checker import assert_nothing_is_lost
from tests.faults.desk import Desk
from tests.faults.scenes import SEED, Conversations, apart, pairs, run
from tests.faults.talker import Talker


@dataclass(frozen=True)
class Size:
    """How long and how often; `every` is the seconds between two texts of a writer."""

    chats: int
    kills: int
    every: float
    seconds: float


HURRY_SECONDS = 0.03
SHORT = Size(chats=10, kills=4, every=0.7, seconds=200)
ONCE = Size(chats=10, kills=1, every=0.7, seconds=120)
LONG = Size(chats=10, kills=25, every=0.7, seconds=1200)


@pytest.mark.parametrize("size", [SHORT, pytest.param(LONG, marks=pytest.mark.soak)], ids=["short", "long"])
def test_nothing_acknowledged_is_lost_when_the_server_is_killed(tmp_path: Path, size: Size) -> None:
    with Desk(tmp_path) as desk:
        report(*kill_again_and_again(desk, size))


@pytest.mark.parametrize("size", [ONCE, pytest.param(LONG, marks=pytest.mark.soak)], ids=["short", "long"])
def test_nothing_is_lost_on_postgresql_either(tmp_path: Path, postgresql_socket: str, size: Size) -> None:
    name = f"killed_{tmp_path.name}"
    address = postgresql.create_database(postgresql_socket, name, template="prepared")
    try:
        with Desk(tmp_path, database_url=address) as desk:
            report(*kill_again_and_again(desk, size))
    finally:
        postgresql.drop_database(postgresql_socket, name)


def kill_again_and_again(desk: Desk, size: Size) -> tuple[Desk, list[Talker]]:
    sides = pairs(desk, size.chats)
    desk.serve()
    run(_kills(desk, sides, size), size.seconds)
    assert len(desk.runs) == size.kills + 1, "each run but the last was ended by SIGKILL"
    assert sum(side.cut_short for side in sides), "no kill came between a message and its answer"
    assert "Traceback" not in desk.printed, desk.printed
    return desk, sides


async def _kills(desk: Desk, sides: list[Talker], size: Size) -> None:
    dice, cut_off = random.Random(SEED), []
    async with Conversations(sides, every=size.every) as talk:
        await talk.all_connected()
        for _ in range(size.kills):
            await talk.acknowledge(len(sides))
            await asyncio.sleep(dice.uniform(0, 1))
            for side in sides:
                side.type(f"#{len(side.typed) + 1} of {side.badge.person.username}, in a hurry")
            await asyncio.sleep(dice.uniform(0, HURRY_SECONDS))  # some are stored by then, some are not
            cut_off.append(sum(side.line is not None for side in sides))
            await apart(desk.kill)
            await apart(desk.serve)
        await talk.settle(desk, 30)
    assert all(cut_off), f"nobody was connected at one of the kills: {cut_off}"


def report(desk: Desk, sides: list[Talker]) -> None:
    found = assert_nothing_is_lost(desk, sides)
    print(
        f"{len(desk.runs) - 1} kills, {found.typed} typed, {found.acknowledged} acknowledged, {found.stored} stored,"
        f" {sum(side.cut_short for side in sides)} answers cut off"
    )
