"""The site's own texts, for the reader of the page."""

from helpdesk.site import kept
from helpdesk.site.kept import Words
from helpdesk.web.language import locale_code


def site_words(key: str) -> Words | None:
    """The text in the reader's language, in English where it has none there; None where there is none at all."""
    return kept.words(key, locale_code())
