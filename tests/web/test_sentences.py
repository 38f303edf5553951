"""Sentences of templates: in the language of the page, with their parts escaped."""

import pytest
from flask import Flask, g, render_template_string

from helpdesk.accounts.forms import ProfileForm
from helpdesk.languages import CODES


def shown(app: Flask, template: str, language: str = "fr", **parts: object) -> str:
    with app.test_request_context("/"):
        g.language = language
        return render_template_string(template, **parts)


def test_a_sentence_is_in_the_language_of_the_page(app: Flask) -> None:
    assert {code: shown(app, "{{ _('Help') }}", code) for code in CODES} == {
        "en": "Help", "fr": "Aide", "sv": "Hjälp", "es": "Ayuda",
    }  # fmt: skip


def test_what_is_put_into_a_sentence_is_escaped(app: Flask) -> None:
    page = shown(app, "{{ _('Hello %(name)s', name=name) }}", "en", name="<b>Ann & Bo</b>")

    assert page == "Hello &lt;b&gt;Ann &amp; Bo&lt;/b&gt;"


def test_a_text_without_html_is_left_as_it_is(app: Flask) -> None:
    page = shown(
        app, "{% autoescape false %}{{ _('Hello %(name)s', name=name) }}{% endautoescape %}", "en", name="A & B"
    )

    assert page == "Hello A & B"


@pytest.mark.parametrize(("number", "sentence"), [(0, "0 résultat"), (1, "1 résultat"), (2, "2 résultats")])
def test_a_number_chooses_the_form_that_the_language_has(app: Flask, number: int, sentence: str) -> None:
    assert shown(app, "{{ ngettext('%(num)d result', '%(num)d results', number) }}", number=number) == sentence


def test_a_word_is_told_apart_by_where_it_stands(app: Flask) -> None:
    assert shown(app, "{{ pgettext('ticket status', 'Open') }}") == "Ouvert"


def test_a_part_may_have_any_name(app: Flask) -> None:
    page = shown(app, "{{ _('Page %(page)s of %(pages)s', page=1, pages=2) }}", "en")

    assert page == "Page 1 of 2"


@pytest.mark.parametrize(
    ("language", "sentence"), [("fr", "N'est pas un choix valide."), ("en", "Not a valid choice.")]
)
def test_the_faults_of_a_forged_form_are_in_the_language_of_the_page(app: Flask, language: str, sentence: str) -> None:
    with app.test_request_context("/", method="POST", data={"time_zone": "Mars/Olympus"}):
        g.language = language
        form = ProfileForm(meta={"csrf": False})
        form.time_zone.choices = [("Europe/Paris", "Europe/Paris")]
        form.validate()

    assert form.time_zone.errors == [sentence]
