"""The chat's figures as tables, with the aims and whether they are reached."""

import os
from collections.abc import Sequence
from math import ceil
from statistics import median

from bench.chat import FLASK, IDLE, NODE, OURS, RATE, Figures, Turns
from bench.report import aim, line

SHARE_OF_ECHO = 0.7
P99_MS = 20.0
BYTES_A_CONNECTION = 60_000
HEADS = ("messages/s", "of Flask's", "CPU us", "of Flask's", "p50 ms", "p99 ms", f"p99 at {RATE}/s", "CPU us then")


def tables(figures: Figures, idle: dict[str, float], sizes: Sequence[int]) -> str:
    """All of it, with the load of the machine: wall-clock figures mean little when others use it."""
    lines = [
        "The chat: two people a chat, one message at a time in each. Ours is stored (FULL), acknowledged and brought",
        "to the other side; an echo comes back. CPU of the server a message; ms from sent to seen by the other side.",
        f"Load average now: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.",
        "",
    ]
    for size in sizes:
        lines.append(line(f"{size:,} open chats", *HEADS))
        for which in (OURS, FLASK, NODE):
            turns, bare = figures.get((which, size)), figures[FLASK, size]
            lines.append(line(which, *(_cells(turns, bare) if turns else ["not measured"])))
        lines.append("")
    lines.append(line("idle connections", "bytes each"))
    lines += [line(which, f"{idle[which]:,.0f}" if which in idle else "not measured") for which in (OURS, FLASK, NODE)]
    return "\n".join([*lines, "", *_aims(figures, idle, sizes)])


def _cells(turns: Turns, bare: Turns) -> list[str]:
    rate, cpu = median(turns.rates), median(turns.cpu)
    return [
        f"{rate:,.0f}", f"{rate / median(bare.rates):.2f}", f"{cpu * 1e6:.0f}", f"{cpu / median(bare.cpu):.2f}",
        f"{percentile(turns.waits, 50) * 1e3:.1f}", f"{percentile(turns.waits, 99) * 1e3:.1f}",
        f"{percentile(turns.paced_waits, 99) * 1e3:.1f}", f"{median(turns.paced_cpu) * 1e6:.0f}",
    ]  # fmt: skip


def _aims(figures: Figures, idle: dict[str, float], sizes: Sequence[int]) -> list[str]:
    shares = [median(figures[OURS, size].rates) / median(figures[FLASK, size].rates) for size in sizes]
    late = max(percentile(figures[OURS, size].paced_waits, 99) * 1e3 for size in sizes)
    return [
        aim(f"at least {SHARE_OF_ECHO} of the echo's messages a second", min(shares) >= SHARE_OF_ECHO,
            f"{min(shares):.2f} at worst"),
        aim(f"p99 under {P99_MS:.0f} ms at {RATE} messages a second", late < P99_MS, f"{late:.1f} ms at worst"),
        aim(f"at most {BYTES_A_CONNECTION:,} bytes an idle connection", idle[OURS] <= BYTES_A_CONNECTION,
            f"{idle[OURS]:,.0f} with {IDLE:,}"),
    ]  # fmt: skip


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so many percent of all do not exceed. Raises ValueError for no values."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * share / 100) - 1)]
