"""`python -m bench [pages] [chat]`: measures on instances of its own and prints the tables. Minutes; leaves nothing."""

import sys
import tempfile
import time
from pathlib import Path

from bench import bare, chat, chat_report, filling, measuring, pages, report, weighing

SIZES = (1_000, 100_000)


def main() -> None:
    parts = {"pages": measure_pages, "chat": measure_chat}
    wanted = sys.argv[1:] or list(parts)
    if unknown := set(wanted) - set(parts):
        sys.exit(f"There is no {', '.join(sorted(unknown))}: name {' or '.join(parts)}, or nothing for both.")
    begun = time.monotonic()
    for name in wanted:
        parts[name]()
    print(f"{time.monotonic() - begun:.0f} seconds")


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
    return {page.name: weighing.weigh(app, page, tickets, cookies[page.of_agents][0]) for page in pages.PAGES}


if __name__ == "__main__":
    main()
