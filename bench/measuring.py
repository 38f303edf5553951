"""CPU time a request, ours and the bare page's, at every size.

In short turns one after the other, so that what else the machine does meets all of them alike.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import filling, pages, servers
from bench.pages import PAGES, Visit
from bench.servers import Server

ROUNDS = 9
REQUESTS = 60
WARM_UP = 40
MOST_SECONDS = 90


@dataclass(frozen=True)
class Turn:
    """What is measured in one turn: a page at a size, ours or the bare one."""

    page: str
    tickets: int
    which: str


Micros = dict[Turn, float]


def measure(folders: dict[int, Path]) -> Micros:
    """The median CPU time of a request, in microseconds. `folders` has an instance for each number of tickets."""
    with ExitStack() as stack:
        return take_turns(list(_turns(folders, stack)))


def take_turns(
    turns: Sequence[tuple[Turn, Server, list[Visit]]],
    requests: int = REQUESTS,
    warm_up: int = WARM_UP,
    seconds: float = MOST_SECONDS,
) -> Micros:
    """The median CPU time of a request in each turn; no new round begins after so many seconds."""
    samples: dict[Turn, list[float]] = defaultdict(list)
    for _, server, visits in turns:
        _cpu_micros(server, pages.repeated(visits, warm_up))
    begun = time.monotonic()
    for number in range(ROUNDS):
        for turn, server, visits in turns if number % 2 else reversed(turns):
            samples[turn].append(_cpu_micros(server, pages.repeated(visits, requests)))
        if time.monotonic() - begun > seconds:
            break
    return {turn: median(micros) for turn, micros in samples.items()}


def _turns(folders: dict[int, Path], stack: ExitStack) -> Iterator[tuple[Turn, Server, list[Visit]]]:
    for tickets, folder in folders.items():
        cookies = pages.cookies(filling.make_app(folder))
        ours = stack.enter_context(servers.running(servers.child("ours", folder)))
        bare = stack.enter_context(servers.running(servers.child("bare", folder / "bare.sqlite")))
        for page in PAGES:
            yield Turn(page.name, tickets, "bare"), bare, page.bare_visits(tickets)
            yield Turn(page.name, tickets, "ours"), ours, page.visits(tickets, cookies[page.of_agents])


def _cpu_micros(server: Server, visits: list[Visit]) -> float:
    before = server.cpu_seconds()
    for visit in visits:
        server.get(visit.path, visit.cookie, part=visit.part)
    return (server.cpu_seconds() - before) / len(visits) * 1e6
