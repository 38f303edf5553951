"""Kept pieces of pages: found again only by all that they show, forgotten when they are not shown, and not too many."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from jinja2 import DictLoader
from jinja2.runtime import Macro
from markupsafe import Markup

from helpdesk.web import pieces
from helpdesk.web.language import read_by
from helpdesk.web.pieces import SPAN_SECONDS, Pieces

PAGES = {
    "kept.html": '{% macro row(a, b=none) %}{% do made(a) %}<b>{{ _("Help") }} {{ a }}|{{ b }}</b>{% endmacro %}'
    "{% macro other(a, b=none) %}<i>{{ a }}</i>{% endmacro %}"
}


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def made() -> list[object]:
    return []


@pytest.fixture
def macro(app: Flask, made: list[object]) -> Callable[[str, str], Macro]:
    """A macro of the kept template in a language; `made` hears of each time that one is rendered."""
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.loader = DictLoader(PAGES)
    app.jinja_env.globals["made"] = made.append

    def of(name: str = "row", language: str = "en") -> Macro:
        with app.test_request_context(), read_by(language, None):
            return getattr(app.jinja_env.get_template("kept.html").module, name)

    return of


def test_a_piece_is_rendered_once_for_the_same_values(macro, made: list[object]) -> None:
    kept = Pieces().kept
    assert kept(macro(), "x", (1, "y")) == kept(macro(), "x", (1, "y")) == "<b>Help x|(1, &#39;y&#39;)</b>"
    assert made == ["x"]


DIFFERENT = [
    (("a",), ("b",)),
    (("<i>",), (Markup("<i>"),)),
    (("1",), (1,)),
    ((1,), (True,)),
    ((0,), (None,)),
    (("",), (None,)),
    (("a", "b"), ("a', 'b",)),
    ((("a",), "b"), ("a", ("b",))),
    (((("<i>", True),),), (((Markup("<i>"), True),),)),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT, ids=repr)
def test_other_values_are_another_piece(macro, one: tuple[object, ...], other: tuple[object, ...]) -> None:
    pieces, row = Pieces(), macro()
    first, second = pieces.kept(row, *one), pieces.kept(row, *other)
    assert (first, second) == (row(*one), row(*other))
    assert len(pieces) == 2


def test_another_macro_and_another_language_are_another_piece(macro) -> None:
    kept = Pieces().kept
    assert kept(macro(), "x") == "<b>Help x|None</b>"
    assert kept(macro("other"), "x") == "<i>x</i>"
    assert kept(macro(language="fr"), "x") == "<b>Aide x|None</b>"
    assert kept(macro(), "x") == "<b>Help x|None</b>"


@pytest.mark.parametrize(
    "value",
    [["a"], {"a": 1}, datetime(2026, 3, 6, tzinfo=UTC), object(), ("a", ["b"])],
    ids=lambda one: type(one).__name__,
)
def test_what_two_things_could_be_written_as_is_refused(macro, value: object) -> None:
    with pytest.raises(TypeError):
        Pieces().kept(macro(), value)


def test_what_is_not_shown_any_more_is_forgotten_within_two_spans(macro, made: list[object], clock: Clock) -> None:
    pieces, row = Pieces(clock), macro()
    pieces.kept(row, "gone")
    for _span in range(3):
        clock.seconds += SPAN_SECONDS
        pieces.kept(row, "shown")
    assert made == ["gone", "shown"], "what is shown again and again is rendered once"
    pieces.kept(row, "gone")
    assert made == ["gone", "shown", "gone"]


def test_it_is_forgotten_too_when_nobody_looks_at_any_page(macro, clock: Clock) -> None:
    pieces = Pieces(clock)
    pieces.kept(macro(), "gone")
    for _span in range(2):
        clock.seconds += SPAN_SECONDS
        pieces.forget_unused()
    assert len(pieces) == 0


def test_a_long_silence_forgets_everything_at_once(macro, clock: Clock) -> None:
    pieces = Pieces(clock)
    pieces.kept(macro(), "gone")
    clock.seconds += 2 * SPAN_SECONDS
    pieces.forget_unused()
    assert len(pieces) == 0


def test_the_memory_of_all_pieces_is_bounded(macro) -> None:
    pieces, row = Pieces(most_bytes=20_000), macro()
    for number in range(300):
        pieces.kept(row, number)
        assert pieces.taken <= 20_000
    assert 0 < len(pieces) < 300
    too_large = "x" * 20_000
    assert too_large in pieces.kept(row, too_large)
    assert pieces.taken <= 20_000


def test_the_span_is_short_enough_for_what_was_erased() -> None:
    assert 2 * pieces.SPAN_SECONDS <= 600
