"""Makes pictures safe to show, in a child process with limits. Knows no database, no store, no request.

What people send is decoded once, in `recode.py`, and never shown: fresh pictures made from its pixels replace it, so
that places, camera data and anything hidden behind the picture are gone. Decoders have faults, so the child may use
little memory and little time and is killed when it takes longer. Waiting for it is cooperative under gevent, whose
monkey patch covers `subprocess` and `threading`.
"""

import errno
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from helpdesk.refusals import Busy, Invalid

from .policy import Kind, Limits

CHILD = Path(__file__).with_name("recode.py")
CHILDREN = 2
WAITING = 16
CHILD_SECONDS = 10
MAX_OUTPUT_BYTES = 64 * 1024 * 1024
DISK_FULL = errno.ENOSPC  # the child's exit status then


@dataclass(frozen=True)
class Pictures:
    """The fresh pictures of one file: the full-size one, its size in pixels and bytes, and the smaller ones.

    `view` (2000 pixels at most) is None where the full picture is small and still: then it is its own view.
    """

    full: Path
    view: Path | None
    thumb: Path
    width: int
    height: int
    size: int
    sha256: str

    @property
    def paths(self) -> list[Path]:
        return [path for path in (self.full, self.view, self.thumb) if path is not None]


class Line:
    """Where pictures wait for a child: few at work, few waiting; whoever comes after that is sent away."""

    def __init__(self, children: int = CHILDREN, waiting: int = WAITING) -> None:
        self._at_work = threading.Semaphore(children)
        self._places = threading.Semaphore(children + waiting)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits for a child to be free. Raises Busy (pictures_busy) at once when the line is full."""
        if not self._places.acquire(blocking=False):
            raise Busy("pictures_busy")
        try:
            with self._at_work:
                yield
        finally:
            self._places.release()


_line = Line()


def recode(source: Path, kind: Kind, into: Path, limits: Limits, *, line: Line = _line) -> Pictures:
    """Makes the pictures of `source` as `<into>.full`, `.view` and `.thumb`.

    Raises Invalid (file_unreadable) for what is not a whole picture of this kind within the limits, and Busy
    (pictures_busy, disk_full). Leaves no file behind then.
    """
    full, view, thumb = (into.with_name(f"{into.name}.{variant}") for variant in ("full", "view", "thumb"))
    try:
        with line.turn():
            facts = _run_child(source, kind, into, limits)
        return Pictures(
            full, view if facts["view"] else None, thumb, int(facts["width"]), int(facts["height"]),
            int(facts["size"]), str(facts["sha256"]),
        )  # fmt: skip
    except BaseException:
        for path in (full, view, thumb):
            path.unlink(missing_ok=True)
        raise


def _run_child(source: Path, kind: Kind, into: Path, limits: Limits) -> dict[str, object]:
    # -I: nothing of the site's environment or folder is imported; no shell, no inherited environment.
    asked = (source, kind.name, into, limits.max_pixels, limits.max_frames, MAX_OUTPUT_BYTES)
    try:
        child = subprocess.run(
            [sys.executable, "-I", str(CHILD), *map(str, asked)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={}, cwd="/", timeout=CHILD_SECONDS, check=True,
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        if error.returncode == DISK_FULL:
            raise Busy("disk_full") from None
        raise Invalid("file_unreadable") from None
    except subprocess.TimeoutExpired:
        raise Invalid("file_unreadable") from None
    except OSError as error:  # no process or memory left for one more child
        raise Busy("pictures_busy") from error
    return json.loads(child.stdout)
