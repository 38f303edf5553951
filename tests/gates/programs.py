"""The programs of the gates, which stand in an environment of their own: `make test` installs them first."""

import os
import subprocess
from pathlib import Path

from tests.processes import ROOT

FOLDER = ROOT / ".venv" / "gates" / "bin"


def run(name: str, *arguments: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Runs one of them and gives what it printed and its exit code; it must end within two minutes."""
    program = FOLDER / name
    assert program.exists(), f"{name} is not installed: make .venv/gates/.installed"
    environment = {**os.environ, "PATH": f"{FOLDER}{os.pathsep}{os.environ['PATH']}", "SEMGREP_SEND_METRICS": "off"}
    return subprocess.run(
        [str(program), *map(str, arguments)], cwd=cwd, env=environment, capture_output=True, text=True, timeout=120
    )
