"""One Socket.IO conversation over a WebSocket, for asyncio: so small that thousands fit into the test's process."""

import asyncio
import json
import struct
from collections.abc import Callable
from contextlib import suppress
from itertools import count

from tests.faults.facts import Badge
from tests.web.wsclient import CLOSE, PATH, PING, PONG, TEXT, frame, handshake

ANSWER_SECONDS = 8.0  # as the pages wait for an answer
CONNECT_SECONDS = 20.0  # as socket.io-client waits for a connection
MOST_BYTES = 4 << 20
Facts = dict[str, object]


class Gone(Exception):
    """The connection is not there, or has ended before the answer came."""


class Line:
    """An open connection. `hear` is called with each event's name and facts, in the order in which they come."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hear: Callable[[str, Facts], None]):
        self._reader, self._writer, self._hear = reader, writer, hear
        self._answers: dict[int, asyncio.Future[Facts]] = {}
        self._numbers = count()
        self.ping_interval = self.ping_timeout = self._patience = ANSWER_SECONDS
        self._reading: asyncio.Task[None] | None = None
        self.pings = 0

    @classmethod
    async def open(cls, port: int, badge: Badge, auth: Facts, hear: Callable[[str, Facts], None]) -> "Line":
        """Shakes hands and joins the default namespace. Raises Gone when that is refused or takes too long."""
        writer = None
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=MOST_BYTES)
                line = cls(reader, writer, hear)
                await line._join(port, badge, auth)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as fault:
            if writer is not None:
                writer.transport.abort()
            raise Gone(repr(fault)) from fault
        except BaseException:
            if writer is not None:
                writer.transport.abort()
            raise
        line._reading = asyncio.create_task(line._read())
        return line

    async def _join(self, port: int, badge: Badge, auth: Facts) -> None:
        self._writer.write(handshake(port, PATH, Origin=badge.origin, Cookie=f"session={badge.cookie}"))
        answer = await self._reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in answer.split(b"\r\n")[0]:
            raise Gone(answer.split(b"\r\n")[0].decode())
        opened = json.loads((await self._text())[1:])
        self.ping_interval, self.ping_timeout = opened["pingInterval"] / 1000, opened["pingTimeout"] / 1000
        self._patience = self.ping_interval + self.ping_timeout
        self.say("40" + json.dumps(auth))
        while not (text := await self._text()).startswith("40"):
            if text.startswith("44"):
                raise Gone(text)
            self._take(text)

    async def ask(self, name: str, facts: Facts, seconds: float = ANSWER_SECONDS) -> Facts:
        """Sends an event and gives its answer. Raises Gone when none comes: then nobody knows whether it was done."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            self.say(f"42{number}" + json.dumps([name, facts]))
            async with asyncio.timeout(seconds):
                return await self._answers[number]
        except TimeoutError:
            raise Gone("no answer") from None
        finally:
            self._answers.pop(number, None)

    def say(self, text: str) -> None:
        """Sends one packet. Raises Gone when the connection has ended."""
        if self._writer.is_closing():
            raise Gone("closed")
        self._writer.write(frame(TEXT, text.encode()))

    async def ended(self) -> None:
        """Returns when the connection has ended."""
        await asyncio.wait([self._reading])

    async def close(self) -> None:
        """Cuts the connection, without a word."""
        self._writer.transport.abort()
        self._reading.cancel()
        await self.ended()

    async def _read(self) -> None:
        try:
            while True:
                async with asyncio.timeout(self._patience):
                    text = await self._text()
                self._take(text)
        except (Gone, OSError, TimeoutError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writer.transport.abort()
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(Gone("ended"))

    def _take(self, text: str) -> None:
        if text == "2":
            self.pings += 1
            with suppress(Gone):
                self.say("3")
        elif text.startswith("42"):
            name, *facts = json.loads(text[2:])
            self._hear(name, facts[0] if facts else {})
        elif text.startswith("43"):
            number, bracket, rest = text[2:].partition("[")
            answer = self._answers.get(int(number))
            if answer is not None and not answer.done():
                answer.set_result(json.loads(bracket + rest)[0])
        elif text in {"1", "41"}:
            raise Gone("the server says goodbye")

    async def _text(self) -> str:
        """The next text; pings of the WebSocket are answered on the way."""
        while True:
            first, second = await self._reader.readexactly(2)
            length = second & 0x7F
            if length > 125:
                size = "!H" if length == 126 else "!Q"
                (length,) = struct.unpack(size, await self._reader.readexactly(struct.calcsize(size)))
            payload = await self._reader.readexactly(length)
            opcode = first & 0x0F
            if opcode == TEXT:
                return payload.decode()
            if opcode == PING:
                self._writer.write(frame(PONG, payload))
            elif opcode == CLOSE:
                raise Gone("closed")
