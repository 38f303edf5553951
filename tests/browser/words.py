"""What a page says in a reader's language, taken from the catalogues: tests name sentences by their English."""

import re
from functools import cache

from babel.support import NullTranslations, Translations

from tests.browser.desk import ROOT


class Words:
    """`say("Continue")` gives the sentence as the page has it; named placeholders go in as keyword arguments."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = _catalogue(language)

    def __call__(self, text: str, context: str | None = None, **given: object) -> str:
        found = self._catalogue.pgettext(context, text) if context else self._catalogue.gettext(text)
        return found % given if given else found.replace("%%", "%")

    def many(self, one: str, other: str, num: int, **given: object) -> str:
        return self._catalogue.ngettext(one, other, num) % {"num": num, **given}


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == "en":
        return NullTranslations()
    return Translations.load(str(ROOT / "translations"), [language])


def titled(title: str) -> re.Pattern[str]:
    """The title of a page's tab, whatever number of notices stands before it."""
    return re.compile(rf"^(\(\d+\) )?{re.escape(title)} - Help Desk$")
