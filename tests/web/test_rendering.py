"""How values are written down and things called in a page: shorter than Jinja's own way, and with the same outcome."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, render_template_string
from jinja2 import pass_context, pass_eval_context
from jinja2.runtime import Context as JinjaContext
from jinja2.runtime import Undefined
from markupsafe import Markup, escape

from helpdesk.web.rendering import written


class Shown:
    def __html__(self) -> str:
        return "<i>shown</i>"

    def __str__(self) -> str:
        return "<not shown>"


@pytest.mark.parametrize(
    "value",
    ["<b>&'\"", Markup("<b>&amp;</b>"), 7, True, None, 1.5, Shown(), [Markup("<b>"), "<i>"], Undefined(name="x")],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_written_as_jinja_writes_it(value: object) -> None:
    assert str(written(value)) == str(escape(value))


def test_text_is_escaped_in_a_page_and_markup_is_not(app: Flask) -> None:
    with app.test_request_context():
        page = "{{ text }}|{{ markup }}|{{ number }}|{% macro m(x) %}<b>{{ x }}</b>{% endmacro %}{{ m(text) }}"
        said = render_template_string(page, text="<i>", markup=Markup("<u>"), number=3)
    assert said == "&lt;i&gt;|<u>|3|<b>&lt;i&gt;</b>"


def _ends() -> str:
    raise StopIteration


@pass_context
def _seen(context: JinjaContext) -> str:
    return str(context.get("one", "nothing"))


@pass_eval_context
def _escapes(page: object) -> str:
    return str(page.autoescape)  # type: ignore[attr-defined]


CALLED: list[tuple[str, Callable[..., object] | type, str]] = [
    ("{{ f('a', b='<') }}", lambda a, b: f"{a}{b}", "a&lt;"),
    ("{% for one in 'xy' %}{{ f(one) }}{% endfor %}", lambda one: one, "xy"),
    ("{% for one in 'xy' %}{% set one = one %}{{ f() }}{% endfor %}", _seen, "xy"),
    ("{{ f() }}", _escapes, "True"),
    ("{{ f(3) }}", str, "3"),
    ("{{ f() }}", _ends, ""),
]


@pytest.mark.parametrize(("page", "called", "said"), CALLED)
def test_what_a_page_calls_gets_what_it_wants(app: Flask, page: str, called: Callable[..., object], said: str) -> None:
    with app.test_request_context():
        assert render_template_string(page, f=called) == said


def test_a_macro_is_called_inside_and_outside_of_loops(app: Flask) -> None:
    def page() -> Iterator[str]:
        yield "{% macro m(x) %}[{{ x }}{{ caller() if caller }}]{% endmacro %}{{ m(1) }}"
        yield "{% for one in 'ab' %}{% set two = one %}{{ m(two) }}{% call m(one) %}!{% endcall %}{% endfor %}"

    with app.test_request_context():
        assert render_template_string("".join(page())) == "[1][a][a!][b][b!]"
