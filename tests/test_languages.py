"""The four languages: what a tag means, and a title's prefix, which is there exactly once."""

import unicodedata

import pytest

from helpdesk import languages

TAGS = [
    ("en", "en"), ("EN", "en"), ("en-GB", "en"), ("en_US.UTF-8", "en"), ("fr", "fr"), ("fr-CA", "fr"),
    ("fr_CH", "fr"), ("sv", "sv"), ("sv-SE", "sv"), ("sv-FI", "sv"), (" sv ", "sv"), ("es", "es"), ("es-419", "es"),
    ("ES-mx", "es"), ("es-Latn-MX", "es"), ("de", None), ("zh-Hant", None), ("*", None), ("", None), (None, None),
    ("english", None), ("e", None), ("frr", None), ("-fr", None), ("sv\x00", None), ("fr;q=1", None),
]  # fmt: skip


@pytest.mark.parametrize(("tag", "code"), TAGS)
def test_a_language_tag_means_one_of_ours_or_none(tag: str | None, code: str | None) -> None:
    assert languages.normalise(tag) == code


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("en", "English - The page is empty"),
        ("fr", "Français - The page is empty"),
        ("sv", "Svenska - The page is empty"),
        ("es", "Español - The page is empty"),
    ],
)
def test_the_prefix_is_the_languages_own_name(code: str, shown: str) -> None:
    assert languages.with_prefix(code, "The page is empty") == shown


NAMES = ("English", "Français", "Francais", "Svenska", "Español", "Espanol")
SIGNS = (" - ", "-", " – ", " — ", ": ", ":", "  -  ")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sign", SIGNS)
def test_a_typed_prefix_is_taken_off_in_every_way_of_typing_it(name: str, sign: str) -> None:
    for typed in (name, name.upper(), name.lower(), f"  {name}"):
        assert languages.without_prefix(f"{typed}{sign}The page is empty") == "The page is empty"


@pytest.mark.parametrize("code", languages.CODES)
def test_a_prefix_is_never_doubled_however_often_it_was_typed(code: str) -> None:
    once = languages.with_prefix(code, "The page is empty")
    twice = languages.with_prefix(code, once)

    for typed in (once, twice, f"English: {twice}"):
        assert languages.with_prefix(code, languages.without_prefix(typed)) == once


@pytest.mark.parametrize("typed", ["Français - ", "Français -", "English:", " svenska – ", "English - Español - "])
def test_a_title_of_nothing_but_a_prefix_is_no_title(typed: str) -> None:
    assert languages.without_prefix(typed) == ""


@pytest.mark.parametrize(
    "title",
    ["The English - French switch", "Svenskan fungerar inte", "Englisch - Deutsch", "Deutsch - Hallo", "-", "A"],
)
def test_what_is_no_prefix_stays(title: str) -> None:
    assert languages.without_prefix(title) == title


def test_a_title_with_decomposed_signs_is_composed_before_it_gets_here() -> None:
    decomposed = unicodedata.normalize("NFD", "Español")
    assert decomposed != "Español"
    assert languages.without_prefix(unicodedata.normalize("NFC", f"{decomposed} - Ayuda")) == "Ayuda"
