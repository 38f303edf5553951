"""The made-up language marks every text, makes it longer, and leaves alone what the program fills in."""

import gettext
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tests.house import pseudo


@pytest.mark.parametrize(
    ("text", "made_up"),
    [
        ("Help", "⟦Héļp ōņē⟧"),
        ("%(name)s left", "⟦%(name)s ļéfţ ōņē⟧"),
        ("100%% done", "⟦100%% ðöñé ōņē ťŵō⟧"),
        ("A &amp; B", "⟦Å &amp; B ōņē⟧"),
        ("<b>%(num)d</b>", "<b>⟦%(num)d⟧</b>"),
        ("Read <a href='%(url)s'>this</a> now", "⟦Řéåð⟧ <a href='%(url)s'>⟦ţhîš⟧</a> ⟦ñöw ōņē ťŵō ţħŕē⟧"),
        ("", ""),
    ],
)
def test_a_text_is_bracketed_and_its_placeholders_and_tags_stay(text: str, made_up: str):
    assert pseudo.pseudo(text) == made_up


@pytest.mark.parametrize(
    ("text", "longer_by"),
    [("a" * 1, 1), ("a" * 19, 19), ("a" * 20, 8), ("a" * 50, 20), ("%(name)s" + "a" * 10, 10)],
)
def test_a_short_text_doubles_and_a_longer_one_grows_by_two_fifths(text: str, longer_by: int):
    assert len(pseudo.pseudo(text)) == len(text) + longer_by + len("⟦⟧")


def test_the_catalogue_answers_for_plain_plural_and_context(tmp_path: Path):
    template = Catalog()
    template.add("Help")
    template.add(("%(num)d file", "%(num)d files"))
    template.add("Open", context="verb")

    with pseudo.write(template, tmp_path).open("rb") as file:
        made_up = gettext.GNUTranslations(file)

    assert made_up.gettext("Help") == pseudo.pseudo("Help")
    assert made_up.ngettext("%(num)d file", "%(num)d files", 1) == pseudo.pseudo("%(num)d file")
    assert made_up.ngettext("%(num)d file", "%(num)d files", 2) == pseudo.pseudo("%(num)d files")
    assert made_up.pgettext("verb", "Open") == pseudo.pseudo("Open")
