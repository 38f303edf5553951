"""How much room the instance's disk has, and who may read what lies on it."""

import os
import shutil
import stat
from collections.abc import Iterator

from helpdesk.config import Config
from helpdesk.operating.findings import Finding, fail, ok, warn

GIGABYTE = 1024**3
# Below this the database itself is about to fail; uploads stop long before (files/store.py).
LEAST_BYTES = 100 * 1024**2
FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def room(config: Config) -> Finding:
    """Whether uploads are taken, and whether the database can be written."""
    usage = shutil.disk_usage(config.instance)
    says = f"{usage.free / GIGABYTE:.1f} of {usage.total / GIGABYTE:.1f} GB are free on the disk of {config.instance}."
    if usage.free < LEAST_BYTES:
        return fail("disk", f"{says} The database will soon not be written any more.")
    if usage.free < min(usage.total // 10, GIGABYTE):
        return warn("disk", f"{says} No files are taken from members until there is more.")
    return ok("disk", says)


def permissions(config: Config) -> Iterator[Finding]:
    """Whether what holds people's words and the key is for the desk's user only."""
    for name in (".", "secret_key", "helpdesk.sqlite", "backups", "tombstones.jsonl", "files/store"):
        path = config.instance / name
        if not path.exists():
            continue
        facts = path.stat()
        shared = name == "files/store" or (name == "." and config.x_accel)
        others = facts.st_mode & (stat.S_IRWXO if shared else FOR_OTHERS)
        if facts.st_uid != os.geteuid():
            yield fail("permissions", f"{path} belongs to another user: its owner must be who runs the desk.")
        elif others and name == "secret_key":
            yield fail("permissions", f"{path} can be read by others: chmod 600, and make a new key.")
        elif others:
            yield warn("permissions", f"{path} is open to other users (mode {others:03o}): chmod go-rwx.")


def backups(config: Config, *, at: float) -> Finding:
    """Whether there is a backup of the last week where `flask backup` puts them."""
    made = [path.stat().st_mtime for path in (config.instance / "backups").glob("*.zip")]
    if not made:
        return warn("backup", "There is no backup in the instance folder: see `flask backup`.")
    days = int((at - max(made)) // 86400)
    return (warn if days > 7 else ok)("backup", f"The newest backup in the instance folder is {days} days old.")
