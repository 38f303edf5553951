"""The desk's figures as tables, with the aims and whether they are reached."""

from collections.abc import Sequence

from bench.desk import pages
from bench.measuring import Micros, Turn
from bench.report import aim, line
from bench.weighing import Weight

MOST_TIMES_BARE, MOST_GROWTH = 2.5, 1.2
RARE, RARE_MS = "Search: 0.1 %", 50
# At so many tickets, so many times less than django-helpdesk.
TIMES_LESS = {10_000: 30, 100_000: 150}
LIST = "List: all open"


def speed(micros: Micros, sizes: Sequence[int]) -> str:
    """CPU time a request beside the bare page, and the largest size beside the smallest."""
    lines = ["The desk: CPU time of the server a request, in microseconds; ratio = ours / bare", ""]
    lines.append(line("page", *(f"{head} {size:,}" for size in sizes for head in ("bare", "ours", "ratio")), "growth"))
    for page in pages.PAGES:
        cells = []
        for size in sizes:
            bare, ours = (micros[Turn(page.name, size, which)] for which in ("bare", "ours"))
            cells += [f"{bare:.0f}", f"{ours:.0f}", f"{ours / bare:.2f}"]
        lines.append(line(page.name, *cells, f"{_growth(micros, page.name, sizes):.2f}"))
    aimed = [page.name for page in pages.PAGES if page.aimed]
    worst = max((_times(micros, name, size), name) for name in aimed for size in sizes)
    growth = max((_growth(micros, name, sizes), name) for name in aimed)
    rare = micros[Turn(RARE, sizes[-1], "ours")] / 1000
    lines += [
        "",
        aim(f"at most {MOST_TIMES_BARE} times the bare page", worst[0] <= MOST_TIMES_BARE, _worst(*worst)),
        aim(f"at most {MOST_GROWTH} times growth", growth[0] <= MOST_GROWTH, _worst(*growth)),
        aim(f"a word in 0.1 % of the tickets within {RARE_MS} ms", rare < RARE_MS, f"{rare:.1f} ms at {sizes[-1]:,}"),
    ]  # fmt: skip
    return "\n".join(lines)


def weights(small: dict[str, Weight], large: dict[str, Weight]) -> str:
    """Queries and bytes of each page, at the smallest and at the largest size."""
    lines = ["Weight of a page: queries at both sizes; bytes at the larger one", ""]
    lines.append(line("page", "queries", "html bytes", "packed"))
    for name, one in large.items():
        lines.append(line(name, f"{small[name].queries} / {one.queries}", one.html, one.warm))
    same = all(small[name].queries == one.queries for name, one in large.items())
    return "\n".join([*lines, "", aim("as many queries at both sizes", same, "")])


def beside(theirs: Micros, ours: Micros, pairs: dict[str, str], sizes: Sequence[int]) -> str:
    """django-helpdesk's pages beside ours. `pairs` says which of ours goes with which of theirs."""
    lines = ["django-helpdesk: CPU time of the server a page with its rows, in milliseconds; times = theirs / ours", ""]
    lines.append(line("page", *(f"{head} {size:,}" for size in sizes for head in ("theirs", "ours", "times"))))
    times = {}
    for name, our_name in pairs.items():
        cells = []
        for size in sizes:
            one, other = theirs[Turn(name, size, "theirs")] / 1000, ours[Turn(our_name, size, "ours")] / 1000
            times[name, size] = one / other
            cells += [f"{one:.1f}", f"{other:.2f}", f"{one / other:.0f}"]
        lines.append(line(name, *cells))
    lines.append("")
    for name in [name for name in pairs if name.startswith("List")]:
        for size, least in TIMES_LESS.items():
            if size in sizes:
                reached, what = times[name, size], f"{name}: {least} times less at {size:,} tickets"
                lines.append(aim(what, reached >= least, f"{reached:.0f} times"))
    return "\n".join(lines)


def _worst(figure: float, name: str) -> str:
    return f"{figure:.2f} at worst ({name})"


def _times(micros: Micros, name: str, size: int) -> float:
    return micros[Turn(name, size, "ours")] / micros[Turn(name, size, "bare")]


def _growth(micros: Micros, name: str, sizes: Sequence[int]) -> float:
    return micros[Turn(name, sizes[-1], "ours")] / micros[Turn(name, sizes[0], "ours")]
