"""What a look at the desk found: one line each, with how bad it is. Plain; knows nothing that is looked at."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: `fail` is what the desk cannot be served with, or loses something by."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and what to say of it."""

    level: Level
    about: str
    says: str


def ok(about: str, says: str) -> Finding:
    return Finding(Level.OK, about, says)


def warn(about: str, says: str) -> Finding:
    return Finding(Level.WARN, about, says)


def fail(about: str, says: str) -> Finding:
    return Finding(Level.FAIL, about, says)
