"""What the fault tests have in common: conversations under way, waiting for an end with a limit, and a quiet finish."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from helpdesk.ranks import Role
from tests.faults.desk import Desk
from tests.faults.talker import Talker

T = TypeVar("T")
SEED = 20200803
# Somebody who sees this many of their texts unsent types no more for a while: nobody sends faster than the desk lets.
PATIENT_UNTIL = 4


def run(scene: Coroutine[object, object, T], seconds: float) -> T:
    """Plays a scene in a loop of its own, beside that of a browser test; fails when it takes longer."""

    async def limited() -> T:
        async with asyncio.timeout(seconds):
            return await scene

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, limited()).result()


Side = TypeVar("Side", bound=Talker)


def pairs(desk: Desk, chats: int, seed: int = SEED, *, port: int = 0, kind: type[Side] = Talker) -> list[Side]:
    """Both sides of so many conversations: a member and an agent of their own each. `port` of whatever is between."""
    sides: list[Side] = []
    for member, agent in zip(desk.people(chats), desk.people(chats, Role.AGENT), strict=True):
        chat_id = desk.conversation(member, agent)
        for place, badge in enumerate((member, agent)):
            dice = random.Random(f"{seed} {len(sides)} {place}")
            sides.append(kind(port or desk.port, badge, chat_id, dice))
    return sides


async def writing(side: Talker, dice: random.Random, every: float, until: asyncio.Event) -> None:
    """Types a new text every so many seconds, more or less; each is there once. Waits for what does not go out."""
    await asyncio.sleep(dice.uniform(0, every))
    while not until.is_set():
        if len(side.waiting) < PATIENT_UNTIL:
            side.type(f"#{len(side.typed) + 1} of {side.badge.person.username}")
        await asyncio.sleep(dice.uniform(0.5, 1.5) * every)


class Conversations:
    """All these pages, connected and, where `every` says after how many seconds, writing. Leaves nothing running."""

    def __init__(self, sides: Sequence[Talker], *, every: float = 0, seed: int = SEED) -> None:
        self.sides = sides
        self._every, self._seed = every, seed
        self._hush = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Conversations":
        for place, side in enumerate(self.sides):
            dice = random.Random(f"{self._seed} writing {place}")
            self._tasks.append(asyncio.create_task(side.live()))
            if self._every:
                self._tasks.append(asyncio.create_task(writing(side, dice, self._every, self._hush)))
        return self

    async def __aexit__(self, *fault: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def all_connected(self, seconds: float = 30) -> None:
        await until(lambda: all(side.line is not None for side in self.sides), seconds, "all are connected")

    async def acknowledge(self, more: int, seconds: float = 30) -> None:
        """Returns when so many more texts have been acknowledged."""
        enough = self._acknowledged() + more
        await until(lambda: self._acknowledged() >= enough, seconds, f"{more} more acknowledged")

    def _acknowledged(self) -> int:
        return sum(len(side.acknowledged) for side in self.sides)

    def hush(self) -> None:
        """Nobody types any more."""
        self._hush.set()

    async def settle(self, desk: Desk, seconds: float) -> None:
        """Waits until every outbox is empty and every side has seen its whole chat: nobody helps them there."""
        self.hush()
        with suppress(TimeoutError):  # the checker says what is missing
            await until(lambda: not any(side.waiting for side in self.sides), seconds, "outboxes are empty")
            heads = {side.chat_id: desk.chat(side.chat_id).last_seq for side in self.sides}
            await until(
                lambda: all(side.head == heads[side.chat_id] for side in self.sides), seconds, "all has been seen"
            )


async def until(fulfilled: Callable[[], bool], seconds: float, what: str) -> None:
    """Returns once something is so. Raises TimeoutError with `what` after so many seconds."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not fulfilled():
        if asyncio.get_running_loop().time() > deadline:
            raise TimeoutError(f"after {seconds} s not: {what}")
        await asyncio.sleep(0.05)


async def apart(do: Callable[..., T], *arguments: object) -> T:
    """Does what blocks in a thread, while the conversations go on."""
    call: Awaitable[T] = asyncio.to_thread(do, *arguments)
    return await call
