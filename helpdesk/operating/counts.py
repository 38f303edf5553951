"""What a process has counted since it started: requests by door and status, how long they took, rounds of work.

Plain numbers in memory, a few additions a request. Knows no feature and no form.
"""

import time
from bisect import bisect_left
from collections import Counter

# Upper ends of the classes of waiting, in seconds.
CLASSES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
requests: Counter[tuple[str, int]] = Counter()
seconds: Counter[str] = Counter()
waits = [0] * (len(CLASSES) + 1)
totals: Counter[str] = Counter()
last: dict[str, float] = {}


def request(door: str, status: int, took: float) -> None:
    """One request that was answered."""
    requests[door, status] += 1
    seconds[door] += took  # type: ignore[assignment]
    waits[bisect_left(CLASSES, took)] += 1


def one_more(what: str) -> None:
    """Something that is only counted happened, just now."""
    totals[what] += 1
    last[what] = time.time()
