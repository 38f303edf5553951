"""F22 by somebody else's tool: wapiti crawls the running desk, signed in and not, and finds nothing. `make soak` only.

Loopback only, and bounded in time and depth. The desk is its own and thrown away.
"""

import json
import subprocess
from pathlib import Path

import pytest

from helpdesk.ranks import Role
from tests.faults.desk import Desk
from tests.faults.facts import Badge
from tests.processes import ROOT

PROGRAM = ROOT / ".venv" / "wapiti" / "bin" / "wapiti"
SECONDS = 240
# What asks for a server of wapiti's own outside (ssrf, xxe, log4shell) has no place on a machine that calls nobody.
MODULES = "backup,cookieflags,crlf,csp,exec,file,htaccess,http_headers,permanentxss,redirect,sql,timesql,xss"
# Looked at: the demo has no https on the loopback address, so no HSTS and no Secure; both are tested behind nginx.
EXPECTED = {"HTTP Strict Transport Security (HSTS)", "Secure Flag cookie", "Unencrypted Channels"}


@pytest.mark.soak
@pytest.mark.parametrize("who", ["nobody", "member", "agent"])
def test_a_scanner_finds_nothing(tmp_path: Path, who: str) -> None:
    with Desk(tmp_path) as desk:
        badges = {"member": desk.people(1)[0], "agent": desk.people(1, Role.AGENT)[0]}
        desk.serve()
        report = _scan(desk, tmp_path, badges.get(who))
        found = {kind: [one["path"] for one in ones] for kind, ones in report["vulnerabilities"].items() if ones}
        wrong = {kind: [one["path"] for one in ones] for kind, ones in report["anomalies"].items() if ones}
        print(f"{who}: {report['infos']['crawled_pages_nbr']} pages, found {sorted(found)}, odd {sorted(wrong)}")
        assert report["infos"]["crawled_pages_nbr"] > 1, "it has seen nothing"
        assert set(found) <= EXPECTED, found
        assert wrong == {}, "internal errors or answers that never came"
        assert "Traceback" not in desk.printed, desk.printed[-5000:]


def _scan(desk: Desk, folder: Path, badge: Badge | None) -> dict:
    """wapiti's report. It never follows the way out, which would end its session."""
    out = folder / "report.json"
    command = [
        PROGRAM, "-u", f"{desk.origin}/", "--scope", "domain", "-m", MODULES, "-d", "3", "--max-links-per-page", "40",
        "--max-scan-time", SECONDS, "--max-attack-time", 60, "--tasks", 4, "-t", 10, "-x", f"{desk.origin}/sign-out",
        "-f", "json", "-o", out, "--no-bugreport", "--store-session", folder, "--flush-session", "-v", 0,
    ]  # fmt: skip
    if badge is not None:
        command += ["-H", f"Cookie: session={badge.cookie}"]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=SECONDS + 300)
    assert out.exists(), done.stdout[-3000:] + done.stderr[-3000:]
    return json.loads(out.read_text())
