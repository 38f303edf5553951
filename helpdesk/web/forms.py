"""What every form shares: how typed text is cleaned, and our own words for its faults. Knows no feature."""

import unicodedata
from collections.abc import Callable
from functools import cache
from gettext import NullTranslations

from flask_wtf import FlaskForm
from wtforms.i18n import get_translations
from wtforms.validators import ValidationError

from helpdesk.web.language import locale_code

_KEPT_CONTROLS = "\n\t"
# Signs that turn the direction of what follows, with which a text can be made to read as another one.
_DIRECTIONS = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"


class Form(FlaskForm):
    """A form whose fields are filled from the request, or from what was parked, and keep what was typed."""

    class Meta:
        """WTForms' own sentences, for the faults that only a forged form has. Flask-WTF reads them anew each time."""

        def get_translations(self, form: FlaskForm) -> NullTranslations:
            return _own_sentences(locale_code())

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Each faulty field's id with its sentence, in the order of the fields: the error summary."""
        return [(field.id, str(field.errors[0])) for field in self if field.errors]

    def restore(self, parked: dict[str, str]) -> None:
        """Fills the fields with what somebody had typed before they had to sign in again."""
        for name, text in parked.items():
            if name in self and name != "csrf_token":
                self[name].data = text


@cache
def _own_sentences(language: str) -> NullTranslations:
    return get_translations([language])


def one_line(text: str | None) -> str:
    """Text of one line: composed signs, single spaces, no control or invisible direction signs."""
    kept = "".join(" " if sign.isspace() else sign for sign in _plain(text))
    return " ".join(kept.replace("\n", " ").split())


def many_lines(text: str | None) -> str:
    """Text of several lines with \\n at their ends, without control signs."""
    return _plain((text or "").replace("\r\n", "\n").replace("\r", "\n")).strip()


def _plain(text: str | None) -> str:
    composed = unicodedata.normalize("NFC", text or "")
    if composed.isprintable():  # as nearly every message is: no sign of it needs to be looked at
        return composed
    return "".join(sign for sign in composed if _is_kept(sign))


def _is_kept(sign: str) -> bool:
    if sign in _KEPT_CONTROLS:
        return True
    return unicodedata.category(sign) not in {"Cc", "Cs"} and sign not in _DIRECTIONS


class Filled:
    """The field must not be empty; `sentence` says what to enter."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __call__(self, form: FlaskForm, field: object) -> None:
        if not field.data:  # type: ignore[attr-defined]
            raise ValidationError(self.sentence)


class AtMost:
    """The text must not be longer than `most` signs; `sentence(most)` says so."""

    def __init__(self, most: int, sentence: Callable[[int], str]) -> None:
        self.most = most
        self.sentence = sentence

    def __call__(self, form: FlaskForm, field: object) -> None:
        if len(field.data or "") > self.most:  # type: ignore[attr-defined]
            raise ValidationError(self.sentence(self.most))
