"""A made-up language for tests: every sentence bracketed, accented and longer, so that the others stand out.

Babel knows no code for such a language, so Esperanto carries it. It is never shipped: a test writes it into a folder.
"""

import re
from itertools import cycle
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

CODE = "eo"
OPEN, CLOSE = "⟦", "⟧"
ACCENTED = str.maketrans("AEIOUYCDGLNRSTZaeiouycdglnrstz", "ÅÉÎÖÛÝÇÐĞĻÑŘŠŢŽåéîöûýçðğļñřšţž")
SHORT = 20  # characters; below it translations grow the most
PADDING = ("ōņē", "ťŵō", "ţħŕēē", "ƒōūŕ")

_TAG = re.compile(r"(<[^>]+>)")
_KEPT = re.compile(r"(%\(\w+\)[sd]|%%|&#?\w+;)")


def write(template: Catalog, folder: Path) -> Path:
    """Writes the compiled pseudo-catalogue as Flask-Babel looks for it under `folder`. Returns the file."""
    path = folder / CODE / "LC_MESSAGES" / "messages.mo"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_mo(file, catalogue(template))
    return path


def catalogue(template: Catalog) -> Catalog:
    """The template's messages in the made-up language, plurals too."""
    made_up = Catalog(locale=CODE, charset="utf-8", fuzzy=False)
    for message in template:
        if message.id:
            made_up.add(message.id, _translated(message.id), context=message.context, flags=message.flags)
    return made_up


def pseudo(text: str) -> str:
    """The text in the made-up language. Each run between tags is bracketed by itself, because a browser sees each as a
    text of its own; the last one carries the padding."""
    parts = _TAG.split(text)
    runs = [place for place, part in enumerate(parts) if part.strip() and not _TAG.fullmatch(part)]
    for place in runs:
        padding = _padding(text) if place == runs[-1] else ""
        parts[place] = _bracketed(parts[place], padding)
    return "".join(parts)


def _translated(ident: str | tuple[str, str]) -> str | tuple[str, ...]:
    return pseudo(ident) if isinstance(ident, str) else tuple(pseudo(form) for form in ident)


def _bracketed(run: str, padding: str) -> str:
    """The brackets hug the words: the space between a word and the tag beside it stays outside."""
    words = run.strip()
    return run.replace(words, f"{OPEN}{_accented(words)}{padding}{CLOSE}", 1)


def _accented(words: str) -> str:
    return "".join(part if _KEPT.fullmatch(part) else part.translate(ACCENTED) for part in _KEPT.split(words))


def _padding(text: str) -> str:
    """Short words, so that the text can break as a real one can: as much again, or two fifths for a longer text."""
    length = len(_KEPT.sub("", _TAG.sub("", text)).strip())
    wanted = length if length < SHORT else round(length * 0.4)
    padding = ""
    for word in cycle(PADDING):
        if len(padding) >= wanted:
            return padding[:wanted]
        padding += f" {word}"
