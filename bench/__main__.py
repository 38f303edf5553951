"""`python -m bench`: fills two instances, measures, and prints the tables. A few minutes; leaves nothing behind."""

import tempfile
import time
from pathlib import Path

from bench import bare, filling, measuring, pages, report, weighing

SIZES = (1_000, 100_000)


def main() -> None:
    begun = time.monotonic()
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
    print(f"{time.monotonic() - begun:.0f} seconds")


def _weights(instance: Path, tickets: int) -> dict[str, weighing.Weight]:
    app = filling.make_app(instance)
    cookies = pages.cookies(app)
    return {page.name: weighing.weigh(app, page, tickets, cookies[page.of_agents][0]) for page in pages.PAGES}


if __name__ == "__main__":
    main()
