"""The plain rules: how long what is kept, what stands in place of what was removed, where a passage stands."""

from datetime import UTC, datetime

import pytest

from helpdesk.privacy import keeping, marks
from helpdesk.privacy.keeping import DEFAULTS, Span
from helpdesk.privacy.redaction import passages


@pytest.mark.parametrize(
    ("span", "at", "before"),
    [
        (Span(days=1), "2026-03-01", "2026-02-28"),
        (Span(months=1), "2026-03-31", "2026-02-28"),
        (Span(months=1), "2024-03-31", "2024-02-29"),
        (Span(months=24), "2026-11-22", "2024-11-22"),
        (Span(months=12), "2026-01-01", "2025-01-01"),
        (Span(months=1), "2026-01-15", "2025-12-15"),
    ],
)
def test_a_time_counts_back_as_people_do(span: Span, at: str, before: str) -> None:
    assert span.before(datetime.fromisoformat(at)) == datetime.fromisoformat(before)


def test_what_a_site_sets_stands_in_place_of_the_usual() -> None:
    spans = keeping.read(["tickets 12m", "  Abandoned 7 d ", "log never"]).spans
    assert spans == {**DEFAULTS, "tickets": Span(months=12), "abandoned": Span(days=7), "log": None}
    assert keeping.read([]).spans == DEFAULTS and None not in DEFAULTS.values(), "everything ends by itself"


@pytest.mark.parametrize(
    "written", ["tickets", "tickets 12", "cats 12m", "tickets 0m", "tickets -1d", "exports never", "mail never", "12m"]
)
def test_what_cannot_be_meant_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        keeping.read([written])


def test_nothing_goes_that_is_kept_for_ever() -> None:
    assert keeping.read(["log never"]).before("log", datetime(2026, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("text", "passage", "without"),
    [
        ("my card 4111 and 4111", "4111", "my card # and #"),
        ("aaaa", "aa", "##"),
        ("nothing here", "4111", "nothing here"),
        ("Été 4111", "4111", "Été #"),
        ("4111", "4111", "#"),
        ("", "x", ""),
    ],
)
def test_a_passage_goes_wherever_it_stands(text: str, passage: str, without: str) -> None:
    assert passages.without(text, passages.places(text, passage), "#") == without


def test_places_that_a_text_does_not_have_are_passed_over() -> None:
    assert passages.without("short", [[3, 40], [-1, 2], [0, 2]], "#") == "#ort"


@pytest.mark.parametrize("language", ["en", "fr", "sv", "es"])
def test_a_mark_is_in_the_language_of_what_it_stands_in(language: str) -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    said = {marks.deleted(language), marks.passage(language, at), marks.file(language, at), marks.former(language, 7)}
    others = {marks.deleted(other) for other in ("en", "fr", "sv", "es") if other != language}
    assert len(said) == 4 and not said & others
    assert "2026-11-22" in marks.passage(language, at) and "7" in marks.former(language, 7)


def test_a_language_that_we_do_not_have_is_english() -> None:
    assert marks.deleted(None) == marks.deleted("de") == marks.deleted("en")
