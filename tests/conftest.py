"""What every test can have: a fresh instance with its database, a client, somebody signed in, both databases."""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from werkzeug.test import TestResponse

from helpdesk import create_app, serving
from helpdesk.accounts.person import Person
from helpdesk.config import Config
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from tests import builders, postgresql

COMPILED = FileSystemBytecodeCache(tempfile.mkdtemp(prefix="helpdesk-templates-"))
KEY = "a key for the tests only, long enough 0123456789"


class Client(FlaskClient):
    """A browser without script: keeps cookies, sends each form's secret, speaks from the loopback address."""

    csrf = ""

    def open(self, *arguments: object, **options: object) -> TestResponse:
        data = options.get("data")
        unsafe = options.get("method", "GET") not in {"GET", "HEAD", "OPTIONS"}
        if unsafe and self.csrf and (data is None or isinstance(data, dict)) and "csrf_token" not in (data or {}):
            options["data"] = {**(data or {}), "csrf_token": self.csrf}
        response = super().open(*arguments, **options)
        self._learn(response)
        return response

    def _learn(self, response: TestResponse) -> None:
        if response.mimetype != "text/html" or "Content-Encoding" in response.headers:
            return
        found = re.search(r'name="csrf_token" value="([^"]+)"', response.text)
        found = found or re.search(r"X-CSRFToken&#34;: &#34;([^&]+)|X-CSRFToken\": \"([^\"]+)", response.text)
        if found:
            self.csrf = next(part for part in found.groups() if part)

    def fragment(self, path: str, **options: object) -> TestResponse:
        """Asks as HTMX does for a part of a page."""
        headers = {"HX-Request": "true", "HX-Request-Type": "partial", **dict(options.pop("headers", {}))}
        return self.open(path, headers=headers, **options)

    def sign_in(self, person: Person, password: str = builders.PASSWORD) -> "Client":
        """Signs in through the page, as a person does."""
        self.get("/sign-in")
        answer = self.post("/sign-in", data={"username": person.username, "password": password})
        assert answer.status_code == 303, answer.text
        self.get("/help")  # any page that holds the secret of the new session
        return self


def make_app(instance: Path, **settings: object) -> Flask:
    """An application for tests, with its instance in a folder of its own."""
    app = create_app(Config(instance=instance, secret_key=KEY, **settings))
    app.test_client_class = Client
    app.testing = True
    # Each test has an application of its own; compiling the same templates for each would take most of the time.
    app.jinja_env.bytecode_cache = COMPILED
    return app


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An upgraded, empty SQLite database, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("prepared")
    app = make_app(folder)
    serving.prepare(app)
    with app.app_context():
        db.engine.dispose()
    return folder / "helpdesk.sqlite"


@pytest.fixture(scope="session")
def postgresql_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server with an upgraded, empty database to copy."""
    with postgresql.server(tmp_path_factory.mktemp("postgresql")) as socket:
        address = postgresql.create_database(socket, "prepared")
        app = make_app(tmp_path_factory.mktemp("prepared-on-postgresql"), database_url=address)
        serving.prepare(app)
        with app.app_context():
            db.engine.dispose()
        yield socket


@pytest.fixture
def settings() -> dict[str, object]:
    """Settings of this test's application; a module or a mark may give others."""
    return {}


@pytest.fixture
def app(tmp_path: Path, prepared_sqlite: Path, settings: dict[str, object]) -> Iterator[Flask]:
    """An application on the embedded database. No context is open: requests get their own, as when it serves."""
    shutil.copy(prepared_sqlite, tmp_path / "helpdesk.sqlite")
    app = make_app(tmp_path, **settings)
    yield app
    _dispose(app)


@pytest.fixture
def app_context(app: Flask) -> Iterator[Flask]:
    """The application with its context open, for builders and services; not for requests."""
    with app.app_context():
        yield app
        db.session.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path, settings: dict[str, object]) -> Iterator[Flask]:
    """An application on SQLite and then, the same test, on a real PostgreSQL. No context is open.

    A module whose tests make requests or sockets on both calls it its `app`.
    """
    socket, name, address = "", f"test_{builders.token()}", ""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("prepared_sqlite"), tmp_path / "helpdesk.sqlite")
    else:
        socket = request.getfixturevalue("postgresql_socket")
        address = postgresql.create_database(socket, name, template="prepared")
    app = make_app(tmp_path, database_url=address, **settings)
    yield app
    _dispose(app)
    if socket:
        postgresql.drop_database(socket, name)


@pytest.fixture
def on_both(either: Flask) -> Iterator[Flask]:
    """The application with its context open, on both databases."""
    with either.app_context():
        yield either
        db.session.remove()


def _dispose(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


class Make:
    """The builders, each run in a context of the application: `make.member(rank="Silver")`."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Callable[..., object]:
        builder = getattr(builders, name)

        def inside(*arguments: object, **facts: object) -> object:
            with self._app.app_context():
                return builder(*arguments, **facts)

        return inside

    def look(self, question: Callable[[], object]) -> object:
        """The answer to a question about the database, asked in a fresh context."""
        with self._app.app_context():
            return question()

    def change(self, do: Callable[[], object]) -> object:
        """Does something in the database and commits it."""

        def and_commit() -> object:
            intend_to_write()
            answer = do()
            db.session.commit()
            return answer

        return self.look(and_commit)


@pytest.fixture
def make(app: Flask) -> Make:
    """Makes members, agents and tickets, and looks at what is in the database."""
    return Make(app)


@pytest.fixture
def client(app: Flask) -> Client:
    """A browser that nobody has signed in with."""
    return app.test_client()


@pytest.fixture
def as_person(app: Flask) -> Callable[[Person], Client]:
    """Gives a browser of its own to each person that it is called with, signed in."""

    def sign_in(person: Person) -> Client:
        browser: Client = app.test_client()
        return browser.sign_in(person)

    return sign_in
