"""`python -m bench desk`: the tables of the desk, printed and, when a file is named, written."""

import argparse
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.desk import measuring, report
from bench.desk.peer import measuring as peer

SIZES = (1_000, 100_000, 1_000_000)
PEER_SIZES = (1_000, 10_000, 100_000)
SECONDS = 180


def run(arguments: Sequence[str]) -> None:
    """Measures what the arguments say and tells of it."""
    asked = _parser().parse_args(arguments)
    with ExitStack() as stack:
        folder = asked.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="helpdesk-bench-")))
        tables = measure(folder, asked.sizes, asked.peer, asked.seconds)
    print("\n" + tables, end="\n\n")
    if asked.output:
        asked.output.write_text(tables + "\n", encoding="utf-8")


def measure(folder: Path, sizes: Sequence[int], peer_sizes: Sequence[int], seconds: float) -> str:
    """The tables of the desk at these sizes, and beside django-helpdesk at those."""
    instances = measuring.make(folder, sorted({*sizes, *peer_sizes}))
    print("measuring …", flush=True)
    weights = {size: measuring.weights(instances[size], size) for size in {sizes[0], sizes[-1]}}
    ours = measuring.measure(instances, seconds)
    tables = [report.speed(ours, sizes), report.weights(weights[sizes[0]], weights[sizes[-1]])]
    if peer_sizes:
        theirs = peer.measure(folder, peer_sizes, seconds)
        tables.append(report.beside(theirs, ours, peer.PAIRS, peer_sizes))
    return "\n\n".join(tables)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench desk", description="Measures the agents' desk.")
    parser.add_argument("--sizes", type=_numbers, default=SIZES, help="tickets, by comma: 1000,100000,1000000")
    parser.add_argument("--peer", type=_numbers, default=PEER_SIZES, help="for django-helpdesk; empty: without it")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="no round of requests begins after so many")
    parser.add_argument("--folder", type=Path, help="where instances are kept for the next run")
    parser.add_argument("--output", type=Path, help="a file for the tables")
    return parser


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(part) for part in text.split(",") if part))
