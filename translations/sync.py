"""Behind `make translate`: brings the catalogues into line with the source, and says which sentences still wait.

What it writes carries no dates and no line numbers: the diff of a catalogue is the sentences that changed, no more.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

LANGUAGES = ("fr", "sv", "es")
KEYWORDS = {**DEFAULT_KEYWORDS, **parse_keywords(["_l", "lazy_gettext", "lazy_pgettext:1c,2", "lazy_ngettext:1,2"])}
COMMENTS_FOR_TRANSLATORS = ("NOTE:",)
PLAIN = {"sort_output": True, "no_location": True, "omit_header": True}
# A compiled catalogue must carry some date; a fixed one keeps the file the same for the same sentences.
DATELESS = datetime(2000, 1, 1, tzinfo=UTC)
HEADER = """\
# {language} translations of the help desk.
msgid ""
msgstr ""
"Project-Id-Version: helpdesk VERSION\\n"
"Language: {code}\\n"
"Plural-Forms: {plural_forms}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def main(root: Path) -> int:
    """Writes every catalogue under `root` and prints what is missing. Returns 1 if anything is, else 0."""
    missing = sync(root)
    for code, messages in missing.items():
        print(f"{code}: {len(messages)} missing", *map(label, messages), sep="\n    ")
    return int(any(missing.values()))


def sync(root: Path) -> dict[str, list[Message]]:
    """Brings messages.pot and each .po and .mo under `root` up to date. Returns the missing ones by language."""
    translations = root / "translations"
    text = template_text(root)
    (translations / "messages.pot").write_bytes(text)
    missing = {}
    for code in LANGUAGES:
        path = po_path(translations, code)
        catalogue = merged(read_po(BytesIO(text), charset="utf-8"), read_catalogue(path, code))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(po_text(catalogue))
        path.with_suffix(".mo").write_bytes(_written(write_mo, catalogue))
        missing[code] = [message for message in catalogue if message.id and not is_translated(message)]
    return missing


def template_text(root: Path) -> bytes:
    """messages.pot as the source under `root` asks for it."""
    with (root / "translations" / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(str(root), methods, options, KEYWORDS, COMMENTS_FOR_TRANSLATORS)
    template = Catalog(charset="utf-8")
    for _file, _line, ident, comments, context in found:
        template.add(ident, auto_comments=comments, context=context)
    return _written(write_po, template, width=76, **PLAIN)


def merged(template: Catalog, old: Catalog) -> Catalog:
    """The template's messages with the old translations. What the source no longer says is dropped; nothing is guessed,
    because a sentence carried over from a similar one reads well and says something else."""
    new = Catalog(locale=old.locale, charset="utf-8", fuzzy=False, creation_date=DATELESS, revision_date=DATELESS)
    for message in list(template)[1:]:  # the first one is the header
        known = old.get(message.id, message.context)
        string = known.string if known and known.pluralizable == message.pluralizable else None
        new.add(message.id, string, flags=message.flags, auto_comments=message.auto_comments, context=message.context)
    return new


def is_translated(message: Message) -> bool:
    """Whether every form of the message has a text."""
    forms = message.string if message.pluralizable else (message.string,)
    return bool(forms) and all(forms)


def label(message: Message) -> str:
    """A message as a person looks for it: its English text, with the context in front."""
    text = message.id[0] if message.pluralizable else message.id
    return f"[{message.context}] {text}" if message.context else text


def po_path(translations: Path, code: str) -> Path:
    return translations / code / "LC_MESSAGES" / "messages.po"


def read_catalogue(path: Path, code: str) -> Catalog:
    """One language's .po; an empty catalogue for a language that has none yet."""
    return read_po(BytesIO(path.read_bytes()), locale=code) if path.exists() else Catalog(locale=code)


def po_text(catalogue: Catalog) -> bytes:
    language = Locale.parse(catalogue.locale).get_display_name("en")
    header = HEADER.format(language=language, code=catalogue.locale, plural_forms=catalogue.plural_forms)
    return header.encode() + _written(write_po, catalogue, width=120, **PLAIN)


def _written(write: Callable[..., None], catalogue: Catalog, **options: bool | int) -> bytes:
    file = BytesIO()
    write(file, catalogue, **options)
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent.parent))
