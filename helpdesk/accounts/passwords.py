"""Passwords: how they are hashed, checked and judged. Hashing runs in one native thread, beside the other work."""

import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from gevent.threadpool import ThreadPool
from werkzeug.security import check_password_hash

from helpdesk.refusals import Busy, Invalid

R = TypeVar("R")
LEAST_SIGNS = 12
MOST_BYTES = 1024
LONGEST_LINE = 40
# OWASP's minimum for argon2id; about 40 ms on a small server (measured), and 19 MiB.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# What an unknown name is checked against, so that it takes as long as a known one.
NOBODY = HASHER.hash("nobody has this password")
COMMON = frozenset(
    {"password1234", "passwordpassword", "123456789012", "qwertyuiop123", "administrator", "letmeinletmein"}
)

_waiting = 0


def hash_password(password: str) -> str:
    """The argon2id hash of a password. Raises Busy when too many are waiting to be hashed."""
    return _beside(HASHER.hash, _normal(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password fits the stored hash. No hash, an odd hash and a wrong password all take the same time."""
    if len(password.encode()) > MOST_BYTES:
        return False
    return _beside(_verify, stored, _normal(password))


def is_outdated(stored: str) -> bool:
    """Whether a hash should be made anew at the next sign-in: another algorithm, or older parameters."""
    try:
        return HASHER.check_needs_rehash(stored)
    except InvalidHashError:
        return True


def check_strength(password: str, *, words: Iterable[str] = ()) -> None:
    """Raises Invalid for a password that is too short, too long or easy to guess; `words` are the person's own."""
    if len(password) < LEAST_SIGNS:
        raise Invalid("password_short", least=LEAST_SIGNS)
    if len(password.encode()) > MOST_BYTES:
        raise Invalid("password_long")
    lowered = password.casefold()
    rest = lowered
    for word in words:
        if len(word) >= 4:
            rest = rest.replace(word.casefold(), "")
    if len(set(lowered)) < 5 or lowered in COMMON or len(rest) < 6:
        raise Invalid("password_guessable")


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _verify(stored: str | None, password: str) -> bool:
    try:
        if stored and stored.startswith(("scrypt:", "pbkdf2:")):
            return check_password_hash(stored, password)
        return HASHER.verify(stored or NOBODY, password) and bool(stored)
    except (Argon2Error, ValueError):
        return False  # InvalidHashError is a ValueError; so is what werkzeug says of odd parameters


def _beside(work: Callable[..., R], *arguments: object) -> R:
    global _waiting
    if _waiting >= LONGEST_LINE:
        raise Busy(seconds=5)
    _waiting += 1
    try:
        return _thread().apply(work, arguments)
    finally:
        _waiting -= 1


@cache
def _thread() -> ThreadPool:
    # Made at the first use, after a server has forked. One thread leaves the other core to everybody else.
    return ThreadPool(1)
