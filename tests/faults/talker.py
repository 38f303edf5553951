"""Somebody in a chat, as their page does it: an outbox, tries with jitter, messages shown once and in their order.

Written from the protocol and not from our own scripts, so that both have to keep the same promises.
"""

import asyncio
import random
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass

from tests.faults.facts import Badge, Stored
from tests.faults.line import ANSWER_SECONDS, Facts, Gone, Line

FIRST_DELAY, MOST_DELAY = 1.0, 5.0  # seconds, as socket.io-client has them
# The desk asks to wait, or could not do it just now. Everything else is final.
LATER = frozenset({"chat_too_fast", "busy", "too_many"})


@dataclass
class Letter:
    """What was typed. `seq` is its place once the desk has said that it has it."""

    client_id: str
    body: str
    seq: int | None = None


class Talker:
    """A member's or an agent's open page of one chat. `live` keeps it connected, until that is cancelled."""

    def __init__(self, port: int, badge: Badge, chat_id: int, dice: random.Random) -> None:
        self.port, self.badge, self.chat_id = port, badge, chat_id
        self._dice = dice
        self.typed: list[Letter] = []  # the journal: everything, in the order of typing
        self.shown: list[Stored] = []  # what this side sees, oldest first
        self.faults: list[str] = []
        self.tries: list[float] = []  # when a connection was tried
        self.connections = 0
        self.refused: list[str] = []
        self.cut_short = 0  # answers that never came, so that it was sent again
        self.events: list[tuple[str, Facts]] = []
        self.line: Line | None = None
        self._gap: dict[int, Stored] = {}
        self._asking = False
        self._wake = asyncio.Event()

    @property
    def head(self) -> int:
        """Up to where this side sees."""
        return len(self.shown)

    @property
    def waiting(self) -> list[Letter]:
        """The outbox: typed, and not known to be with the desk."""
        return [letter for letter in self.typed if letter.seq is None]

    @property
    def acknowledged(self) -> list[Letter]:
        return [letter for letter in self.typed if letter.seq is not None]

    def type(self, body: str) -> None:
        """Puts a text into the outbox."""
        self.typed.append(Letter(str(uuid.UUID(int=self._dice.getrandbits(128), version=4)), body))
        self._wake.set()

    async def live(self) -> None:
        """Connects, and again whenever the connection has ended."""
        delay = 0.0
        while True:
            await asyncio.sleep(delay)
            try:
                await self._connect()
            except Gone:
                delay = min(MOST_DELAY, max(FIRST_DELAY, delay * 2)) * self._dice.uniform(0.5, 1.5)
                continue
            delay = FIRST_DELAY * self._dice.uniform(0.5, 1.5)
            await self._talk()

    async def _connect(self) -> None:
        self.tries.append(time.monotonic())
        auth = {"chat": self.chat_id, "after": self.head}
        self.line = await Line.open(self.port, self.badge, auth, self._hear)
        self.connections += 1

    async def _talk(self) -> None:
        """Sends what is in the outbox until the connection ends."""
        sending = asyncio.create_task(self._send_outbox(self.line))
        try:
            await self.line.ended()
        finally:
            sending.cancel()
            await asyncio.wait([sending])
            await self.line.close()
            self.line = None

    async def _send_outbox(self, line: Line) -> None:
        """One letter after the other, each until it is answered, so that they keep their order."""
        while True:
            for letter in self.waiting:
                if not await self._send(line, letter):
                    break
            else:
                self._wake.clear()
                if not self.waiting:
                    await self._wake.wait()

    async def _send(self, line: Line, letter: Letter) -> bool:
        asked = {"chat": self.chat_id, "client_id": letter.client_id, "body": letter.body}
        try:
            answer = await line.ask("message:say", asked)
        except Gone:
            self.cut_short += 1
            await asyncio.sleep(self._dice.uniform(0.2, 0.6))
            return False
        if answer.get("ok"):
            letter.seq = int(answer["seq"])
            return True
        self.refused.append(str(answer.get("error")))
        if answer.get("error") not in LATER:
            self.faults.append(f"refused for good: {answer}")
        await asyncio.sleep(self._dice.uniform(0.5, 1.5))
        return False

    # --- What comes --------------------------------------------------------------------------------------------------

    def _hear(self, name: str, facts: Facts) -> None:
        self.events.append((name, facts))
        if facts.get("chat") != self.chat_id:
            return
        if name == "chat:caught_up":
            self._take_all(facts)
        elif name == "message:said":
            self._take(facts)
        elif name in {"chat:claimed", "chat:changed", "chat:ended"}:
            self._ask_for_the_rest()  # each is a line of the conversation too
        elif name == "chat:head" and int(facts["head"]) > self.head:
            self._ask_for_the_rest()

    def _take_all(self, facts: Facts) -> None:
        for said in facts["messages"]:
            self._take(said)
        if int(facts["head"]) > self.head:
            self._ask_for_the_rest()

    def _take(self, said: Facts) -> None:
        """Shows a message once and in its place; one that comes before its time waits."""
        message = Stored(int(said["seq"]), str(said["client_id"]), str(said["body"]))
        if message.seq <= self.head:
            if self.shown[message.seq - 1] != message:
                self.faults.append(f"{message} was told where {self.shown[message.seq - 1]} is shown")
            return
        for letter in self.waiting:
            if letter.client_id == message.client_id:
                letter.seq = message.seq  # who sees it needs no answer any more
        self._gap[message.seq] = message
        while self.head + 1 in self._gap:
            self.shown.append(self._gap.pop(self.head + 1))
        if self._gap:
            self._ask_for_the_rest()

    def _ask_for_the_rest(self) -> None:
        if not self._asking and self.line is not None:
            self._asking = True
            self._task = asyncio.create_task(self._catch_up(self.line))

    async def _catch_up(self, line: Line) -> None:
        answer: Facts = {}
        with suppress(Gone):
            answer = await line.ask("chat:catch_up", {"chat": self.chat_id, "after": self.head}, ANSWER_SECONDS)
        self._asking = False
        if answer.get("ok"):
            self._take_all(answer)
        elif answer:
            await asyncio.sleep(self._dice.uniform(0.5, 1.5))
            self._ask_for_the_rest()
