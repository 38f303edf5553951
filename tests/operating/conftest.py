"""Where restored desks come from, and what is compared with them."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from helpdesk import create_app
from helpdesk.accounts.person import Person
from helpdesk.config import Config
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.files import service as files
from helpdesk.tickets import service as tickets
from tests import builders, postgresql
from tests.conftest import KEY

Elsewhere = Callable[[], Flask]


@pytest.fixture
def elsewhere(app: Flask, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Elsewhere]:
    """Makes an application with an empty instance, on the same kind of database as the test's own."""
    dropping: list[str] = []

    def make() -> Flask:
        address = ""
        if app.config["HELPDESK"].database_url:
            dropping.append(f"elsewhere_{builders.token()}")
            address = postgresql.create_database(request.getfixturevalue("postgresql_socket"), dropping[-1])
        folder = tmp_path / f"elsewhere-{builders.token()}"
        made.append(create_app(Config(instance=folder, secret_key=KEY, database_url=address)))
        return made[-1]

    made: list[Flask] = []
    yield make
    for other in made:
        with other.app_context():
            db.engine.dispose()
    for name in dropping:
        postgresql.drop_database(request.getfixturevalue("postgresql_socket"), name)


def ticket_with_file(app: Flask, owner: Person, words: bytes) -> int:
    """What a member does: adds a file and sends the form; the number of the ticket that they are told."""
    store, limits = app.config["FILES_STORE"], app.config["FILES_LIMITS"]
    prepared = files.receive(io.BytesIO(words), "steps.txt", store=store, limits=limits)
    form = builders.token()
    with app.app_context():
        intend_to_write()
        files.stage(prepared, submission=form, by=owner)
        ticket = tickets.submit(
            submission=form, language="en", title="It stops", description="At the payment page.", by=owner, at=now()
        )
        number = ticket.number
        db.session.commit()
    return number
