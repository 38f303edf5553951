"""F13, F14: half requests, bodies that trickle, lie, never end or are too large; others are served, memory stays.

Without nginx: the desk's own server keeps whom it waits for, which is why it does not face the internet. With nginx in
front they are also sent away in time: tests/deploy/test_slow_senders.py.
"""

import gzip
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass

import pytest

from tests.faults.desk import MEGABYTE, Desk, served
from tests.faults.facts import Badge
from tests.faults.weighing import forget_peak

MOST_MEMORY = 20 * MEGABYTE
# It is 0.05 on a quiet machine; one that runs other tests takes its time.
SLOWEST_P95 = 3.0
CHUNK = b"10000\r\n" + b"x" * 65536 + b"\r\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with served(tmp_path_factory.mktemp("slow-senders")) as desk:
        yield desk


@pytest.fixture(scope="module")
def member(desk: Desk) -> Badge:
    [member] = desk.people(1)
    return member


@dataclass(frozen=True)
class Size:
    """How many half requests and how many trickling bodies; for how many seconds."""

    halves: int
    trickles: int
    seconds: float


@pytest.mark.parametrize("size", [Size(200, 80, 3), pytest.param(Size(500, 200, 60), marks=pytest.mark.soak)], ids=str)
def test_half_requests_and_trickling_bodies_keep_nobody_else_waiting(desk: Desk, member: Badge, size: Size) -> None:
    with ExitStack() as open_ones:
        before = desk.memory()
        halves = [open_ones.enter_context(connected(desk)) for _ in range(size.halves)]
        for half in halves:
            half.sendall(b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        trickles = [open_ones.enter_context(connected(desk)) for _ in range(size.trickles)]
        for trickle in trickles:
            trickle.sendall(head(desk, member, "/profile", "Content-Length: 1000"))
        times, deadline = [], time.monotonic() + size.seconds
        while time.monotonic() < deadline:
            for one in (*halves, *trickles):
                with suppress(OSError):
                    one.send(b"x")
            begun = time.monotonic()
            assert desk.server.ask("/healthz").status == 200
            times.append(time.monotonic() - begun)
            time.sleep(0.1)
        p95 = sorted(times)[int(len(times) * 0.95)]
        grown = desk.memory() - before
    print(f"{len(halves)} half requests, {len(trickles)} bodies: p95 {p95:.3f} s, {grown / MEGABYTE:.1f} MB more")
    assert p95 < SLOWEST_P95
    assert grown < (size.halves + size.trickles) * MEGABYTE / 10


def test_bodies_that_are_too_large_or_lie_are_refused_at_little_cost(desk: Desk, member: Badge) -> None:
    desk.server.ask("/healthz")
    before = forget_peak(desk.worker)
    parts = b"".join(b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % n for n in range(10_000))
    packed = gzip.compress(b"0" * 50_000_000)
    form = "Content-Type: application/x-www-form-urlencoded"
    multipart = "Content-Type: multipart/form-data; boundary=x"
    sent = {
        "two gigabytes are announced": (head(desk, member, "/profile", form, "Content-Length: 2147483648"), 0),
        "chunks that never end": (head(desk, member, "/profile", form, "Transfer-Encoding: chunked"), 400),
        "ten thousand parts": (head(desk, member, "/profile", multipart, f"Content-Length: {len(parts) + 5}"), parts),
        "a packed bomb": (
            head(desk, member, "/profile", form, "Content-Encoding: gzip", f"Content-Length: {len(packed)}"),
            packed,
        ),
        "an odd length": (head(desk, member, "/profile", form, "Content-Length: -1"), b""),
        "two lengths": (head(desk, member, "/profile", form, "Content-Length: 5", "Content-Length: 50"), b"a=1&b"),
        "a length and chunks": (
            head(desk, member, "/profile", form, "Content-Length: 5", "Transfer-Encoding: chunked"),
            b"0\r\n\r\n",
        ),
    }
    for what, (begins, goes_on) in sent.items():
        body = CHUNK * goes_on if isinstance(goes_on, int) else goes_on
        status, seconds = answer_to(desk, begins + body + b"--x--")
        assert status in {None, 400, 411, 413, 501}, (what, status)
        assert seconds < 5, (what, seconds)
    grown = desk.memory("VmHWM") - before
    print(f"{len(sent)} bodies refused, {grown / MEGABYTE:.1f} MB more at most")
    assert grown < MOST_MEMORY
    assert desk.server.ask("/healthz").status == 200
    assert "Traceback" not in desk.printed, desk.printed


def connected(desk: Desk) -> socket.socket:
    return socket.create_connection(("127.0.0.1", desk.port), timeout=10)


def head(desk: Desk, member: Badge, path: str, *headers: str) -> bytes:
    """The beginning of a form that somebody sends who is signed in."""
    lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{desk.port}", f"Cookie: session={member.cookie}"]
    return "\r\n".join([*lines, f"Origin: {desk.origin}", *headers, "", ""]).encode()


def answer_to(desk: Desk, sent: bytes) -> tuple[int | None, float]:
    """The status of the answer, or None when the connection just ends; and the seconds that it took."""
    begun = time.monotonic()
    with connected(desk) as line:
        with suppress(OSError):
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
        got = b""
        with suppress(OSError):
            got = line.recv(4096)
    return (int(got.split()[1]) if got else None), time.monotonic() - begun
