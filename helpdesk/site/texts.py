"""The texts that a site writes itself, and whether one is missing or older than the English. Plain rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from helpdesk import languages

# Each text with how many characters it may have.
MOST_SIGNS = {"notice": 1000, "chat_greeting": 1000, "chat_away": 1000, "footer": 300}
MISSING, STALE = "missing", "stale"


@dataclass(frozen=True)
class Written:
    """A text in one language, and when it was written or found to be right still."""

    body: str
    changed_at: datetime


def states(written: Mapping[str, Written]) -> dict[str, str]:
    """Each language's state: `missing`, `stale` or empty. A text that is in no language at all is not used."""
    bodies = {code: one for code, one in written.items() if one.body}
    english = bodies.get(languages.DEFAULT)
    return {code: _state(bodies.get(code), english) if bodies else "" for code in languages.CODES}


def _state(one: Written | None, english: Written | None) -> str:
    if one is None:
        return MISSING
    return STALE if english is not None and one.changed_at < english.changed_at else ""
