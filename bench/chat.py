"""The chat's message path beside two bare echoes: Flask-SocketIO's and Node's, with as many connections each.

At our desk every message passes the gate, is stored with `synchronous=FULL`, acknowledged and brought to the other
side; an echo only comes back. In short turns one after the other, so that what else the machine does meets all alike.
"""

import gc
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import chatters, servers, talking
from bench.servers import Process
from bench.talking import Chat, Crowd, Said

SIZES = (1, 100, 1_000)
RATE = 200  # messages a second in the open loop
ROUNDS = 4
CLOSED_SECONDS, OPEN_SECONDS, WARM_SECONDS = 1.5, 2.5, 1.0
IDLE, SETTLE_SECONDS = 5_000, 2.0
OURS, FLASK, NODE = "our desk", "Flask echo", "Node echo"


@dataclass
class Turns:
    """What one server did in all its turns: messages a second and CPU seconds a message of each, and all the waits."""

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    paced_waits: list[float] = field(default_factory=list)
    paced_cpu: list[float] = field(default_factory=list)

    def add_closed(self, said: Said, cpu: float) -> None:
        self.rates.append(said.messages / said.seconds)
        self.cpu.append(cpu / said.messages)
        self.waits += said.waits

    def add_open(self, said: Said, cpu: float) -> None:
        self.paced_cpu.append(cpu / said.messages)
        self.paced_waits += said.waits


@dataclass
class Party:
    """A server with everybody who is connected to it."""

    server: Process
    crowd: Crowd
    chats: list[Chat]


Figures = dict[tuple[str, int], Turns]


def measure() -> tuple[Figures, dict[str, float]]:
    """The turns of each server at each size, and the bytes that an idle connection needs. Node may be missing."""
    _allow_many_files()
    figures: Figures = {}
    with tempfile.TemporaryDirectory(prefix="helpdesk-bench-") as name:
        folder = Path(name)
        node = _install_node(folder)
        for size in SIZES:
            print(f"measuring {size:,} open chats …", flush=True)
            figures |= {(which, size): turns for which, turns in _measure_size(folder, size, node).items()}
        print(f"connecting {IDLE:,} clients that say nothing …", flush=True)
        idle = {which: _bytes_a_connection(folder, which, node) for which in _servers(node)}
    return figures, idle


def _servers(node: Path | None) -> tuple[str, ...]:
    return (OURS, FLASK, NODE) if node else (OURS, FLASK)


def _measure_size(folder: Path, size: int, node: Path | None) -> dict[str, Turns]:
    instance = folder / str(size)
    instance.mkdir()
    chats = chatters.fill(instance, size)
    turns = {which: Turns() for which in _servers(node)}
    parties: dict[str, Party] = {}
    with ExitStack() as stack:
        for which in turns:
            crowds = [party.crowd for party in parties.values()]
            parties[which] = stack.enter_context(_party(which, instance, node, chats, crowds))
        gc.collect()
        gc.freeze()
        for party in parties.values():
            party.crowd.closed_loop(party.chats, WARM_SECONDS)
        for number in range(ROUNDS):
            for which in list(turns)[:: 1 if number % 2 else -1]:
                _take_turn(parties, which, turns[which])
    return turns


def _take_turn(parties: dict[str, Party], which: str, turns: Turns) -> None:
    for party in parties.values():
        party.crowd.answer_pings()
    party = parties[which]
    before = party.server.cpu_seconds()
    said = party.crowd.closed_loop(party.chats, CLOSED_SECONDS)
    between = party.server.cpu_seconds()
    turns.add_closed(said, between - before)
    said = party.crowd.open_loop(party.chats, OPEN_SECONDS, RATE)
    turns.add_open(said, party.server.cpu_seconds() - between)


@contextmanager
def _party(
    which: str, instance: Path, node: Path | None, chats: list[chatters.Open], others: Sequence[Crowd] = ()
) -> Iterator[Party]:
    """A server with two clients for each chat; everything is ended whatever happens."""
    cookies = [cookie for chat in chats for cookie in (chat.member, chat.agent)]
    with _running(which, instance, node) as server:
        crowd = Crowd()
        try:
            crowd.connect(server.port, cookies if which == OURS else [""] * len(cookies), others)
            pairs = zip(chats, crowd.clients[::2], crowd.clients[1::2], strict=True)
            yield Party(server, crowd, [Chat(chat.chat, (a, b), stored=which == OURS) for chat, a, b in pairs])
        finally:
            crowd.close()


@contextmanager
def _running(which: str, instance: Path, node: Path | None) -> Iterator[Process]:
    if which == OURS:
        server = Process(servers.child("chat", instance))
    elif which == FLASK:
        server = Process([sys.executable, "-m", "bench.echo"])
    else:
        server = Process(["node", "echo.js"], node)
    try:
        yield server
    finally:
        server.end()


def _bytes_a_connection(folder: Path, which: str, node: Path | None) -> float:
    """What a connection that says nothing adds to the server's memory; ours are of as many signed-in people."""
    instance = folder / f"idle-{which}"
    instance.mkdir()
    people = chatters.fill(instance, (IDLE + talking.AT_ONCE) // 2) if which == OURS else []
    cookies = [cookie for chat in people for cookie in (chat.member, chat.agent)] or [""] * (IDLE + talking.AT_ONCE)
    with _running(which, instance, node) as server:
        crowd = Crowd()
        try:
            crowd.connect(server.port, cookies[IDLE:])  # loads what the first connections load
            crowd.rest(SETTLE_SECONDS)
            before = server.resident_bytes()
            crowd.connect(server.port, cookies[:IDLE])
            crowd.rest(SETTLE_SECONDS)
            return (server.resident_bytes() - before) / IDLE
        finally:
            crowd.close()


def _install_node(folder: Path) -> Path | None:
    """Installs the Node echo, exactly as its lock file says; None where there is no Node or no registry."""
    if not shutil.which("node") or not shutil.which("npm"):
        return None
    node = folder / "node"
    shutil.copytree(Path(__file__).parent / "node", node)
    installing = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    done = subprocess.run(installing, cwd=node, capture_output=True, check=False)
    return node if done.returncode == 0 else None


def _allow_many_files() -> None:
    """Lets this process and those that it starts have as many connections as the machine allows them."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
