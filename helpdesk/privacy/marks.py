"""What stands where words were removed: in the language of what it stands in, as the words did. Kept with them, so it
is no sentence of a page. PURE.
"""

from datetime import datetime

from helpdesk import languages

_DELETED = {"en": "[Deleted]", "fr": "[Supprimé]", "sv": "[Raderat]", "es": "[Eliminado]"}
_PASSAGE = {
    "en": "[Passage removed on {day}]", "fr": "[Passage retiré le {day}]", "sv": "[Stycke borttaget {day}]",
    "es": "[Pasaje eliminado el {day}]",
}  # fmt: skip
_FILE = {
    "en": "[File removed on {day}]", "fr": "[Fichier retiré le {day}]", "sv": "[Fil borttagen {day}]",
    "es": "[Archivo eliminado el {day}]",
}  # fmt: skip
_FORMER = {
    "en": "Former member {number}", "fr": "Ancien membre {number}", "sv": "Tidigare medlem {number}",
    "es": "Antiguo miembro {number}",
}  # fmt: skip
# The chat is in English.
CHAT = languages.DEFAULT


def deleted(language: str | None) -> str:
    """In place of a title, a text or a name that is gone."""
    return _in(_DELETED, language)


def passage(language: str | None, at: datetime) -> str:
    """In place of a passage, with the day on which it went."""
    return _in(_PASSAGE, language).format(day=f"{at:%Y-%m-%d}")


def file(language: str | None, at: datetime) -> str:
    """Under a message that had a file, with the day on which it went."""
    return _in(_FILE, language).format(day=f"{at:%Y-%m-%d}")


def former(language: str | None, number: int) -> str:
    """In place of the name of somebody who was erased."""
    return _in(_FORMER, language).format(number=number)


def _in(words: dict[str, str], language: str | None) -> str:
    return words.get(language or "", words[languages.DEFAULT])
