"""How often one person may do something, however many pages and sockets they have open. Knows no feature.

A window that slides, for each kind of deed. Counted in memory; with HELPDESK_REDIS_URL in Redis, so that several
processes count together. While Redis is away each process counts for itself: nobody is refused because of it.
"""

import logging
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, current_app
from limits import RateLimitItemPerSecond
from limits.storage import storage_from_string

from helpdesk.refusals import TooMany

if TYPE_CHECKING:
    from helpdesk.accounts.person import Person

log = logging.getLogger(__name__)
# What a request waits at most for Redis, and for how long Redis is then left alone.
REDIS_SECONDS = 0.5
REDIS_AGAIN_SECONDS = 10.0
REDIS_OPTIONS = {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS}


@dataclass(frozen=True)
class Pace:
    """At most `members` times in `seconds` for a member, `team` times for one of the team, who has several chats."""

    kind: str
    members: int
    team: int
    seconds: int = 10
    code: str = "too_many"

    def keep(self, person: "Person") -> None:
        """Counts once more for this person. Raises TooMany, with the seconds to wait, when it was too often."""
        most = self.team if person.is_agent else self.members
        wait = current_app.extensions["pace"].hit(f"{self.kind} {person.id}", most, self.seconds)
        if wait > 0:
            raise TooMany(self.code, seconds=max(1, round(wait)))


class Memory:
    """Windows of this process. (`limits` has such ones too, but looks through all of them a hundred times a second.)"""

    def __init__(self) -> None:
        self._times: dict[str, deque[float]] = {}
        self._longest = 0
        self._look_through_at = 1000

    def hit(self, key: str, most: int, seconds: int) -> float:
        """Counts once if that is within the pace, and gives 0; otherwise the seconds until it would be."""
        at = time.monotonic()
        times = self._times.get(key)
        if times is None:
            times = self._new(key, at, seconds)
        while times and times[0] <= at - seconds:
            times.popleft()
        if len(times) >= most:
            return times[0] + seconds - at
        times.append(at)
        return 0.0

    def _new(self, key: str, at: float, seconds: int) -> deque[float]:
        """Forgets, every now and then, those who have not been heard of for longer than any window."""
        self._longest = max(self._longest, seconds)
        if len(self._times) >= self._look_through_at:
            self._times = {key: times for key, times in self._times.items() if times[-1] > at - self._longest}
            self._look_through_at = max(1000, 2 * len(self._times))
        return self._times.setdefault(key, deque())


class Shared:
    """Windows in Redis, and those of this process while Redis does not answer."""

    def __init__(self, url: str, site: str) -> None:
        self._site = site
        self._storage = storage_from_string(url, **REDIS_OPTIONS)
        self._alone = Memory()
        self._ask_again = 0.0

    def hit(self, key: str, most: int, seconds: int) -> float:
        """As Memory's. Raises nothing, whatever Redis does."""
        if time.monotonic() < self._ask_again:
            return self._alone.hit(key, most, seconds)
        name = RateLimitItemPerSecond(most, seconds, self._site).key_for(key)
        try:
            if self._storage.acquire_entry(name, most, seconds):  # type: ignore[attr-defined]
                return 0.0
            begun, _ = self._storage.get_moving_window(name, most, seconds)  # type: ignore[attr-defined]
            return max(0.001, begun + seconds - time.time())
        except (self._storage.base_exceptions, OSError):  # type: ignore[misc]
            log.warning("Redis does not answer: for a while this process counts what is done too often by itself.")
            self._ask_again = time.monotonic() + REDIS_AGAIN_SECONDS
            return self._alone.hit(key, most, seconds)


def init_app(app: Flask, redis_url: str, site: str) -> None:
    """Gives the application its windows: in Redis where there is one."""
    app.extensions["pace"] = Shared(redis_url, site) if redis_url else Memory()
