"""What a server process takes of the machine, and how many connections a test may have."""

import os
import resource
from pathlib import Path

from tests.processes import PYTHON, ROOT

APP = (PYTHON, "app.py")
GUNICORN = (PYTHON, "-m", "gunicorn", "-c", ROOT / "deploy" / "gunicorn.conf.py", "-b", "127.0.0.1:{port}")
ESTABLISHED = "01"  # in /proc/net/tcp


def only_child(pid: int) -> int:
    """The one process that this one has started, as gunicorn does for each of its workers."""
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(child)


def memory(pid: int, name: str = "VmRSS") -> int:
    """Bytes of memory of this process now; `VmHWM` for the most that it has had. Raises LookupError."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    raise LookupError(name)


def forget_peak(pid: int) -> int:
    """Begins a new measurement of `VmHWM`; the bytes that it begins with."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return memory(pid)


def connections(port: int) -> int:
    """How many TCP connections whoever listens here holds."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == ESTABLISHED for row in rows)


def open_files(pid: int) -> int:
    """Files and connections that this process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def allow_files(number: int) -> None:
    """Lets this process, and the server that it starts, have so many connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < number:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, number), hard))
