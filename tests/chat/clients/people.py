"""Members and agents of a served desk with their clients: the first steps of most tests."""

import uuid

from helpdesk.accounts.person import Person
from helpdesk.chat import messages
from helpdesk.database import now
from tests.browser.desk import Desk
from tests.chat.clients.inbox import Inbox
from tests.chat.clients.library import LibraryClient
from tests.chat.clients.raw import RawClient
from tests.chat.clients.web import Web

Client = RawClient | LibraryClient
KINDS = {"raw": RawClient, "library": LibraryClient}


def token() -> str:
    """A `client_id`."""
    return str(uuid.uuid4())


class People:
    """Opens clients and remembers them, so that none is left behind."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._clients: list[Client] = []
        self._webs: dict[int, Web] = {}
        self._chats: list[tuple[Person, int]] = []
        self.last_agent: Person | None = None

    def web(self, person: Person) -> Web:
        """The person's program, signed in."""
        if person.id not in self._webs:
            self._webs[person.id] = Web(self.desk.port, cookie=self.desk.cookie(person, fresh=True))
        return self._webs[person.id]

    def client(self, person: Person | None, kind: str = "raw", transport: str = "websocket", **headers: str) -> Client:
        """A client that is not connected yet."""
        cookie = self.web(person).cookie if person else ""
        self._clients.append(KINDS[kind](self.desk.port, cookie, transport=transport, **headers))
        return self._clients[-1]

    def client_with(self, cookie: str, transport: str = "websocket") -> RawClient:
        """A client with a cookie that is somebody's, or was."""
        self._clients.append(RawClient(self.desk.port, cookie, transport=transport))
        return self._clients[-1]  # type: ignore[return-value]

    def agent(self, kind: str = "raw", transport: str = "websocket", **facts: object) -> tuple[Person, Client]:
        """An agent who takes chats, connected."""
        person = self.last_agent = self.desk.make.agent(**facts)
        client = self.client(person, kind, transport).connect()
        assert client.ask("desk:available", {"available": True}) == {"ok": True}
        return person, client

    def waiting(
        self, kind: str = "raw", transport: str = "websocket", question: str = "The basket is empty.", **facts: object
    ) -> tuple[Person, Client, int]:
        """A member in the queue, connected; somebody has to be available."""
        person = self.desk.make.member(**facts)
        chat = self.begin(person, question)
        return person, self.client(person, kind, transport).show(chat), chat

    @property
    def last_member(self) -> Person:
        """Who began a chat last."""
        return self._chats[-1][0]

    def say_much(self, chat: int, times: int) -> None:
        """The member has said a lot, all at once."""
        member = self.last_member

        def store() -> None:
            for place in range(times):
                messages.store(chat, f"word {place}", author_id=member.id, client_id=token(), at=now())

        self.desk.inside(store)

    def web_of_nobody(self) -> Web:
        """A program that has not signed in."""
        return Web(self.desk.port)

    def remember(self, member: Person) -> None:
        """The member has begun a chat by themselves; it is closed at the end, too."""
        self._chats.append((member, self.web(member).number("data-chat")))

    def begin(self, person: Person, question: str = "The basket is empty.") -> int:
        chat = self.web(person).begin(question, client_id=token())
        self._chats.append((person, chat))
        return chat

    def pair(self, *, member: tuple[str, str], agent: tuple[str, str]) -> tuple[Client, Client, int]:
        """A member and an agent in a conversation, each as (kind of client, transport)."""
        _, theirs = self.agent(*agent)
        _, own, chat = self.waiting(*member)
        assert theirs.ask("chat:claim", {"chat": chat}) == {"ok": True}
        own.ears.until(lambda: own.inbox.head == 2)
        theirs.inbox = Inbox(chat, theirs.ask, theirs.ears.tell)
        theirs.inbox.catch_up()
        return own, theirs, chat

    def leave(self) -> None:
        """Everybody goes, and no chat stays open: the queue is empty for the next test."""
        for client in self._clients:
            client.close()
        for person, chat in self._chats:
            for verb in ("leave", "end"):
                self.web(person).post(f"/chat/{chat}/{verb}")
