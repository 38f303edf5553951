"""Which of our other languages a message is written in. A hint for the agent: it knows no chat, member or ticket."""

import logging
import re
import unicodedata
from functools import cache
from typing import Protocol

log = logging.getLogger(__name__)

RECOGNISED = ("fr", "sv", "es")
CUT = 400  # signs that are looked at
ENOUGH = 4  # words from which the detector's likeliest language is taken; fewer must be beyond doubt
CLOSE = 0.05  # of a score between 0 and 1: a doubtful lead of less than this may be no more than missing accents

# What a chat is opened and closed with is too short for statistics: a message of just this is known by heart.
_GREETINGS = {
    "fr": (
        "bonjour", "bonsoir", "salut", "coucou", "bjr", "slt", "merci", "svp", "aide", "aidez moi", "aidez-moi",
        "bonjour merci", "bonjour madame", "bonjour monsieur", "non merci", "d'accord", "d’accord",
    ),
    "sv": (
        "hej", "hejsan", "hej hej", "hallå", "tjena", "god morgon", "god kväll", "tack", "nej tack", "ja tack",
        "hej då", "snälla", "hjälp", "hjälp mig",
    ),
    "es": (
        "hola", "hola hola", "buenas", "buenos días", "buenas tardes", "buenas noches", "gracias", "no gracias",
        "por favor", "ayuda", "ayúdame", "adiós",
    ),
}  # fmt: skip

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


class _Result(Protocol):
    language: str
    reliable: bool
    scores: dict[str, float]


class _Detector(Protocol):
    def detect_details(self, text: str) -> _Result: ...


def detect(text: str) -> str | None:
    """The code fr, sv or es; None for English, any other language, and what is too short or too doubtful to say.

    Never raises, whatever was typed. Takes far less than a millisecond: only the first `CUT` signs are read.
    """
    words = _words(text[:CUT])
    greeting = _greetings().get(_without_accents(" ".join(words).lower()))
    if greeting or len(words) < 2:
        return greeting
    detector = _detector()
    if detector is None:
        return None
    likeliest = _likeliest(detector.detect_details(" ".join(words)), enough=len(words) >= ENOUGH)
    return likeliest if likeliest in RECOGNISED else None


def _likeliest(found: _Result, *, enough: bool) -> str | None:
    """The language that was found. None where doubt is left and there are not enough words to overrule it.

    A foreign neighbour's small and doubtful lead goes to ours: Swedish typed without accents looks Danish, and
    members write ours more often. English keeps every lead: the chat is in English.
    """
    if found.reliable:
        return found.language
    if not enough:
        return None
    best = found.scores.get(found.language, 0.0)
    if found.language == "en":
        return "en"
    return next((code for code, score in found.scores.items() if code in RECOGNISED and best - score < CLOSE), None)


def _words(text: str) -> list[str]:
    """The words of the text, composed. Addresses, links, numbers and codes belong to no language and are left out."""
    composed = unicodedata.normalize("NFC", text)
    return _WORD.findall(" ".join(piece for piece in composed.split() if not _is_no_language(piece)))


def _is_no_language(piece: str) -> bool:
    return "@" in piece or "://" in piece or "www." in piece or any(sign.isdigit() for sign in piece)


@cache
def _greetings() -> dict[str, str]:
    """Each greeting as a telephone types it, without accents, and its language."""
    return {_without_accents(said): code for code, phrases in _GREETINGS.items() for said in phrases}


def _without_accents(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


@cache
def _detector() -> _Detector | None:
    """The detector, loaded when the first message needs it. None where it is not installed: then there is no hint."""
    try:
        import eldc
    except ImportError:
        log.warning("eldc is not installed: the language of chat messages is not recognised")
        return None
    eldc.init()
    return eldc.instance()
