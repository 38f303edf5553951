"""People at their sockets, inside one process: connected, spoken through, and what each has been told."""

from collections.abc import Callable, Iterator
from typing import Any

import gevent
import pytest
from flask import Flask
from flask_socketio import SocketIOTestClient

from helpdesk import connections
from helpdesk.accounts.person import Person
from helpdesk.chat import messages, service
from helpdesk.chat.models import Chat
from helpdesk.database import now
from helpdesk.extensions import db, socketio
from tests import builders
from tests.conftest import Client, Make

Answer = dict[str, Any]
SignIn = Callable[[Person], Client]


class Page:
    """Somebody's open page: their browser with its cookies, and its socket."""

    def __init__(self, app: Flask, browser: Client, **auth: object) -> None:
        self.browser = browser
        self.socket: SocketIOTestClient = socketio.test_client(app, flask_test_client=browser, auth=auth or None)

    @property
    def is_open(self) -> bool:
        """Whether the socket is open, once everything that was put off has been done."""
        gevent.sleep(0)
        return bool(self.socket.is_connected())

    def ask(self, event: str, *payload: object) -> Answer:
        """Sends an event and gives its answer."""
        answer = self.socket.emit(event, *payload, callback=True)
        assert isinstance(answer, dict), answer
        return answer

    def told(self, *events: str) -> list[tuple[str, Any]]:
        """What the server has told since this was asked the last time; only these events, if any are named."""
        heard = [(one["name"], one["args"][0] if one["args"] else None) for one in self.socket.get_received()]
        return [one for one in heard if not events or one[0] in events]


def chat_of(member: Person, question: str = "My order page stays blank.") -> Chat:
    """The member's chat, waiting. Inside the application's context."""
    begun = service.begin(
        name=member.name, member_ref="", email=member.email, question=question, client_id=builders.token(),
        by=member, at=now(),
    )  # fmt: skip
    db.session.commit()
    return begun


class Talk:
    """A member with their chat, an agent, and a page of each."""

    def __init__(self, app: Flask, make: Make, as_person: SignIn) -> None:
        self.app, self.make = app, make
        self.member, self.agent = make.member(name="Kim"), make.agent(name="Maja")
        self.chat = make.look(lambda: chat_of(self.member).id)
        self.theirs = Page(app, as_person(self.member), chat=self.chat, after=0)
        self.ours = Page(app, as_person(self.agent))

    def claimed(self) -> "Talk":
        assert self.ours.ask("chat:claim", {"chat": self.chat}) == {"ok": True}
        self.theirs.told(), self.ours.told()
        return self

    def says(self, page: Page, body: str, client_id: str = "") -> dict[str, Any]:
        return page.ask(
            "message:say", {"chat": self.chat, "client_id": client_id or builders.token(), "body": body}
        )  # fmt: skip

    def state(self) -> str:
        return self.make.look(lambda: db.session.get_one(Chat, self.chat).state)

    def bodies(self) -> list[str]:
        return self.make.look(lambda: [row.body for row in messages.after(self.chat, 0) if row.kind == "text"])


@pytest.fixture
def talk(app: Flask, make: Make, as_person: SignIn) -> Talk:
    return Talk(app, make, as_person)


@pytest.fixture(autouse=True)
def nobody_is_left() -> Iterator[None]:
    """Sockets of one test are not there in the next."""
    yield
    for sid in connections.open_now():
        connections.gone(sid)
    connections.take_left()
    connections.take_arrived()
