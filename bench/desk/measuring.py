"""CPU time, queries and bytes of the desk's pages and of the bare ones, at each size."""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench import measuring, servers
from bench.data import filling, people
from bench.data.rows import Plan
from bench.desk import pages
from bench.desk.pages import Size
from bench.measuring import Micros, Turn
from bench.pages import Visit
from bench.servers import Server
from bench.weighing import Weight, weigh
from helpdesk import serving

MEMBERS = 100_000
REQUESTS, WARM_UP = 20, 10


def size_of(tickets: int) -> Size:
    """So many tickets, of as many members, 100,000 at most."""
    return Size(tickets, max(people.MEASURED + 1, min(tickets, MEMBERS)))


def make(folder: Path, sizes: Sequence[int]) -> dict[int, Path]:
    """An instance for each size; one that is there already, from a run before with the same folder, is used again.

    One that was filled for another version of the schema is made anew.
    """
    instances = {}
    for tickets in sizes:
        instance, size = folder / str(tickets), size_of(tickets)
        kept = instance / "plan.json"
        wanted = json.dumps({**asdict(size), "schema": serving.head(filling.make_app(instance))})
        if not kept.exists() or kept.read_text() != wanted:
            shutil.rmtree(instance)
            print(f"filling an instance with {size.tickets:,} tickets of {size.members:,} members …", flush=True)
            filling.fill(instance, Plan(size.tickets, size.members, 7, datetime.now(UTC).replace(microsecond=0)))
            kept.write_text(wanted)
        instances[tickets] = instance
    return instances


def measure(instances: dict[int, Path], seconds: float) -> Micros:
    """The median CPU time of each page at each size, ours and the bare one's, in microseconds."""
    with ExitStack() as stack:
        return measuring.take_turns(list(_turns(instances, stack)), REQUESTS, WARM_UP, seconds)


def weights(instance: Path, tickets: int) -> dict[str, Weight]:
    """The weight of each page, as one agent sees it."""
    app, size = filling.make_app(instance), size_of(tickets)
    cookie = pages.cookies(app)[0]
    first = people.agent_ids(size.members)[0]
    return {page.name: weigh(app, page.path(first, size), cookie, part=page.part) for page in pages.PAGES}


def _turns(instances: dict[int, Path], stack: ExitStack) -> Iterator[tuple[Turn, Server, list[Visit]]]:
    for tickets, instance in instances.items():
        size, cookies = size_of(tickets), pages.cookies(filling.make_app(instance))
        ours = stack.enter_context(servers.running(servers.child("ours", instance)))
        bare = stack.enter_context(servers.running(servers.child("desk", instance / "helpdesk.sqlite")))
        for page in pages.PAGES:
            yield Turn(page.name, tickets, "bare"), bare, page.bare_visits(size)
            yield Turn(page.name, tickets, "ours"), ours, page.visits(size, cookies)
