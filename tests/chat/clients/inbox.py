"""Section 5 of docs/chat-protocol.md: what one side has shown, in order and once."""

import threading
from collections.abc import Callable
from contextlib import suppress

from tests.chat.clients.ears import Facts, NoAnswer

CHANGES = ("chat:claimed", "chat:ended", "chat:changed")
Ask = Callable[[str, Facts], Facts]


class Inbox:
    """The messages of one chat as a client shows them. `ask` says an event and returns its answer; `tell` wakes
    whoever waits.

    `asked` counts how often something was missing, so that a test can see that its gap was one; the next `deaf`
    messages are lost on their way.
    """

    def __init__(self, chat: int, ask: Ask, tell: Callable[[], None]) -> None:
        self.chat = chat
        self.shown: list[Facts] = []
        self.asked = 0
        self.deaf = 0
        self._ask = ask
        self._tell = tell
        self._aside: dict[int, Facts] = {}
        self._lock = threading.RLock()

    @property
    def head(self) -> int:
        with self._lock:
            return len(self.shown)

    def texts(self) -> list[tuple[int, str, object, str]]:
        """What a person sees: place, kind, who, what."""
        with self._lock:
            return [(m["seq"], m["kind"], m["author_id"], m["body"]) for m in self.shown]

    def hear(self, event: str, facts: Facts) -> None:
        """What the server says about this chat; a gap is filled meanwhile."""
        if facts.get("chat") != self.chat:
            return
        if event == "message:said" and self.deaf:
            self.deaf -= 1
            return
        messages = {"chat:caught_up": facts.get("messages", ()), "message:said": (facts,)}.get(event, ())
        whole = [self.take(message) for message in messages]
        # A gap, more than one answer holds, or a line of the desk itself, which comes by asking only.
        behind = facts.get("head", 0) > self.head
        if (whole and not whole[-1]) or behind or event in CHANGES:
            threading.Thread(target=self._fill, daemon=True).start()

    def _fill(self) -> None:
        # Whose connection ends meanwhile is caught up when they come back.
        with suppress(NoAnswer):
            self.catch_up()

    def take(self, message: Facts) -> bool:
        """Shows a message, and those that waited for it; whether nothing is missing before it."""
        with self._lock:
            if message["seq"] > self.head:
                self._aside[message["seq"]] = message
            while self.head + 1 in self._aside:
                self.shown.append(self._aside.pop(self.head + 1))
            return not self._aside

    def catch_up(self) -> None:
        """Asks until nothing is missing."""
        while True:
            self.asked += 1
            answer = self._ask("chat:catch_up", {"chat": self.chat, "after": self.head})
            assert answer["ok"], answer
            for message in answer["messages"]:
                self.take(message)
            self._tell()
            if self.head >= answer["head"]:
                return
