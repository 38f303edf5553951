"""Templates by language: each page says its sentences in the reader's, however often it has been made in another."""

import pytest
from flask import Flask, render_template, url_for
from jinja2 import DictLoader

from helpdesk.web.language import read_by

PAGES = {
    "page.html": '{% extends "frame.html" %}{% block body %}{{ _("Help") }} {{ part(_("Sign in")) }}{% endblock %}'
    '{% macro part(text) %}<b title="{{ text|upper }}">{{ text }}</b>{% endmacro %}',
    "frame.html": '{{ pgettext("ticket status", "Open") }}: {% block body %}{% endblock %}'
    '{{ _("Ticket no. %(number)s", number="<7>") }}',
    "page.txt": '{{ _("What’s this?") }}{{ _("Ticket no. %(number)s", number="<7>") }}',
    "list.html": "{{ url_for('home.help', tag=tags, q=typed) }}",
}
SAID = {
    "en": 'Open: Help <b title="SIGN IN">Sign in</b>Ticket no. &lt;7&gt;',
    "fr": 'Ouvert: Aide <b title="SE CONNECTER">Se connecter</b>Ticket n° &lt;7&gt;',
    "sv": 'Öppet: Hjälp <b title="LOGGA IN">Logga in</b>Ärende nr &lt;7&gt;',
}


@pytest.fixture
def pages(app: Flask) -> Flask:
    app.jinja_env.loader = DictLoader(PAGES)
    return app


@pytest.mark.parametrize("order", [["en", "fr", "sv"], ["sv", "en", "fr", "en"]])
def test_each_reader_gets_their_own_sentences(pages: Flask, order: list[str]) -> None:
    with pages.test_request_context():
        for language in order:
            with read_by(language, None):
                assert render_template("page.html").replace("\N{NO-BREAK SPACE}", " ") == SAID[language]


def test_a_text_is_not_escaped_and_a_page_is(pages: Flask) -> None:
    with pages.test_request_context(), read_by("en", None):
        assert render_template("page.txt") == "What’s this?Ticket no. <7>"


def test_an_address_is_what_flask_says_even_with_several_values(pages: Flask) -> None:
    with pages.test_request_context():
        for tags in (["a", "b"], "a", ("c", "d")):
            expected = url_for("home.help", tag=tags, q="é")
            assert render_template("list.html", tags=tags, typed="é").replace("&amp;", "&") == expected
