"""Time-based one-time codes (RFC 6238), as every authenticator app makes them: SHA-1, 6 digits, 30 seconds. Pure."""

import base64
import hashlib
import hmac
import re
import secrets
from datetime import datetime
from urllib.parse import quote

STEP_SECONDS = 30
DIGITS = 6
KEY_BYTES = 20
# A clock that is a little off, or a code typed at the last moment: one step to either side (RFC 6238, 5.2).
SLACK = 1


def new_key() -> str:
    """A new key, in base32 as apps take it."""
    return base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode()


def step_at(at: datetime) -> int:
    """Which step of 30 seconds a moment lies in."""
    return int(at.timestamp()) // STEP_SECONDS


def code(key: str, step: int) -> str:
    """The code of that step (RFC 4226, 5.3)."""
    digest = hmac.digest(base64.b32decode(key), step.to_bytes(8, "big"), hashlib.sha1)
    place = digest[-1] & 15
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching_step(key: str, typed: str, *, at: datetime, after: int) -> int | None:
    """The step whose code was typed, if it is a present one and later than the step `after`; else None.

    Every candidate is compared, and each in constant time: how long it takes tells nothing about the code.
    """
    digits = plain(typed)
    here = step_at(at)
    steps = range(here - SLACK, here + SLACK + 1)
    fitting = [step for step in steps if hmac.compare_digest(code(key, step).encode(), digits.encode())]
    return next((step for step in fitting if step > after), None)


def plain(typed: str) -> str:
    """A typed code without the spaces that apps show in it."""
    return re.sub(r"[\s-]", "", typed[:40])


def looks_like_one(typed: str) -> bool:
    """Whether this could be a code of an app at all: six digits."""
    return re.fullmatch(r"[0-9]{6}", plain(typed)) is not None


def address(key: str, *, account: str, site: str) -> str:
    """What the picture says: the key, for whom and where."""
    label = quote(f"{site}:{account}", safe="")
    return f"otpauth://totp/{label}?secret={key}&issuer={quote(site, safe='')}&digits={DIGITS}&period={STEP_SECONDS}"


def grouped(key: str) -> str:
    """A key as people read and type it: in groups of four."""
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))
