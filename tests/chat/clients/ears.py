"""What a client has been told, and waiting for it with an end. Shared by both clients; knows no transport."""

import threading
import time
from collections.abc import Callable

PATIENCE = 20  # seconds for what takes milliseconds on a quiet machine
Facts = dict[str, object]


class NoAnswer(Exception):
    """Nobody knows whether it was done."""


class Ears:
    """Events in the order in which they came. Filled by the client's own thread, asked by the test."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Facts]] = []
        self.gone = False
        self._news = threading.Condition()

    def hear(self, event: str, facts: Facts) -> None:
        with self._news:
            self.heard.append((event, facts))
            self._news.notify_all()

    def leave(self) -> None:
        with self._news:
            self.gone = True
            self._news.notify_all()

    def tell(self) -> None:
        """Something else has happened that somebody may be waiting for."""
        with self._news:
            self._news.notify_all()

    def until(self, fulfilled: Callable[[], object], seconds: float = PATIENCE) -> float:
        """Waits until something is so; the seconds that it took. Fails with what was heard instead."""
        begun = time.monotonic()
        with self._news:
            while not fulfilled():
                left = begun + seconds - time.monotonic()
                assert left > 0, f"waited {seconds} s in vain; gone: {self.gone}; heard: {self.heard[-20:]}"
                self._news.wait(left)
        return time.monotonic() - begun

    def event(self, name: str, **facts: object) -> Facts:
        """The first event of this name with these facts, when it comes."""
        found: list[Facts] = []

        def come() -> bool:
            found[:] = [told for event, told in self.heard if event == name and facts.items() <= told.items()]
            return bool(found)

        self.until(come)
        return found[0]

    def named(self, name: str) -> list[Facts]:
        """All events of this name so far."""
        return [facts for event, facts in list(self.heard) if event == name]
