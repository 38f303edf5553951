"""How a sentence must look in each language. Plain rules over text: no catalogue, no app.

The rules are those of docs/translating.md. Every advice says what to write instead.
"""

import re
from collections import Counter
from dataclasses import dataclass

from helpdesk.languages import LANGUAGES

NARROW, HARD = "\u202f", "\u00a0"  # the narrow no-break space and the no-break space
ALL = ("en", "fr", "sv", "es")
SEED_PLACEHOLDERS = frozenset(  # the guides' own texts, three full stops and all
    {
        "Enter your name...",
        "Enter your %(org)s member ID...",
        "Enter your email address...",
        "Enter your question...",
    }
)
# Sentences whose translation rightly ends another way: a question for a heading, the greetings of letters.
ENDS_ANOTHER_WAY = frozenset({"What happens next", "Hello %(name)s,"})
UNTRANSLATED = ("PNG", "JPG", "JPEG", "GIF", "WebP", "PDF", "HTML", "SVG", "ZIP", "%(org)s", "dōTERRA", "JavaScript")

_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")
_TAG = re.compile(r"</?([a-z][a-z0-9]*)\b[^>]*>")
_NOT_PROSE = re.compile(r"<[^>]+>|&#?\w+;|https?://\S+|\d+:\d\d")
_VOID = frozenset({"br", "wbr", "img", "hr"})
_PREFIX = "|".join(language.own_name for language in LANGUAGES.values())


@dataclass(frozen=True)
class Lint:
    """A pattern that prose in some languages must not contain, and what to write instead."""

    languages: tuple[str, ...]
    pattern: re.Pattern[str]
    advice: str


def _lint(languages: str, pattern: str, advice: str, flags: re.RegexFlag = re.NOFLAG) -> Lint:
    return Lint(tuple(languages.split()), re.compile(pattern, flags), advice)


LINTS = (
    _lint("en fr sv es", r"\.\.\.", "write the one sign … and not three full stops"),
    _lint("en fr sv es", r'"', "write the language's own quotation marks (“ ”, « », ” ”, « ») and not straight ones"),
    _lint("en fr sv es", r"'", "write the apostrophe ’ and not the straight one"),
    _lint("en fr sv es", r" {2}", "take out the double space"),
    _lint("fr", rf"[^{NARROW}!?][;!?]|^[;!?]", "put U+202F, the narrow no-break space, before ; ! ?"),
    _lint("fr", rf"«(?!{NARROW})|(?<!{NARROW})»", "put U+202F, the narrow no-break space, inside « and »"),
    _lint("fr", rf"(?<!{HARD}):", "put U+00A0, the no-break space, before the colon"),
    _lint("fr", r"\b(tu|ton|ta|tes|toi)\b", "say vous and votre, never tu", re.IGNORECASE),
    _lint("es", r"\b(ustedes|usted|su|sus)\b", "say tú and tu, never usted and su", re.IGNORECASE),
    _lint(
        "es",
        r"\b(Introduzca|Ingrese|Inténtelo|Haga|Seleccione|Elija|Escriba|Vuelva|Compruebe|Espere|Revise)\b",
        "use the form of tú: Introduce, Inténtalo, Haz, Selecciona, Elige, Escribe",
        re.IGNORECASE,
    ),
    _lint("sv", r"\bvänligen\b", "leave vänligen out; the imperative is polite enough", re.IGNORECASE),
    _lint("sv", r"\b(ni|er|ert|era)\b", "say du and din, never ni and er", re.IGNORECASE),
    _lint("sv", r"(?<![.!?:…”] )(?<!^)(?<!^”)\b(Du|Dig|Din|Ditt|Dina)\b", "write du and din lower case in a sentence"),
    _lint("fr sv es", r"[“„]", "write « » in French and Spanish, ” ” in Swedish"),
    _lint("sv", r"[«»]", "write ” ” in Swedish"),
    _lint("fr es", r"”", "write « » in French and Spanish"),
    _lint("es", r"«\s|\s»", "write « » without spaces inside in Spanish"),
    _lint("sv", rf"[^{HARD}]…", "put U+00A0, the no-break space, before … in Swedish"),
    _lint("fr es", r"\s…", "write … without a space before it"),
    _lint("fr", rf"\bn°(?!{HARD})", "put U+00A0, the no-break space, after n°"),
    _lint("sv", rf"\bnr(?!{HARD})\b", "put U+00A0, the no-break space, after nr"),
    _lint("es", rf"\bn\.º(?!{HARD})", "put U+00A0, the no-break space, after n.º"),
)


def faults(language: str, text: str) -> list[str]:
    """What is wrong with a text of this language on its own. Empty when it is well set."""
    prose = _prose(text)
    found = [
        f"{lint.advice} (at “{match.group()}”)"
        for lint in LINTS
        if language in lint.languages and (match := lint.pattern.search(prose))
    ]
    if text != text.strip():
        found.append("take the spaces at the ends away; the template places them")
    if language == "es" and (prose.count("?"), prose.count("!")) != (prose.count("¿"), prose.count("¡")):
        found.append("open each question with ¿ and each exclamation with ¡")
    return found + _tag_faults(text)


def source_faults(msgid: str) -> list[str]:
    """What is wrong with an English text. The placeholders of the guides keep their three full stops."""
    return faults("en", msgid.replace("...", "…") if msgid in SEED_PLACEHOLDERS else msgid)


def pair_faults(msgid: str, msgstr: str) -> list[str]:
    """What is wrong with a translation beside its English text."""
    found = []
    if placeholders(msgid) != placeholders(msgstr):
        found.append(f"use exactly the placeholders {sorted(placeholders(msgid))}")
    if _tags(msgid) != _tags(msgstr):
        found.append(f"use exactly the tags {sorted(_tags(msgid))}")
    if msgid not in ENDS_ANOTHER_WAY and ending(msgid) != ending(msgstr):
        found.append(f"end it as the English does: {ending(msgid) or 'without a sign'}")
    found += [f"keep “{word}” as it is" for word in UNTRANSLATED if _holds(msgid, word) and not _holds(msgstr, word)]
    if re.search(rf"\b({_PREFIX}) - ", msgid) and not re.search(rf"\b({_PREFIX}) - ", msgstr):
        found.append("write the title prefix as one of the languages' own names, a space, a hyphen, a space")
    return found


def placeholders(text: str) -> frozenset[str]:
    return frozenset(_PLACEHOLDER.findall(text))


def ending(text: str) -> str:
    """The class of the sign a text ends with; the quotation mark or bracket after it does not count."""
    last = re.sub(rf"[”»)\s{NARROW}{HARD}]+$", "", _prose(text).replace("...", "…"))[-1:]
    return last if last in ".!?:;,…" else ""


def _prose(text: str) -> str:
    """The text without its tags; addresses, times and entities become a letter, so that their signs do not count."""
    return _NOT_PROSE.sub(lambda match: "" if match.group().startswith("<") else "x", text)


def _tags(text: str) -> Counter[str]:
    return Counter(match.group() for match in _TAG.finditer(text))


def _tag_faults(text: str) -> list[str]:
    """The names of the open tags stack up; each closing one must name the last."""
    still_open: list[str] = []
    for match in _TAG.finditer(text):
        name = match.group(1)
        if name in _VOID:
            continue
        if not match.group().startswith("</"):
            still_open.append(name)
        elif not still_open or still_open.pop() != name:
            return [f"close the tags in the order they were opened (at “{match.group()}”)"]
    return [f"close the tag <{name}>" for name in still_open]


def _holds(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
