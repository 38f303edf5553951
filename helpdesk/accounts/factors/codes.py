"""Recovery codes: what they look like, and what is kept of them. Pure."""

import hashlib
import re
import secrets

COUNT = 10
# Without what is read for something else (0 and o, 1 and l): 24 signs of 32 are 120 bits.
ALPHABET = "23456789abcdefghijkmnpqrstuvwxyz"
SIGNS = 24
GROUP = 4


def new_codes() -> list[str]:
    """Ten new codes, in groups of four signs."""
    return [_grouped("".join(secrets.choice(ALPHABET) for _ in range(SIGNS))) for _ in range(COUNT)]


def code_hash(typed: str) -> str:
    """What is stored of a code. A code of 120 random bits needs no slow hash and no salt (v5.0.0-6.5.2)."""
    return hashlib.sha256(plain(typed).encode()).hexdigest()


def plain(typed: str) -> str:
    """A typed code in small letters, without spaces and hyphens."""
    return re.sub(r"[\s-]", "", typed[:100]).lower()


def _grouped(code: str) -> str:
    return "-".join(code[start : start + GROUP] for start in range(0, SIGNS, GROUP))
