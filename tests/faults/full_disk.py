"""A small disk of a test's own: a tmpfs, where the machine lets us mount one."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mounts it, and takes it away again. Where that is not allowed the test is skipped, and says so."""
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk: the limits of a process are tested in its place")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}; a process's limits are tested instead")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, *, leaving: int) -> Path:
    """Leaves only so many bytes free on that disk; the file to delete."""
    filler = folder / "filler"
    with filler.open("ab") as file:
        while (more := _free(folder) - leaving) > 0:
            try:
                os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, more)
            except OSError:
                break
    return filler


def _free(folder: Path) -> int:
    facts = os.statvfs(folder)
    return facts.f_bavail * facts.f_frsize
