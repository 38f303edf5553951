"""Sentences that a catalogue does not have, noticed while a mail is made: it then leaves in English as a whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from weakref import WeakSet

from flask import g
from flask_babel import get_translations

from helpdesk import languages
from helpdesk.web.language import locale_code

_watched: WeakSet[NullTranslations] = WeakSet()


class _Noting(NullTranslations):
    """Stands behind a catalogue: whoever comes here asks for a sentence that it does not have."""

    def gettext(self, message: str) -> str:
        return _note(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        _note(msgid1)
        return super().ngettext(msgid1, msgid2, n)

    def pgettext(self, context: str, message: str) -> str:
        return _note(message)


def _note(message: str) -> str:
    if (noted := g.get("untranslated")) is not None:
        noted.append(message)
    return message


@contextmanager
def noted() -> Iterator[list[str]]:
    """Gathers the sentences that are asked for meanwhile and have no translation into the reader's language."""
    catalogue = get_translations()
    if locale_code() != languages.DEFAULT and catalogue not in _watched:
        catalogue.add_fallback(_Noting())
        _watched.add(catalogue)
    before, g.untranslated = g.get("untranslated"), []
    try:
        yield g.untranslated if locale_code() != languages.DEFAULT else []
    finally:
        g.untranslated = before
