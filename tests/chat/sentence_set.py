"""The sentences a detector is judged by: read, with and without accents. Written for this, no corpus."""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "sentences"
OURS = ("fr", "sv", "es")
ENOUGH = 4


@dataclass(frozen=True)
class Sentence:
    """What somebody wrote, and the language it is in. `words` counts everything between spaces, numbers too."""

    language: str
    text: str

    @property
    def words(self) -> int:
        return len(self.text.split())

    @property
    def plain(self) -> "Sentence":
        """The same, typed without accents: é, å, ñ become e, a, n."""
        return Sentence(self.language, without_accents(self.text))

    @property
    def wanted(self) -> str | None:
        """What the desk wants to hear about it: one of our three, or None."""
        return self.language if self.language in OURS else None


def without_accents(text: str) -> str:
    """The text as a keyboard without accents writes it."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def of(language: str) -> list[Sentence]:
    """All sentences of en, fr, sv or es."""
    return [Sentence(language, line) for line in (FOLDER / f"{language}.txt").read_text("utf-8").splitlines()]


def distractors() -> list[Sentence]:
    """Sentences in languages that the desk does not speak."""
    return _labelled("other.txt")


def later() -> list[Sentence]:
    """Written after the sentences above had shaped detect.py: most without accents, English with foreign names."""
    return _labelled("later.txt")


def _labelled(name: str) -> list[Sentence]:
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return [Sentence(*line.split("\t", maxsplit=1)) for line in lines]


def wrong(detect: Callable[[str], str | None], sentences: list[Sentence]) -> Iterator[tuple[Sentence, str | None]]:
    """The sentences that are not recognised as wanted, each with what was said instead."""
    for sentence in sentences:
        said = detect(sentence.text)
        if said != sentence.wanted:
            yield sentence, said
