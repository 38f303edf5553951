"""A help desk that really serves, from its own folder; and the way into its database for what a test needs there."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Self

from flask import Flask

from helpdesk import create_app, demo, serving
from helpdesk.accounts import queries, sessions
from helpdesk.accounts.person import Person
from helpdesk.config import Config
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket
from tests.builders import token
from tests.conftest import Client, Make

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 20


class Desk:
    """One instance with the demo's accounts and tickets, served by a process of its own; with `settings`, without them.

    `make` is the test's own hand in the same database: what it builds is there at once, because nothing is cached.
    """

    def __init__(self, instance: Path, *, entry: tuple[str, ...] = ("app.py",), **settings: object) -> None:
        self.instance = instance
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._entry = entry
        given = {"mode": "production", "public_url": self.address, **settings} if settings else {"mode": "demo"}
        self.settings = {**given, "instance": instance, "port": self.port}
        self._app = create_app(Config(**self.settings))
        self._app.test_client_class = Client
        self._app.testing = True
        self._cookies: dict[str, str] = {}
        self.make = Make(self._app)

    def __enter__(self) -> Self:
        serving.prepare(self._app)
        if self.settings["mode"] == "demo" and serving.is_empty(self._app):
            demo.load(self._app)
        self._errors = (self.instance / "errors.log").open("w")
        self.serve()
        return self

    def serve(self) -> None:
        """Begins to serve, also again after `stop` or `crash`: on the same port, with the same data."""
        variables = {one.name: one.metadata["variable"] for one in fields(Config)}
        environment = {**os.environ, **{variables[name]: str(value) for name, value in self.settings.items()}}
        environment["PYTHONPATH"] = str(ROOT)
        self._process = subprocess.Popen(
            [sys.executable, *self._entry], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=self._errors,
            text=True,
        )  # fmt: skip
        first = self._process.stdout.readline()
        assert self.address in first, f"the desk does not serve: {first}{self.errors()}"

    def stop(self) -> None:
        """Stops serving as an operator would."""
        self._process.terminate()
        self._process.wait(STOP_SECONDS)
        self._process.stdout.close()

    def crash(self) -> None:
        """The process is gone from one moment to the next."""
        self._process.kill()
        self._process.wait(STOP_SECONDS)
        self._process.stdout.close()

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._errors.close()
        with self._app.app_context():
            db.engine.dispose()

    def errors(self) -> str:
        """What the server has complained about so far."""
        return (self.instance / "errors.log").read_text()

    def cookie(self, person: Person, *, fresh: bool = False) -> str:
        """A session of this person, begun without a browser: the same one again, unless it has to be `fresh`."""
        if fresh or person.username not in self._cookies:
            cookie = self._sign_in(person)
            if fresh:
                return cookie
            self._cookies[person.username] = cookie
        return self._cookies[person.username]

    def _sign_in(self, person: Person) -> str:
        """Begins the session as the sign-in page does, without its deliberately slow look at the password."""
        client = self._app.test_client()
        begun = self.inside(lambda: sessions.start(queries.user(person.id), browser="", at=now()))
        with client.session_transaction(base_url=self.address) as cookie:
            cookie.permanent = True
            cookie["_user_id"], cookie["_fresh"] = begun.get_id(), True
        return client.get_cookie("session", domain="127.0.0.1").value

    @property
    def app(self) -> Flask:
        """The test's own application on the same database, for what no person does."""
        return self._app

    def inside(self, do: Callable[[], object]) -> object:
        """Does something in the desk's database and commits it."""
        return self.make.change(do)

    def fill(self, owner: Person, *, closed: Sequence[str]) -> None:
        """Many closed tickets at once."""

        def submit_and_close() -> None:
            for title in closed:
                ticket = service.submit(
                    submission=token(), language="en", title=title, description="Words.", by=owner, at=now()
                )
                service.close(ticket, by=owner, at=now())

        self.inside(submit_and_close)

    def ask(self, ticket: Ticket, by: Person, question: str = "Which browser?") -> None:
        """An agent requests information in the meantime."""
        self.inside(lambda: service.request_information(_row(ticket), question, submission=token(), by=by, at=now()))

    def answer(self, ticket: Ticket, by: Person, body: str) -> None:
        """An agent replies in the meantime."""
        self.inside(lambda: service.reply_as_agent(_row(ticket), body, submission=token(), by=by, at=now()))

    def close(self, ticket: Ticket, by: Person) -> None:
        """Somebody closes the ticket in the meantime."""
        self.inside(lambda: service.close(_row(ticket), by=by, at=now()))

    def forget(self, person: Person) -> None:
        """The kept session is not used again, because a test has ended it."""
        self._cookies.pop(person.username, None)


def _row(ticket: Ticket) -> Ticket:
    return db.session.get_one(Ticket, ticket.id)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def served(instance: Path, **settings: object) -> Iterator[Desk]:
    """A served desk, of which no fault may have been logged in the end."""
    with Desk(instance, **settings) as desk:
        yield desk
        assert "Traceback" not in desk.errors(), desk.errors()[:4000]
