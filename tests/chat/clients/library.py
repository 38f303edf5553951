"""The other second client: python-socketio's own, which others wrote, used as docs/chat-protocol.md says."""

import threading

import socketio

from tests.chat.clients.ears import Ears, Facts, NoAnswer
from tests.chat.clients.inbox import Inbox
from tests.chat.clients.raw import ANSWER_S, NotConnected


class LibraryClient:
    """One connection with the manners of RawClient."""

    def __init__(self, port: int, cookie: str, *, transport: str = "websocket", **headers: str) -> None:
        self.ears = Ears()
        self.inbox: Inbox | None = None
        self._address = f"http://127.0.0.1:{port}"
        self._headers = {"Cookie": cookie, **headers}
        self._transport = transport
        # What was missed is told before the connection is confirmed, and the library lets nobody ask until then.
        self._may_ask = threading.Event()
        self._client = socketio.Client(reconnection=False)
        self._client.on("*", self._take)
        self._client.on("disconnect", lambda reason: self.ears.leave())

    def connect(self, *, chat: int | None = None, after: int = 0) -> "LibraryClient":
        refused: list[str] = []
        self._client.on("connect_error", lambda why: refused.append(why["message"] if isinstance(why, dict) else why))
        auth = None if chat is None else {"chat": chat, "after": after}
        try:
            self._client.connect(self._address, headers=self._headers, auth=auth, transports=[self._transport])
        except socketio.exceptions.ConnectionError as fault:
            raise NotConnected(refused[0] if refused else str(fault)) from fault
        self._may_ask.set()
        return self

    def show(self, chat: int, shown: list[Facts] = ()) -> "LibraryClient":  # type: ignore[assignment]
        self.inbox = Inbox(chat, self.ask, self.ears.tell)
        for message in shown:
            self.inbox.take(message)
        self.connect(chat=chat, after=self.inbox.head)
        self.ears.event("chat:caught_up", chat=chat)
        return self

    def ask(self, event: str, facts: object = None, *, seconds: float = ANSWER_S) -> Facts:
        self._may_ask.wait(seconds)
        try:
            return dict(self._client.call(event, {} if facts is None else facts, timeout=seconds))
        except socketio.exceptions.SocketIOError as fault:
            raise NoAnswer(event) from fault

    def cut(self) -> None:
        """The library has no way to be rude; goodbye it is."""
        self.close()

    def close(self) -> None:
        self._client.disconnect()
        self._client.wait()
        if self._client.eio.http is not None:
            self._client.eio.http.close()

    def _take(self, name: str, facts: Facts | None = None) -> None:
        facts = facts or {}
        if self.inbox is not None:
            self.inbox.hear(name, facts)
        self.ears.hear(name, facts)
