"""Sentences about files, as each language writes sizes and lists."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from helpdesk.files.labels import SENTENCES, file_size, limits_line, sentence
from helpdesk.files.policy import MIB, Limits
from helpdesk.refusals import Invalid


@pytest.fixture
def bare_app() -> Iterator[Flask]:
    """Only what the sentences need: an application that knows where the catalogues are."""
    app = Flask(__name__)
    Babel(app, default_translation_directories="../../translations")
    with app.app_context():
        yield app


@pytest.mark.usefixtures("bare_app")
@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "PNG, JPG, GIF, WebP, PDF, or TXT, up to 10 MB per file, 5 files at most"),
        ("fr", "PNG, JPG, GIF, WebP, PDF ou TXT, 10\u202fMo maximum par fichier, 5 fichiers au plus"),
        ("sv", "PNG, JPG, GIF, WebP, PDF eller TXT, högst 10\u00a0MB per fil och högst 5 filer"),
        ("es", "PNG, JPG, GIF, WebP, PDF o TXT, 10 MB como máximo por archivo y 5 archivos como máximo"),
    ],
)
def test_the_limits_fit_in_one_line_of_each_language(language, line):
    with force_locale(language):
        assert limits_line(Limits()).replace("\u00a0", " ") == line.replace("\u00a0", " ")


@pytest.mark.usefixtures("bare_app")
@pytest.mark.parametrize(
    ("size", "text"),
    [
        (1, "1 kB"),
        (1023, "1 kB"),
        (12_000, "12 kB"),
        (MIB - 1, "1 MB"),
        (MIB, "1 MB"),
        (1_500_000, "1.4 MB"),
        (10 * MIB, "10 MB"),
        (26_000_000, "25 MB"),
    ],
)
def test_sizes_are_short_and_never_bytes(size, text):
    with force_locale("en"):
        assert file_size(size) == text


@pytest.mark.usefixtures("bare_app")
@pytest.mark.parametrize("language", ["en", "fr", "sv", "es"])
@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_refusal_has_a_whole_sentence_with_the_name_as_it_is(language, code):
    name = "100%(name)s <b>.png"
    with force_locale(language):
        words = sentence(Invalid(code, name=name, size=10 * MIB, count=5))
    assert words
    assert "%(" not in words.replace(name, "")
    assert name in words or not code.startswith("file_")


@pytest.mark.usefixtures("bare_app")
def test_a_file_that_is_too_large_is_named_in_the_readers_language():
    refusal = Invalid("file_too_large", name="bild.png", size=10 * MIB)
    with force_locale("fr"):
        assert sentence(refusal) == "«\u202fbild.png\u202f» dépasse 10\u202fMo."
    with force_locale("sv"):
        assert sentence(refusal).startswith("”bild.png” är större än 10")
