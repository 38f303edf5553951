"""The catalogues are full, fresh and well set: what the code asks for is there in four languages, and nothing else."""

import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from tests.house.typography import faults, pair_faults, source_faults
from translations import sync

ROOT = Path(__file__).resolve().parents[2]
TRANSLATIONS = ROOT / "translations"
SYNC = "run `make translate`, which brings the catalogues into line with the source"
Key = tuple[str | None, str, str | None]  # context, English text, English plural


@pytest.fixture(scope="module")
def template() -> Catalog:
    """What the code and the templates ask for now, extracted in memory."""
    return read_po(BytesIO(sync.template_text(ROOT)), charset="utf-8")


@pytest.fixture(scope="module", params=sync.LANGUAGES)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    """One language's .po as it is committed."""
    path = sync.po_path(TRANSLATIONS, request.param)
    return read_po(BytesIO(path.read_bytes()), locale=request.param, abort_invalid=True)


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def key(message: Message) -> Key:
    """What a message is asked for by."""
    one, many = message.id if message.pluralizable else (message.id, None)
    return message.context, one, many


def pairs(message: Message) -> list[tuple[str, str]]:
    """Each translated form beside the English that it must match. The plural speaks for all forms, because no two
    languages share out the numbers in the same way."""
    if message.pluralizable:
        return [(message.id[1], form) for form in message.string]
    return [(message.id, message.string)]


def test_the_template_holds_what_the_source_asks_for(template: Catalog):
    on_disk = read_po(BytesIO((TRANSLATIONS / "messages.pot").read_bytes()), charset="utf-8")
    asked, held = {key(m) for m in messages(template)}, {key(m) for m in messages(on_disk)}
    assert asked, "nothing was extracted: look at translations/babel.cfg"
    assert asked - held == set(), f"missing in messages.pot: {SYNC}"
    assert held - asked == set(), f"obsolete in messages.pot: {SYNC}"


def test_a_catalogue_holds_every_message_and_no_other(template: Catalog, catalogue: Catalog):
    asked, held = {key(m) for m in messages(template)}, {key(m) for m in messages(catalogue)}
    assert asked - held == set(), f"missing in {catalogue.locale}: {SYNC}"
    assert held - asked == set(), f"obsolete in {catalogue.locale}: {SYNC}"
    assert not catalogue.obsolete, f"obsolete in {catalogue.locale}: {SYNC}"


def test_every_message_is_translated_and_none_is_a_guess(catalogue: Catalog):
    empty = [sync.label(m) for m in messages(catalogue) if not sync.is_translated(m)]
    fuzzy = [sync.label(m) for m in messages(catalogue) if m.fuzzy]
    assert empty == [], f"write the {catalogue.locale} text of these into {catalogue.locale}/LC_MESSAGES/messages.po"
    assert fuzzy == [], f"check these in {catalogue.locale} and take the word fuzzy away"


def test_every_plural_has_as_many_forms_as_its_language(catalogue: Catalog):
    wrong = [sync.label(m) for m in messages(catalogue) if m.pluralizable and len(m.string) != catalogue.num_plurals]
    assert wrong == [], f"{catalogue.locale} has {catalogue.num_plurals} forms: write each of them"


def test_the_compiled_catalogue_says_what_the_written_one_says(catalogue: Catalog):
    committed = sync.po_path(TRANSLATIONS, str(catalogue.locale)).with_suffix(".mo").read_bytes()
    fresh = BytesIO()
    write_mo(fresh, catalogue)
    assert sentences(committed) == sentences(fresh.getvalue()), f"messages.mo is stale: {SYNC}"


def sentences(compiled: bytes) -> dict[Key, tuple[str, ...] | str]:
    """What a compiled catalogue says, without the dates in its header."""
    return {key(message): message.string for message in messages(read_mo(BytesIO(compiled)))}


def test_the_english_texts_are_well_set(template: Catalog):
    found = [
        f"{sync.label(message)}: {fault}"
        for message in messages(template)
        for text in (message.id if message.pluralizable else (message.id,))
        for fault in source_faults(text)
    ]
    assert found == [], "correct these in the source:\n" + "\n".join(found)


def test_the_english_forms_of_a_plural_ask_for_the_same_values(template: Catalog):
    plurals = [message for message in messages(template) if message.pluralizable]
    found = [f"{sync.label(m)}: {fault}" for m in plurals for fault in pair_faults(m.id[1], m.id[0])]
    assert found == [], "correct these in the source:\n" + "\n".join(found)


def test_the_translations_are_well_set_and_match_their_source(catalogue: Catalog):
    found = [
        f"{sync.label(message)}\n    {form}\n    -> {fault}"
        for message in filter(sync.is_translated, messages(catalogue))
        for source, form in pairs(message)
        for fault in faults(str(catalogue.locale), form) + pair_faults(source, form)
    ]
    assert found == [], f"correct these in {catalogue.locale}:\n" + "\n".join(found)


def test_the_command_changes_nothing_in_catalogues_that_are_in_line(tmp_path: Path):
    copy = copy_of_the_tree(tmp_path)
    finished = subprocess.run(
        [sys.executable, copy / "translations" / "sync.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert finished.stderr == "", finished.stdout
    for name in ("messages.pot", *(f"{code}/LC_MESSAGES/messages.po" for code in sync.LANGUAGES)):
        assert (copy / "translations" / name).read_bytes() == (TRANSLATIONS / name).read_bytes(), f"{name}: {SYNC}"


def test_the_command_drops_what_is_gone_and_names_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    copy = copy_of_the_tree(tmp_path)
    for folder in ("helpdesk", "templates"):
        shutil.rmtree(copy / folder)
        (copy / folder).mkdir()
    (copy / "templates" / "new.html").write_text('{{ _("A sentence from tomorrow.") }}', encoding="utf-8")

    assert sync.main(copy) == 1

    assert "sv: 1 missing\n    A sentence from tomorrow." in capsys.readouterr().out
    assert "On this page" not in sync.po_path(copy / "translations", "sv").read_text(encoding="utf-8")


def copy_of_the_tree(folder: Path) -> Path:
    """The parts of the project that the command reads and writes."""
    for name in ("helpdesk", "templates", "translations"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder
