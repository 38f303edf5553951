"""The benchmark's figures as tables, with the aims and whether they are reached."""

from collections.abc import Sequence

from bench.measuring import Micros, Turn
from bench.weighing import Weight

MOST_TIMES_BARE = 2.0
# Two medians of the same thing differ by a few hundredths on a machine that others use too.
SAME = 0.10
COLD_BYTES, WARM_BYTES = 25_000, 4_000


def speed(micros: Micros, sizes: Sequence[int], names: Sequence[str]) -> str:
    """CPU time a request beside the bare page, and the larger size beside the smaller one."""
    small, large = sizes
    lines = ["CPU time of the server a request, in microseconds; ratio = ours / bare", ""]
    heads = [f"{head} {size:,}" for size in sizes for head in ("bare", "ours", "ratio")]
    lines.append(line("page", *heads, "large/small"))
    for name in names:
        cells = []
        for size in sizes:
            bare, ours = micros[Turn(name, size, "bare")], micros[Turn(name, size, "ours")]
            cells += [f"{bare:.0f}", f"{ours:.0f}", f"{ours / bare:.2f}"]
        lines.append(line(name, *cells, f"{_growth(micros, name, small, large):.2f}"))
    worst = max(_times(micros, name, size) for name in names for size in sizes)
    growth = max(_growth(micros, name, small, large) for name in names)
    lines += [
        "",
        aim(f"at most {MOST_TIMES_BARE} times the bare page", worst <= MOST_TIMES_BARE, f"{worst:.2f} at worst"),
        aim("the same at both sizes", growth <= 1 + SAME, f"{growth:.2f} at worst"),
    ]
    return "\n".join(lines)


def weights(kept: dict[str, tuple[Weight, Weight]], members: Sequence[str]) -> str:
    """Queries, bytes and compression of each page. `kept` has the weight at the small and at the large size."""
    lines = ["Weight of a page: at both sizes, or at the larger one", ""]
    lines.append(line("page", "queries", "html bytes", "warm packed", "cold packed", "packing us"))
    for name, (small, large) in kept.items():
        queries = f"{small.queries} / {large.queries}"
        lines.append(line(name, queries, large.html, large.warm, large.cold, f"{large.packing_micros:.0f}"))
    cold = max(kept[name][1].cold for name in members)
    warm = max(kept[name][1].warm for name in members)
    same = all(small.queries == large.queries for small, large in kept.values())
    lines += [
        "",
        aim(f"a member's page cold within {COLD_BYTES:,} bytes", cold <= COLD_BYTES, f"{cold:,} at worst"),
        aim(f"a member's page warm within {WARM_BYTES:,} bytes", warm <= WARM_BYTES, f"{warm:,} at worst"),
        aim("as many queries at both sizes", same, ""),
    ]
    return "\n".join(lines)


def _times(micros: Micros, name: str, size: int) -> float:
    return micros[Turn(name, size, "ours")] / micros[Turn(name, size, "bare")]


def _growth(micros: Micros, name: str, small: int, large: int) -> float:
    return micros[Turn(name, large, "ours")] / micros[Turn(name, small, "ours")]


def aim(wanted: str, reached: bool, figure: str) -> str:
    """An aim, whether it is reached, and the figure that says so."""
    return f"{'reached    ' if reached else 'NOT reached'}  {wanted}{f': {figure}' if figure else ''}"


def line(name: str, *cells: object) -> str:
    """One row of a table."""
    return f"{name:<22}" + "".join(f"{cell!s:>15}" for cell in cells)
