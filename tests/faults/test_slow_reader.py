"""F12: an agent's computer takes nothing of what it is sent; the desk lets it go and nobody else notices."""

import asyncio
import random
import socket
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from helpdesk.ranks import Role
from tests.faults.checker import assert_nothing_is_lost
from tests.faults.desk import MEGABYTE, Desk
from tests.faults.facts import Badge
from tests.faults.scenes import SEED, Conversations, run, until
from tests.faults.talker import Talker
from tests.web.wsclient import Client

RECEIVE_BUFFER = 4096
BASE_MEMORY = 6 * MEGABYTE  # what a process that has just started takes for its first few thousand messages
MOST_SECONDS = 40
ESTABLISHED = 1
# As large as a message can be: 4,000 signs that JSON writes with twelve bytes each.
LARGE = "\N{TELEPHONE RECEIVER}" * 3960
BYTES_EACH = 12 * len(LARGE)


@dataclass(frozen=True)
class Size:
    """How many members write to one agent, and how many megabytes in all."""

    chats: int
    megabytes: int


@pytest.mark.parametrize(
    "size", [Size(12, 6), pytest.param(Size(20, 20), marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_whoever_does_not_read_is_dropped_and_costs_little(tmp_path: Path, size: Size) -> None:
    with Desk(tmp_path) as desk:
        (agent,) = desk.people(1, Role.AGENT)
        members = desk.people(size.chats)
        chats = [desk.conversation(member, agent) for member in members]
        sides = [
            Talker(desk.port, member, chat_id, random.Random(f"{SEED} {chat_id}"))
            for member, chat_id in zip(members, chats, strict=True)
        ]
        desk.serve()
        with _who_never_reads(desk, agent) as deaf:
            run(_flood(desk, sides, deaf, size), 60 + 30 * size.megabytes)
        back = [Talker(desk.port, agent, chat_id, random.Random(chat_id)) for chat_id in chats]
        run(_come_back(desk, back), 60)
        assert_nothing_is_lost(desk, [*sides, *back])


def _who_never_reads(desk: Desk, agent: Badge) -> Client:
    deaf = Client(desk.port, receive_buffer=RECEIVE_BUFFER)
    deaf.open(Cookie=f"session={agent.cookie}", Origin=f"http://127.0.0.1:{desk.port}")
    deaf.say("40")
    return deaf


async def _flood(desk: Desk, sides: list[Talker], deaf: Client, size: Size) -> None:
    async with Conversations(sides) as talk:
        await talk.all_connected()
        for side in sides:
            side.type(f"#first of {side.chat_id} {LARGE}")
        await talk.acknowledge(len(sides))
        memory, begun, pushed, slowest = desk.memory(), time.monotonic(), len(sides) * BYTES_EACH, 0.0
        dropped = 0.0
        number = 0
        while pushed < size.megabytes * MEGABYTE or not dropped:
            number += 1
            assert time.monotonic() - begun < MOST_SECONDS, "it is still connected"
            for side in sides:
                side.type(f"#{number} of {side.chat_id} {LARGE}")
            pushed += len(sides) * BYTES_EACH
            sent = time.monotonic()
            await until(lambda: not any(side.waiting for side in sides), 20, "all have been answered")
            slowest = max(slowest, time.monotonic() - sent)
            if not dropped and not _is_connected(deaf):
                dropped = time.monotonic() - begun
            # Within the pace of a person.
            await asyncio.sleep(max(0.0, 0.55 - (time.monotonic() - sent)))
        grown = desk.memory() - memory
        await talk.settle(desk, 10)
    print(
        f"{pushed / MEGABYTE:.0f} MB pushed, dropped after {dropped:.1f} s, memory +{grown / MEGABYTE:.1f} MB,"
        f" slowest round of {len(sides)} answers {slowest:.2f} s, refused {[code for s in sides for code in s.refused]}"
    )
    assert grown < BASE_MEMORY + size.megabytes * MEGABYTE / 3
    assert all(side.connections == 1 for side in sides), "the others stayed connected"


async def _come_back(desk: Desk, back: list[Talker]) -> None:
    async with Conversations(back) as talk:
        await talk.settle(desk, 20)


def _is_connected(client: Client) -> bool:
    """Whether TCP itself still holds the connection; nothing is read for it."""
    with suppress(OSError):
        state = client.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)
        return struct.unpack("B", state)[0] == ESTABLISHED
    return False
