"""A served desk for the tests of deploy/, and a server that tells what it was asked."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from helpdesk import serving
from helpdesk.extensions import db
from tests.conftest import Make, make_app
from tests.deploy.shipped import gunicorn
from tests.processes import Server


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A prepared instance with one member, `kim`; the folder that it is in."""
    folder = tmp_path_factory.mktemp("deployed")
    app = make_app(folder / "instance")
    serving.prepare(app)
    Make(app).member("kim")
    with app.app_context():
        db.engine.dispose()
    return folder


@pytest.fixture(scope="session")
def served(desk: Path) -> Iterator[Server]:
    """gunicorn, serving that instance to several tests."""
    with gunicorn(desk) as server:
        yield server.wait_until_it_answers()


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers that it was asked with."""

    def do_GET(self) -> None:
        body = json.dumps(dict(self.headers.items())).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that tells how it was asked."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()
