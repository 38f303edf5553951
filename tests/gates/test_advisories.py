"""pip-audit: no pinned package with a published vulnerability. Needs the network; without it the test says so.

That the gate can fail is tested without the network, by a list of vulnerabilities of our own.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.gates.programs import run

PINNED = ("requirements.txt", "requirements-scale.txt")
# Looked at, and why it does not concern us: the name of the advisory.
LOOKED_AT: dict[str, str] = {}


def audited(*service: str) -> tuple[list[str], int]:
    """The vulnerabilities that are known, as `package version: name`; and how many packages could be asked for."""
    files = [part for name in PINNED for part in ("-r", name)]
    done = run(
        "pip-audit", *files, "--disable-pip", "--require-hashes", "-f", "json", "--progress-spinner=off", *service
    )
    if not done.stdout:
        return [], 0
    packages = [one for one in json.loads(done.stdout)["dependencies"] if "skip_reason" not in one]
    found = [
        f"{one['name']} {one['version']}: {fault['id']}"
        for one in packages
        for fault in one["vulns"]
        if fault["id"] not in LOOKED_AT
    ]
    return found, len(packages)


def test_no_pinned_package_has_a_published_vulnerability() -> None:
    found, asked = audited("--timeout=10")
    if not asked:
        pytest.skip("the list of vulnerabilities at pypi.org does not answer from here")
    assert found == [], "critical within 72 hours: SECURITY.md"


def test_a_vulnerability_that_is_published_is_noticed() -> None:
    """A mutant: a service that knows something about Flask."""
    with advisories({"flask": "PLANTED-2026-1"}) as address:
        found, asked = audited("-s", "osv", "--osv-url", address)
    assert asked > 20
    assert [line.partition(": ")[2] for line in found if line.startswith("flask ")] == ["PLANTED-2026-1"]


@contextmanager
def advisories(known: dict[str, str]) -> Iterator[str]:
    """A service as api.osv.dev is one, on this machine."""

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name is http.server's
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = known.get(asked["package"]["name"])
            fault = {"id": name, "summary": "planted", "modified": "2026-11-22T00:00:00Z", "affected": []}
            body = json.dumps({"vulns": [fault]} if name else {}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1/query"
        finally:
            server.shutdown()
            thread.join()
