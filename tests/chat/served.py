"""Desks that really serve, as one process or as several on one database, and people who listen at them."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import socketio

from helpdesk import serving
from helpdesk.accounts import queries, sessions
from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.extensions import db
from tests.chat.talking import chat_of
from tests.conftest import KEY, Make, make_app
from tests.processes import PYTHON, Server, free_port, started

PATIENCE = 30.0  # seconds for what takes milliseconds on a quiet machine


class Instance:
    """An instance with its database, the test's own hand in it, and processes that serve it."""

    def __init__(self, folder: Path, *, database_url: str = "", redis_url: str = "") -> None:
        self.folder = folder
        self.app = make_app(folder / "instance", mode="demo", database_url=database_url)
        serving.prepare(self.app)
        self.make = Make(self.app)
        self.settings = {
            "HELPDESK_MODE": "demo", "HELPDESK_INSTANCE": str(folder / "instance"), "HELPDESK_SECRET_KEY": KEY,
            "DATABASE_URL": database_url, "HELPDESK_REDIS_URL": redis_url,
        }  # fmt: skip

    @contextmanager
    def served(self, port: int = 0) -> Iterator[Server]:
        """A process that serves it, until the end of the context at the latest."""
        port = port or free_port()
        with started(PYTHON, "app.py", folder=self.folder, port=port, PORT=str(port), **self.settings) as server:
            yield server.wait_until_it_answers()

    def cookie(self, person: Person) -> str:
        """A new session of this person, as a browser would send it."""
        client = self.app.test_client()

        def begin() -> str:
            begun = sessions.start(queries.user(person.id), browser="", at=now())
            db.session.commit()
            return begun.get_id()

        token = self.make.look(begin)
        with client.session_transaction(base_url="http://127.0.0.1") as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        return f"session={client.get_cookie('session', domain='127.0.0.1').value}"

    def chat(self, member: Person) -> int:
        """The member's chat, in the queue."""
        return int(self.make.look(lambda: chat_of(member).id))

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()


class Listener:
    """Somebody's page at one process: remembers what it was told, and how far it is when it comes back.

    It comes back when the test says so: this library takes a server's goodbye for good, as the browser's does not.
    """

    def __init__(self, server: Server, cookie: str, chat: int | None = None) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.head = 0
        self._chat = chat
        self._news = threading.Condition()
        self._cookie = cookie
        self.come(server)

    def come(self, server: Server) -> None:
        """Connects, for the first time or again."""
        self.client = socketio.Client(
            reconnection=False, request_timeout=PATIENCE, websocket_extra_options={"suppress_origin": True}
        )  # fmt: skip
        self.client.on("*", self._hear)
        for event in ("connect", "disconnect"):
            self.client.on(event, lambda *facts, event=event: self._hear(event, *facts))
        self.client.connect(
            f"http://127.0.0.1:{server.port}", headers={"Cookie": self._cookie}, auth=self._auth,
            transports=["websocket"], wait_timeout=PATIENCE,
        )  # fmt: skip

    def __enter__(self) -> "Listener":
        return self

    def __exit__(self, *fault: object) -> None:
        self.client.disconnect()

    def ask(self, event: str, facts: object) -> dict[str, Any]:
        """Sends an event; its answer."""
        return dict(self.client.call(event, facts, timeout=PATIENCE))

    def until(self, event: str, seconds: float = PATIENCE, fits: Callable[[Any], bool] = lambda facts: True) -> Any:
        """What it was told under this name, once it has been; forgets what was told before."""
        deadline = time.monotonic() + seconds
        with self._news:
            while True:
                for place, (name, facts) in enumerate(self.heard):
                    if name == event and fits(facts):
                        del self.heard[: place + 1]
                        return facts
                left = deadline - time.monotonic()
                assert left > 0, f"{event} was not told within {seconds} s, but {self.heard}"
                self._news.wait(left)

    def _auth(self) -> dict[str, object]:
        return {"chat": self._chat, "after": self.head}

    def _hear(self, event: str, facts: Any = None) -> None:
        with self._news:
            if event == "message:said":
                self.head = max(self.head, facts["seq"])
            if event == "chat:caught_up":
                self.head = facts["head"]
            self.heard.append((event, facts))
            self._news.notify_all()
