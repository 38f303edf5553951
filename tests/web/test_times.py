"""Times on pages: in the reader's language and zone, and as a machine reads them."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, g

from helpdesk.database import now
from helpdesk.web import filters

MOMENT = datetime(2020, 8, 3, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "zone", "text"),
    [("en", "UTC", "3 Aug 2020"), ("fr", "Europe/Paris", "4 août 2020"), ("sv", "Europe/Stockholm", "4 aug. 2020")],
)
def test_a_day_is_the_readers_day(app: Flask, language: str, zone: str, text: str) -> None:
    with app.test_request_context("/"):
        g.language, g.zone = language, zone
        day = filters.day(MOMENT)

    assert f">{text}</time>" in day
    assert 'datetime="2020-08-03T22:30:00Z"' in day


def test_the_full_time_stands_behind_a_moment(app: Flask) -> None:
    with app.test_request_context("/"):
        g.language, g.zone = "en", "Europe/Paris"
        assert 'title="Tuesday 4 August 2020, 00:30 Central European Summer Time"' in filters.when(MOMENT)


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1, seconds=1), "61 seconds ago"),
        (timedelta(minutes=5, seconds=3), "5 minutes ago"),
        (timedelta(minutes=60, seconds=3), "60 minutes ago"),
        (timedelta(hours=3, minutes=20), "3 hours ago"),
        (timedelta(days=6, hours=23), "7 days ago"),
    ],
)
def test_what_is_fresh_is_told_by_how_long_ago_it_was(app: Flask, passed: timedelta, text: str) -> None:
    with app.test_request_context("/"):
        g.language, g.zone = "en", "UTC"
        assert filters.relative_time(now() - passed) == text


def test_what_is_a_week_old_is_told_by_its_date(app: Flask) -> None:
    with app.test_request_context("/"):
        g.language, g.zone = "en", "UTC"
        assert filters.relative_time(MOMENT) == "3 Aug 2020, 22:30"
