"""How long somebody who keeps failing to sign in has to wait. Counts stand under keyed hashes: no names, no addresses.

The wait grows for one source trying one account; for a whole source and a whole account it starts later, and an
account's is short, so that nobody can lock somebody else out (trust.md, section 2.1, line 1).
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from helpdesk.accounts.directory import username_key
from helpdesk.accounts.models import SignInFailure
from helpdesk.extensions import db
from helpdesk.refusals import TooMany

FORGOTTEN_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class Limit:
    """After `free` failures each further one waits twice as long, from `first` up to `longest` seconds."""

    free: int
    first: int
    longest: int

    def wait(self, failures: int) -> int:
        """Seconds to wait after so many failures."""
        beyond = failures - self.free
        return 0 if beyond < 0 else min(self.first * 2 ** min(beyond, 20), self.longest)


PAIR = Limit(free=5, first=15, longest=900)
SOURCE = Limit(free=40, first=15, longest=900)
ACCOUNT = Limit(free=100, first=5, longest=60)


def keys(name: str, address: str, secret: str, *, purpose: str = "") -> dict[str, Limit]:
    """The counters of an attempt to sign in as `name` from `address`, each with its limit.

    What is asked for another `purpose` has counters of its own.
    """
    account, source = username_key(name.strip()), network(address)
    named = {f"pair {account} {source}": PAIR, f"source {source}": SOURCE, f"account {account}": ACCOUNT}
    named = {f"{purpose} {text}".strip(): limit for text, limit in named.items()}
    return {
        hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest(): limit for text, limit in named.items()
    }


def network(address: str) -> str:
    """An address as it is counted: an IPv6 customer has a whole /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))


def check(limits: dict[str, Limit], *, at: datetime) -> None:
    """Raises TooMany, with the seconds to wait, if one of the counters says so."""
    waits = [0]
    for row in db.session.scalars(select(SignInFailure).where(SignInFailure.key.in_(limits))):
        over = row.last_at + timedelta(seconds=limits[row.key].wait(row.failures))
        waits.append(int((over - at).total_seconds()) + 1 if over > at else 0)
    if max(waits):
        raise TooMany("sign_in_too_often", seconds=max(waits))


def count_failure(limits: dict[str, Limit], *, at: datetime) -> None:
    """Counts a failed attempt, and forgets counters that nobody has touched for a day."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.last_at < at - FORGOTTEN_AFTER))
    for key in limits:
        row = db.session.get(SignInFailure, key)
        if row is None:
            db.session.add(SignInFailure(key=key, failures=1, last_at=at))
            continue
        row.failures += 1
        row.last_at = at


def forgive(limits: dict[str, Limit]) -> None:
    """A successful sign-in clears this source's count for this account, not the whole source's."""
    pair = next(key for key, limit in limits.items() if limit is PAIR)
    db.session.execute(delete(SignInFailure).where(SignInFailure.key == pair))
