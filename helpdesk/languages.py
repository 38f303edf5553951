"""The four languages of the desk: codes, own names, title prefixes. Plain rules: no Flask, no database."""

import re
from dataclasses import dataclass

DEFAULT = "en"


@dataclass(frozen=True)
class Language:
    """One language: its code, its own name, and the sign in front of a ticket's title (glossary, section 5)."""

    code: str
    own_name: str

    @property
    def prefix(self) -> str:
        return f"{self.own_name} - "


LANGUAGES = {
    language.code: language
    for language in (
        Language("en", "English"),
        Language("fr", "Français"),
        Language("sv", "Svenska"),
        Language("es", "Español"),
    )
}
CODES = tuple(LANGUAGES)

_TYPED_PREFIX = re.compile(r"^(?:\s*(?:English|Français|Francais|Svenska|Español|Espanol)\s*[-–—:])+\s*", re.IGNORECASE)


def normalise(tag: str | None) -> str | None:
    """The code of ours that a language tag means: sv-FI, fr_CA, es-419 -> sv, fr, es. None for anything else."""
    code = re.split(r"[-_]", (tag or "").strip().lower(), maxsplit=1)[0]
    return code if code in LANGUAGES else None


def without_prefix(title: str) -> str:
    """The title as it is stored: what the member typed as a prefix is taken off, so that it is never doubled."""
    return _TYPED_PREFIX.sub("", title, count=1).strip()


def with_prefix(code: str, title: str) -> str:
    """The title as everybody reads it. The prefix is never translated to the reader's language."""
    return LANGUAGES[code].prefix + title


def own_name(code: str) -> str:
    """What a language calls itself: the same for every reader."""
    return LANGUAGES[code].own_name
