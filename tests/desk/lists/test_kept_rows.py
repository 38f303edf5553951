"""The pages of the lists, whose rows are kept as they were rendered: each reader's own words, and what holds now."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import bindparam, update

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.tickets.models import Ticket
from tests.conftest import Client, Make

LISTS = ["/desk/tickets", "/desk/tickets?status=any&q=order", "/desk/tickets?columns=waiting.opened&sort=opened"]

_ZONE = update(User).where(User.id == bindparam("agent_id")).values(time_zone="America/New_York")


@pytest.fixture
def team(make: Make) -> list[Person]:
    """Two agents who read other languages in other zones, and a few tickets."""
    owner = make.member(name="Maja <b>Lind</b>")
    for place in range(3):
        make.ticket(owner, f"The order {place} & more", at=now() - timedelta(hours=place + 2))
    agents = [make.agent(language="en"), make.agent(language="fr")]
    make.change(lambda: db.session.execute(_ZONE, {"agent_id": agents[1].id}))
    return agents


@pytest.mark.parametrize("path", LISTS)
def test_no_reader_gets_what_was_rendered_for_another(
    app: Flask, make: Make, team: list[Person], as_person: Callable[[Person], Client], path: str
) -> None:
    readers = [as_person(person) for person in team]
    app.extensions["pieces"].forget_all()
    first = [_body(reader.get(path)) for reader in readers]
    assert app.extensions["pieces"].made_of, "the second reader comes where the first one's pieces are kept"
    app.extensions["pieces"].forget_all()
    assert [_body(reader.get(path)) for reader in reversed(readers)] == first[::-1]
    english, french = first
    assert "hours ago" in english and "hours ago" not in french and "il y a" in french
    assert "Maja <b>" not in english + french and "1 &amp; more" in english


def test_a_change_shows_at_once(make: Make, team: list[Person], as_person: Callable[[Person], Client]) -> None:
    reader = as_person(team[0])
    assert "Maja" in reader.get("/desk/tickets").text
    make.change(lambda: db.session.execute(update(User).where(User.name.startswith("Maja")).values(name="Erased")))
    make.change(lambda: db.session.execute(update(Ticket).values(status="closed")))
    page = reader.get("/desk/tickets?status=any").text
    assert "Maja" not in page and page.count("Erased") == 3 and page.count('class="tag closed"') == 3


def test_no_secret_of_a_form_is_kept(app: Flask, team: list[Person], as_person: Callable[[Person], Client]) -> None:
    reader = as_person(team[0])
    page = reader.get("/desk/tickets").text
    secret = page.partition('"X-CSRFToken": "')[2].partition('"')[0]
    assert len(secret) > 20
    assert not any(secret in piece or secret in key[1] for key, piece in app.extensions["pieces"]._now.items())


def _body(response: object) -> str:
    """The list of a page, without the secrets of its forms."""
    text: str = response.text  # type: ignore[attr-defined]
    first, *others = text.partition('id="filters"')[2].split('name="csrf_token" value="')
    return first + "".join(part.partition('"')[2] for part in others)
