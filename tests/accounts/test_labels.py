"""Ranks are called as the guides of each language call them."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from helpdesk.accounts.labels import RANK_NAMES, rank_name
from helpdesk.ranks import LADDER


@pytest.fixture
def bare_app() -> Iterator[Flask]:
    """Only what the names need: an application that knows where the catalogues are."""
    app = Flask(__name__)
    Babel(app, default_translation_directories="../../translations")
    with app.app_context():
        yield app


def test_every_rank_of_the_usual_ladder_has_a_name():
    assert tuple(RANK_NAMES) == LADDER


@pytest.mark.usefixtures("bare_app")
@pytest.mark.parametrize(("language", "name"), [("en", "Silver"), ("fr", "Silver"), ("sv", "Silver"), ("es", "Plata")])
def test_silver_is_called_as_the_guide_of_the_language_calls_it(language: str, name: str):
    with force_locale(language):
        assert rank_name("Silver") == name


@pytest.mark.usefixtures("bare_app")
def test_a_rank_of_the_sites_own_shows_as_it_is():
    with force_locale("es"):
        assert rank_name("Copper") == "Copper"
