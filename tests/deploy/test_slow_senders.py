"""F13: half requests and trickling bodies by the hundred at nginx with the shipped site: sent away, others served."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.deploy import test_nginx
from tests.deploy.shipped import HOST, NAME, needs
from tests.deploy.test_nginx import Front, certificate, nginx  # noqa: F401  its fixtures
from tests.processes import Server

pytestmark = needs("nginx")
HALVES, TRICKLES = 150, 50
# The shipped site gives a header 5 and a body 15 seconds between two pieces.
MOST_SECONDS = 12
SLOWEST_P95 = 3.0


def test_slow_senders_are_sent_away_and_others_do_not_notice(
    request: pytest.FixtureRequest, served: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    roomy = test_nginx.MAIN.replace("worker_connections 64", "worker_connections 2048")
    monkeypatch.setattr(test_nginx, "MAIN", roomy)
    front: Front = request.getfixturevalue("nginx")
    assert served.ask("/healthz", headers=HOST).status == 200  # its worker is there
    with front(served.port) as server, senders(server, HALVES) as halves, senders(server, TRICKLES) as bodies:
        for half in halves:
            half.sendall(b"GET /sign-in HTTP/1.1\r\nHost: " + NAME.encode() + b"\r\nX-Slow: ")
        for body in bodies:
            body.sendall(b"POST /sign-in HTTP/1.1\r\nHost: " + NAME.encode() + b"\r\nContent-Length: 1000\r\n\r\na")
        begun, times, still = time.monotonic(), [], set(halves)
        while still and time.monotonic() - begun < MOST_SECONDS:
            asked = time.monotonic()
            assert server.ask("/healthz", headers=HOST).status == 200
            times.append(time.monotonic() - asked)
            still -= {half for half in still if ended(half)}
            time.sleep(0.1)
        p95, seconds = sorted(times)[int(len(times) * 0.95)], time.monotonic() - begun
    print(f"{HALVES} half requests beside {TRICKLES} bodies ended after {seconds:.1f} s; p95 {p95:.3f} s")
    assert not still, f"{len(still)} half requests are still open"
    assert p95 < SLOWEST_P95, times


@contextmanager
def senders(server: Server, number: int) -> Iterator[list[ssl.SSLSocket]]:
    unverified = ssl.create_default_context()
    unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
    lines = []
    try:
        for _ in range(number):
            raw = socket.create_connection(("127.0.0.1", server.port), timeout=10)
            lines.append(unverified.wrap_socket(raw, server_hostname=NAME))
        yield lines
    finally:
        for line in lines:
            line.close()


def ended(line: ssl.SSLSocket) -> bool:
    """Whether the other side has closed it, or answered that it will."""
    line.settimeout(0.001)
    with suppress(TimeoutError, ssl.SSLWantReadError):
        try:
            return line.recv(1024) is not None
        except OSError as fault:
            return not isinstance(fault, TimeoutError)
    return False
