"""A real desk in a process of its own that tests may kill and start again, with people who have signed in already."""

import os
import random
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from http.cookies import SimpleCookie
from pathlib import Path

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from helpdesk import create_app, janitor, serving
from helpdesk.accounts import service as accounts
from helpdesk.accounts import sessions
from helpdesk.accounts.person import Person
from helpdesk.chat import service
from helpdesk.chat.models import Chat, ChatMessage
from helpdesk.config import Config
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.files.store import Store
from helpdesk.ranks import Role
from tests.builders import PASSWORD_HASH, token
from tests.conftest import Make
from tests.faults import weighing
from tests.faults.facts import Badge, Stored
from tests.processes import PYTHON, Server, started

MEGABYTE = 1 << 20
_ports = random.Random()


class Desk:
    """One instance and its server. What it is asked about the database is read by this process, not by the server."""

    def __init__(
        self, folder: Path, *, command: Sequence[object] = (PYTHON, "app.py"), database_url: str = "", **settings: str
    ) -> None:
        self.port = steady_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.runs: list[Server] = []
        self._folder, self._command = folder, command
        self._settings = {
            "HELPDESK_MODE": "demo", "HELPDESK_INSTANCE": str(folder / "instance"), "PORT": str(self.port),
            "DATABASE_URL": database_url,
        } | settings  # fmt: skip
        self._ending = ExitStack()
        config = Config(mode="demo", instance=folder / "instance", port=self.port, database_url=database_url)
        self._app: Flask = create_app(config)
        self._make = Make(self._app)
        serving.prepare(self._app)

    def __enter__(self) -> "Desk":
        return self

    def __exit__(self, *fault: object) -> None:
        self._ending.close()
        with self._app.app_context():
            db.engine.dispose()

    # --- The process -------------------------------------------------------------------------------------------------

    @property
    def server(self) -> Server:
        """The process that runs now, or ran last."""
        return self.runs[-1]

    @property
    def printed(self) -> str:
        """What all runs have printed."""
        return "".join(run.printed for run in self.runs)

    def is_reached_by(self, port: int) -> None:
        """People reach it by another port of this machine from its next start on."""
        self.origin = self._settings["HELPDESK_PUBLIC_URL"] = f"http://127.0.0.1:{port}"

    def start(self) -> "Desk":
        """Starts the server on the port that it always has; it is not there yet when this returns."""
        folder = self._folder / f"run-{self.port}-{len(self.runs) + 1}"
        folder.mkdir()
        command = [str(part).replace("{port}", str(self.port)) for part in self._command]
        self.runs.append(self._ending.enter_context(started(*command, folder=folder, port=self.port, **self._settings)))
        return self

    def set(self, **settings: str) -> None:
        """Has other settings from its next start on."""
        self._settings |= settings

    def serve(self) -> "Desk":
        """Starts the server and waits until it answers."""
        self.start().server.wait_until_it_answers()
        return self

    def kill(self) -> None:
        """Ends the server, and what it has started, with SIGKILL; fails if that was not what ended it."""
        os.killpg(self.server.process.pid, signal.SIGKILL)  # each run has a group of its own
        assert self.server.end() == -signal.SIGKILL, "it had ended before: nothing was killed"

    def connections(self) -> int:
        """How many TCP connections the server holds."""
        return weighing.connections(self.port)

    @property
    def worker(self) -> int:
        """The process that answers: the server's own, or the one that gunicorn has started for it."""
        pid = self.server.process.pid
        return weighing.only_child(pid) if "gunicorn" in self._command else pid

    def memory(self, name: str = "VmRSS") -> int:
        """Bytes of memory of the server now; `VmHWM` for the most that it has had."""
        return weighing.memory(self.worker, name)

    # --- The database ------------------------------------------------------------------------------------------------

    @property
    def file(self) -> Path:
        """Where SQLite keeps it."""
        return self._folder / "instance" / "helpdesk.sqlite"

    def people(self, number: int, role: Role = Role.MEMBER) -> list[Badge]:
        """New accounts that are signed in. Agents take chats."""

        def make() -> list[Badge]:
            return [self._badge(self._enrol(role)) for _ in range(number)]

        return self.inside(make)

    def waiting(self, member: Badge, question: str = "The page stays blank.") -> int:
        """A chat in the queue; its id."""
        return self.inside(lambda: _begin(member.person, question).id)

    def conversation(self, member: Badge, agent: Badge, question: str = "The page stays blank.") -> int:
        """A chat that an agent has accepted; its id."""

        return self.conversations([member], agent, question)[0]

    def conversations(
        self, members: Sequence[Badge], agent: Badge, question: str = "The page stays blank."
    ) -> list[int]:
        """A chat for each of these members, all accepted by one agent; their ids."""

        def begin(member: Badge) -> int:
            chat = _begin(member.person, question)
            service.claim(chat, by=agent.person, at=now())
            return chat.id

        return self.inside(lambda: [begin(member) for member in members])

    def say_meanwhile(self, chats: Sequence[int], agent: Badge, body: str) -> None:
        """The agent says something in each of these chats, past the server."""

        def say() -> None:
            for chat_id in chats:
                service.say(db.session.get_one(Chat, chat_id), body, client_id=token(), by=agent.person, at=now())

        self.inside(say)

    def stored(self, chat_id: int) -> list[Stored]:
        """The chat's messages in the database, by `seq`, and nothing left out."""

        def read() -> list[Stored]:
            rows = select(ChatMessage).where(ChatMessage.chat_id == chat_id).order_by(ChatMessage.seq)
            found = [Stored(row.seq, row.client_id, row.body) for row in db.session.scalars(rows)]
            assert db.session.get_one(Chat, chat_id).last_seq == len(found), "the chat counts its messages"
            return found

        return self.look(read)

    def chat(self, chat_id: int) -> Chat:
        """The chat's row, apart from any session."""

        def read() -> Chat:
            row = db.session.get_one(Chat, chat_id)
            db.session.expunge(row)
            return row

        return self.look(read)

    def told(self, set_cookie: str) -> str:
        """What the next page will say to whoever was answered with this cookie."""
        cookie = SimpleCookie(set_cookie)["session"].value
        kept = self._app.session_interface.get_signing_serializer(self._app).loads(cookie)
        return " ".join(sentence for _, sentence in kept.get("_flashes", ()))

    @property
    def store(self) -> Store:
        """Where its files lie."""
        return self._app.config["FILES_STORE"]

    def clean(self, *, at: datetime) -> None:
        """Has it cleaned up as if it were that moment."""
        janitor.clean(self._app, at=at)

    def look(self, question: Callable[[], object]) -> object:
        """The answer to a question about the database."""
        return self._make.look(question)

    def inside(self, do: Callable[[], object]) -> object:
        """Does something in the database and commits it."""
        return self._make.change(do)

    def _enrol(self, role: Role) -> Person:
        name = f"{role.value}-{token()[:12]}"
        rank = "Gold" if role is Role.MEMBER else None
        user = accounts.create_account(
            username=name, email=f"{name}@example.org", name=name.title(), role=role, rank=rank, language="en",
            origin="demo", password_hash=PASSWORD_HASH, at=now(),
        )  # fmt: skip
        person = sessions.start(user, browser="", at=now())
        if role is Role.AGENT:
            service.set_available(person, True, at=now())
        return person

    def _badge(self, person: Person) -> Badge:
        """The cookie that the sign-in page would have given, with the secret of its forms."""
        client, secret = self._app.test_client(), token()
        with client.session_transaction(base_url=self.origin) as cookie:
            cookie.permanent = True
            cookie["_user_id"], cookie["_fresh"], cookie["csrf_token"] = person.get_id(), True, secret
        signed = URLSafeTimedSerializer(self._app.secret_key, salt="wtf-csrf-token").dumps(secret)
        return Badge(person, client.get_cookie("session", domain="127.0.0.1").value, signed, self.origin)


def _begin(person: Person, question: str) -> Chat:
    facts = {"name": person.name, "member_ref": "", "email": person.email}
    return service.begin(question=question, client_id=token(), by=person, at=now(), **facts)


def steady_port() -> int:
    """A free port that stays ours while the server is down.

    Below those that the system gives to connections: from one of these, a client could reach itself there.
    """
    while True:
        port = _ports.randrange(20_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


@contextmanager
def served(folder: Path, **settings: object) -> Iterator[Desk]:
    """A desk that answers."""
    with Desk(folder, **settings) as desk:
        yield desk.serve()
