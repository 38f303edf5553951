"""A plugin of pytest that writes down how each test ended: `pytest -p tests.trust.recording --results=FILE`.

Parameters of a test are one test here: it has passed when all of them have.
"""

import importlib.metadata
import json
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.trust.table import ROOT

VERSIONS = (
    "flask",
    "werkzeug",
    "flask-socketio",
    "python-socketio",
    "python-engineio",
    "gevent",
    "sqlalchemy",
    "pillow",
)
MOST_SIGNS_OF_FIGURES = 400
# The end of a test with several parts is the worst of theirs.
WORST_FIRST = ("failed", "skipped", "passed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--results", type=Path, help="write how each test ended into this file")


def pytest_configure(config: pytest.Config) -> None:
    at_work_alone = not hasattr(config, "workerinput")
    if config.getoption("results") and at_work_alone:
        config.pluginmanager.register(Recording(config.getoption("results"), str(config.getoption("markexpr"))))


class Recording:
    """Hears of every test, also from the workers of a parallel run, and writes when all are done."""

    def __init__(self, path: Path, marked: str) -> None:
        self._path, self._marked = path, marked
        self._ends: dict[str, str] = {}
        self._why: dict[str, str] = {}
        self._figures: dict[str, list[str]] = {}
        self._seconds: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test = report.nodeid.partition("[")[0]
        self._seconds[test] = self._seconds.get(test, 0) + report.duration
        if report.when == "call" or report.outcome != "passed":
            self._ends[test] = min(report.outcome, self._ends.get(test, report.outcome), key=WORST_FIRST.index)
        if report.skipped and isinstance(report.longrepr, tuple):
            self._why[test] = str(report.longrepr[2]).removeprefix("Skipped: ")
        printed = " ".join(report.capstdout.split())
        if report.when == "call" and printed and test.startswith("tests/faults/"):
            self._figures.setdefault(test, []).append(printed[:MOST_SIGNS_OF_FIGURES])

    def pytest_sessionfinish(self) -> None:
        tests = {
            test: {
                "end": end,
                "seconds": round(self._seconds[test], 2),
                "why": self._why.get(test, ""),
                "figures": self._figures.get(test, []),
            }
            for test, end in sorted(self._ends.items())
        }
        about = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "marked": self._marked, **surroundings()}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps({**about, "tests": tests}, indent=1, ensure_ascii=False) + "\n")


def surroundings() -> dict[str, object]:
    """With what was tested: the commit, whether something was changed beside it, and the versions."""
    return {
        "commit": _git("rev-parse", "--short=12", "HEAD") or "unknown",
        "changed": bool(_git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/trust-report.md")),
        "versions": {
            "Python": platform.python_version(),
            "SQLite": sqlite3.sqlite_version,
            **{name: importlib.metadata.version(name) for name in VERSIONS},
        },
        "machine": f"{platform.system()} {platform.release()}, {platform.machine()}",
    }


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
