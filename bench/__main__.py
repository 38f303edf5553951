"""`python -m bench [pages] [chat]`: measures on instances of its own and prints the tables. Minutes; leaves nothing.

`python -m bench desk` measures the agents' desk, at sizes that can be named (bench/desk); `python -m bench data FOLDER`
makes test data (bench/data). Without a name all is measured.
"""

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench import bare, chat, chat_report, filling, measuring, pages, report, weighing
from bench.data import filling as data
from bench.data.rows import Plan
from bench.desk import running

SIZES = (1_000, 100_000)
UNTIL = "2026-11-01T12:00"


def main() -> None:
    with_options = {"data": make_data, "desk": running.run}
    if sys.argv[1:] and sys.argv[1] in with_options:
        with_options[sys.argv[1]](sys.argv[2:])
        return
    parts = {"pages": measure_pages, "chat": measure_chat, "desk": lambda: running.run([])}
    wanted = sys.argv[1:] or list(parts)
    if unknown := set(wanted) - set(parts):
        sys.exit(f"There is no {', '.join(sorted(unknown))}: name {', '.join(parts)}, or nothing for all.")
    begun = time.monotonic()
    for name in wanted:
        parts[name]()
    print(f"{time.monotonic() - begun:.0f} seconds")


def make_data(arguments: list[str]) -> None:
    """Fills an empty instance with test data."""
    parser = argparse.ArgumentParser(prog="python -m bench data", description="Fills an empty instance with test data.")
    parser.add_argument("folder", type=Path, help="the instance's folder")
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same rows")
    parser.add_argument("--until", type=datetime.fromisoformat, default=UNTIL, help="moment of the newest ticket, UTC")
    asked = parser.parse_args(arguments)
    begun = time.monotonic()
    try:
        plan = Plan(asked.tickets, asked.members, asked.seed, asked.until.replace(tzinfo=UTC))
        data.fill(asked.folder, plan)
    except (ValueError, data.NotEmpty) as refused:
        sys.exit(str(refused))
    print(f"{plan.tickets:,} tickets of {plan.members:,} members in {time.monotonic() - begun:.0f} seconds")


def measure_chat() -> None:
    """Messages, waits and memory of the chat beside bare echoes."""
    figures, idle = chat.measure()
    print("\n" + chat_report.tables(figures, idle, chat.SIZES), end="\n\n")


def measure_pages() -> None:
    """CPU, queries and bytes of our pages beside bare ones, at two sizes."""
    with tempfile.TemporaryDirectory(prefix="helpdesk-bench-") as folder:
        folders = {size: Path(folder) / str(size) for size in SIZES}
        for size, instance in folders.items():
            print(f"filling an instance with {size:,} tickets …", flush=True)
            instance.mkdir()
            filling.fill(instance, size)
            bare.copy(instance / "helpdesk.sqlite", instance / "bare.sqlite")
        print("measuring …\n", flush=True)
        names = [page.name for page in pages.PAGES]
        print(report.speed(measuring.measure(folders), SIZES, names), end="\n\n")
        small, large = (_weights(folders[size], size) for size in SIZES)
        kept = {page.name: (small[page.name], large[page.name]) for page in pages.PAGES}
        print(report.weights(kept, [page.name for page in pages.PAGES if not page.of_agents]), end="\n\n")


def _weights(instance: Path, tickets: int) -> dict[str, weighing.Weight]:
    app = filling.make_app(instance)
    cookies = pages.cookies(app)
    return {page.name: weighing.weigh(app, page.path(0, tickets), cookies[page.of_agents][0]) for page in pages.PAGES}


if __name__ == "__main__":
    main()
