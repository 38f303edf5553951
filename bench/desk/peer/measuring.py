"""Installs django-helpdesk, fills it with our test data's tickets and measures its agents' pages."""

import json
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlencode

from bench import measuring, servers
from bench.data import people, rows, words
from bench.data.rows import Made, Plan
from bench.desk.measuring import size_of
from bench.desk.pages import TICKET_PLACE
from bench.measuring import Micros, Turn
from bench.pages import Visit
from bench.servers import Server

HERE = Path(__file__).parent
PROJECT = HERE / "project.py"
# With the rest that is installed here: `make clean` takes it away.
CACHE = Path(sys.prefix) / ".bench" / "django-helpdesk"
REQUESTS, WARM_UP = 3, 1
# Its list is a page and the rows that its script then asks for; which of our pages each goes with.
PAIRS = {
    "List": "List: all open", "List of all": "List: every state", "Filter": "Filter: priority",
    "Search": "Search: 0.1 %", "Ticket": "Ticket",
}  # fmt: skip
OPEN_STATES, ALL_STATES, HIGH = [1, 2], [1, 2, 3, 4, 5], 2


def measure(folder: Path, sizes: Sequence[int], seconds: float) -> Micros:
    """The median CPU time of each of its pages with its rows, at each size, in microseconds."""
    python = _install()
    with ExitStack() as stack:
        turns = list(_turns(python, folder, sizes, stack))
        micros = measuring.take_turns(turns, REQUESTS, WARM_UP, seconds)
    summed: Micros = {}
    for turn, value in micros.items():
        whole = Turn(turn.page.removesuffix(" rows"), turn.tickets, turn.which)
        summed[whole] = summed.get(whole, 0.0) + value
    return summed


def _install() -> Path:
    """The Python of its environment, made anew when its requirements have changed."""
    pinned, python, stamp = HERE / "requirements.txt", CACHE / "bin" / "python", CACHE / "requirements.txt"
    if stamp.exists() and stamp.read_bytes() == pinned.read_bytes():
        return python
    print("installing django-helpdesk …", flush=True)
    if uv := shutil.which("uv"):
        make = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(CACHE)]
        install = [uv, "pip", "install", "--quiet", "--python", str(python)]
    else:
        make = [sys.executable, "-m", "venv", "--clear", str(CACHE)]
        install = [str(python), "-m", "pip", "install", "--quiet"]
    subprocess.run(make, check=True)
    subprocess.run([*install, "--require-hashes", "-r", str(pinned)], check=True)
    stamp.write_bytes(pinned.read_bytes())
    return python


def _turns(
    python: Path, folder: Path, sizes: Sequence[int], stack: ExitStack
) -> Iterator[tuple[Turn, Server, list[Visit]]]:
    for tickets in sizes:
        instance = folder / f"peer-{tickets}"
        if not (instance / "filled").exists():
            print(f"filling django-helpdesk with {tickets:,} tickets …", flush=True)
            _fill(python, instance, tickets)
        server = stack.enter_context(servers.running([str(python), str(PROJECT), str(instance), "serve"]))
        cookie = server.next_line()
        for name, address in _addresses(tickets):
            yield Turn(name, tickets, "theirs"), server, [Visit(address, cookie)]


def _fill(python: Path, instance: Path, tickets: int) -> None:
    shutil.rmtree(instance, ignore_errors=True)
    instance.mkdir(parents=True)
    size = size_of(tickets)
    plan = Plan(tickets, size.members, 7, datetime.now(UTC).replace(microsecond=0))
    first_agent = people.agent_ids(size.members)[0]
    command = [str(python), str(PROJECT), str(instance), "fill"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as process:
        for made in rows.tickets(plan):
            process.stdin.write(_line(made, first_agent) + "\n")
    if process.returncode:
        raise RuntimeError("django-helpdesk could not be filled")
    (instance / "filled").touch()


def _line(made: Made, first_agent: int) -> str:
    ticket = made.ticket
    agent = ticket["assignee_id"]
    messages = [
        {"at": row["written_at"], "body": row["body"], "public": row["kind"] != "note"} for row in made.messages
    ]
    named = {
        "id": ticket["id"], "title": ticket["title"], "opened": ticket["opened_at"], "updated": ticket["updated_at"],
        "member": f"{people.member_name(ticket['owner_id'] - 1)}@example.org", "status": ticket["status"],
        "priority": ticket["priority"], "agent": None if agent is None else agent - first_agent,
        "due": ticket["due_at"], "messages": messages,
    }  # fmt: skip
    return json.dumps(named, default=str)


def _addresses(tickets: int) -> Iterator[tuple[str, str]]:
    lists: dict[str, tuple[dict[str, object], dict[str, object]]] = {
        "List": ({}, {"status__in": OPEN_STATES}),
        # Where most tickets are closed its own list is short; this one has as many to sort as there are.
        "List of all": ({"status": ALL_STATES}, {"status__in": ALL_STATES}),
        "Filter": ({"priority": HIGH, "status": OPEN_STATES}, {"priority__in": [HIGH], "status__in": OPEN_STATES}),
        "Search": ({"q": words.RARE}, {}),
    }
    for name, (asked, filtering) in lists.items():
        yield name, f"/tickets/?{urlencode(asked, doseq=True)}"
        query = {"filtering": filtering, "filtering_null": {}, "sorting": "created", "sortreverse": False,
                 "search_string": asked.get("q", "")}  # fmt: skip
        yield f"{name} rows", f"/datatables_ticket_list/{quote(_packed(query))}?draw=1&start=0&length=25"
    yield "Ticket", f"/tickets/{rows.own_ticket(0, TICKET_PLACE, tickets)}/"


def _packed(query: dict[str, object]) -> str:
    return b64encode(json.dumps(query).encode()).decode()
