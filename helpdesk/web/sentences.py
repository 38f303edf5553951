"""What `_`, `ngettext` and `pgettext` mean in templates: the sentence in the language of the page. Knows no feature.

Flask-Babel's own look up the application, the domain and the locale anew for each sentence, and a page has a hundred.
"""

from babel.support import NullTranslations, Translations
from flask import Flask
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from helpdesk.web.language import locale_code


class Sentences:
    """The catalogues of one folder, read once: new translations come with a new release."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._catalogues: dict[str, NullTranslations] = {}
        self._translated: dict[tuple[str, str | None, str], Markup] = {}

    @pass_eval_context
    def gettext(self, page: EvalContext, sentence: str, /, **parts: object) -> str:
        """The sentence with its parts; in HTML the translators' signs stand and the parts are escaped."""
        return _filled(page, self.translation(locale_code(), None, sentence), parts)

    @pass_eval_context
    def pgettext(self, page: EvalContext, context: str, sentence: str, /, **parts: object) -> str:
        """The same for words that mean different things in different places."""
        return _filled(page, self.translation(locale_code(), context, sentence), parts)

    @pass_eval_context
    def ngettext(self, page: EvalContext, one: str, many: str, num: int, /, **parts: object) -> str:
        """The same in the number that the language has for `num`, which is also a part."""
        sentence = self._catalogue(locale_code()).ngettext(one, many, num)
        return _filled(page, Markup(sentence), {"num": num, **parts})  # noqa: S704  our own translators wrote it

    def translation(self, language: str, context: str | None, sentence: str) -> Markup:
        """The sentence in a language, without its parts."""
        key = (language, context, sentence)
        if key not in self._translated:
            catalogue = self._catalogue(language)
            text = catalogue.pgettext(context, sentence) if context else catalogue.gettext(sentence)
            self._translated[key] = Markup(text)  # noqa: S704
        return self._translated[key]

    def _catalogue(self, language: str) -> NullTranslations:
        if language not in self._catalogues:
            self._catalogues[language] = Translations.load(self.folder, [language])
        return self._catalogues[language]


def _filled(page: EvalContext, sentence: Markup, parts: dict[str, object]) -> str:
    text = sentence if page.autoescape else str(sentence)
    return text % parts if parts else text


def init_app(app: Flask) -> None:
    """Gives the templates these instead of Flask-Babel's."""
    sentences = Sentences(app.config["BABEL_TRANSLATION_DIRECTORIES"])
    app.jinja_env.globals.update(
        _=sentences.gettext, gettext=sentences.gettext, ngettext=sentences.ngettext, pgettext=sentences.pgettext
    )
    app.extensions["sentences"] = sentences
