"""Our own mistakes and a database that is away: a whole page where a page was asked for, a notice for HTMX."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from helpdesk.accounts.person import Person
from helpdesk.web.gate import open_to_all
from tests.conftest import Client, Make


@open_to_all
def fail() -> str:
    raise RuntimeError("a mistake of ours")


def test_a_fault_is_a_page_for_browsers_and_a_notice_for_htmx(app: Flask, client: Client) -> None:
    app.testing = False
    app.add_url_rule("/fault", view_func=fail)

    whole = client.get("/fault", headers={"Accept-Language": "sv"})
    part = client.fragment("/fault", headers={"Accept-Language": "sv"})

    assert (whole.status_code, part.status_code) == (500, 500)
    assert "Något gick fel" in whole.text and "<h1>" in whole.text
    assert "Något gick fel" in part.text and "<h1>" not in part.text
    assert 'id="error"' in part.text
    assert "RuntimeError" not in whole.text + part.text


def test_while_the_database_is_away_people_who_are_signed_in_are_told_so_in_words(
    make: Make, as_person: Callable[[Person], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = as_person(make.member())

    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT", {}, Exception("the server closed the connection"))

    monkeypatch.setattr(Connection, "execute", away)
    for path in ("/technical-issues", "/profile", "/"):
        answer = browser.get(path, headers={"Accept-Language": "sv"})
        assert answer.status_code == 503 and answer.headers["Retry-After"].isdigit(), path
        assert "<h1>" in answer.text and "closed the connection" not in answer.text
    part = browser.fragment("/technical-issues")
    assert part.status_code == 503 and "<h1>" not in part.text
