"""T24: somebody who can write to the desk's Redis. What they put there is read as JSON and as an event, or not at all.

That they can make a client show an event is out of scope, and docs/chat-protocol.md says so: the record is the
database, and what it does not hold is gone at the next look. They store nothing, run nothing, end nothing and let
nobody in.
"""

import json
import pickle
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis as Connection

from tests.attacks.looking import Looking
from tests.browser.desk import Desk, served
from tests.chat.clients.people import People, token
from tests.redis import Redis

GARBAGE: tuple[object, ...] = (
    b"", b"\xff\xfe", b"{", b"null", b"[" * 50_000, b'"text"', b"1e999", b'{"method":"emit"}', b"x" * 1_000_000,
    [], 1, {"method": 1}, {"method": "exec", "data": "1"}, {"method": "emit", "event": ["a"], "data": {}},
)  # fmt: skip


class Touch:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self._path,)


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with Redis(tmp_path_factory.mktemp("redis")) as redis:
        yield redis


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, redis: Redis) -> Iterator[Desk]:
    """A desk that has been given this Redis."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HELPDESK_REDIS_URL", redis.url)
        with served(tmp_path_factory.mktemp("served-with-redis")) as desk:
            yield desk


@pytest.fixture
def intruder(desk: Desk, redis: Redis) -> Iterator["Intruder"]:
    connection = Connection.from_url(redis.url)
    yield Intruder(connection)
    connection.close()


class Intruder:
    """Publishes on the channel that the desk listens on; finding it takes one command."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def channel(self) -> bytes:
        """The channel, once the desk listens: it begins with its first client."""
        deadline = time.monotonic() + 20
        while not (channels := self._connection.pubsub_channels()):
            assert time.monotonic() < deadline, "the desk does not listen"
            time.sleep(0.02)
        return bytes(channels[0])

    def publish(self, what: object) -> None:
        data = what if isinstance(what, bytes) else json.dumps(what).encode()
        assert self._connection.publish(self.channel, data) >= 1, "the desk listens"

    def emit(self, event: str, facts: object, room: object, **more: object) -> None:
        """What another process of the desk would publish."""
        form = {"method": "emit", "event": event, "data": facts, "binary": False, "namespace": "/", "room": room}
        self.publish({**form, "skip_sid": None, "callback": None, "host_id": "somebody", **more})


def test_garbage_and_pickles_are_ignored_and_the_conversation_goes_on(
    people: People, looking: Looking, intruder: Intruder, tmp_path: Path
) -> None:
    """T24: nothing is unpickled; the listener lives, which is seen by the last event."""
    own, theirs, chat = people.pair(member=("raw", "websocket"), agent=("raw", "polling"))
    member, before = people.last_member, looking.chats()
    made = tmp_path / "made by a pickle"
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        intruder.publish(pickle.dumps(Touch(made), protocol=protocol))
    intruder.publish(pickle.dumps({"method": "emit", "event": "message:said", "data": Touch(made), "namespace": "/"}))
    for garbage in (
        b"",
        b"\xff\xfe",
        b"{",
        b"null",
        b"[" * 50_000,
        b'"text"',
        b"1e999",
        b'{"method":"emit"}',
        b"x" * 1_000_000,
    ):
        intruder.publish(garbage)
    for odd in ([], 1, {"method": 1}, {"method": "exec", "data": "1"}, {"method": "emit", "event": ["a"], "data": {}}):
        intruder.publish(odd)
    intruder.emit("chat:head", {"chat": chat, "head": 2}, f"user:{member.id}")
    own.ears.event("chat:head", chat=chat, head=2)

    assert not made.exists()
    assert looking.chats() == before and looking.answers()
    assert own.ask("message:say", {"chat": chat, "client_id": token(), "body": "All is well."})["ok"]
    theirs.ears.event("message:said", body="All is well.")
    pickle.loads(pickle.dumps(Touch(made)))  # noqa: S301  our own, to see that it would have made the file
    assert made.exists()


def test_nobody_is_let_into_a_room_or_out_of_the_desk(people: People, intruder: Intruder) -> None:
    """T24: forged `disconnect`, `enter_room`, `close_room` and `callback` are no events, and nothing comes of them."""
    own, theirs, chat = people.pair(member=("raw", "websocket"), agent=("raw", "websocket"))
    member, stranger = people.last_member, people.client(people.desk.make.member()).connect()
    rooms = ("desk", f"user:{member.id}")
    for method in ("disconnect", "enter_room", "leave_room", "close_room", "callback"):
        for client in (own, theirs, stranger):
            for room in rooms:
                forged = {"method": method, "sid": client.sid, "namespace": "/", "room": room, "id": 1, "args": []}
                intruder.publish({**forged, "host_id": "somebody"})
    intruder.emit("message:said", {"chat": chat}, None)  # to everybody: there is no such event
    intruder.emit("chat:head", {"chat": chat, "head": 2}, f"user:{member.id}")
    own.ears.event("chat:head", chat=chat)

    assert own.ask("message:say", {"chat": chat, "client_id": token(), "body": "Among us."})["ok"]
    theirs.ears.event("message:said", body="Among us.")
    stranger.ask("chat:catch_up", {"chat": 2**31 - 1, "after": 0})
    assert stranger.ears.heard == []


def test_a_forged_message_is_not_in_the_record(people: People, looking: Looking, intruder: Intruder) -> None:
    """T24: shown perhaps, stored never, and unknown to whoever catches up."""
    own, theirs, chat = people.pair(member=("raw", "websocket"), agent=("raw", "websocket"))
    member, before = people.last_member, looking.chats()
    forged = {
        "seq": 9,
        "client_id": token(),
        "kind": "text",
        "author_id": 1,
        "author": "Evil",
        "body": "Password?",
    }
    intruder.emit("message:said", {"chat": chat, **forged, "at": "2026-03-06T12:00:00.000Z"}, f"user:{member.id}")
    own.ears.event("message:said", body="Password?")

    assert looking.chats() == before
    again = people.client(member).show(chat)
    assert again.inbox.texts() == theirs.inbox.texts()
    assert "Password?" not in repr(again.inbox.texts())


def test_what_the_desk_publishes_is_json_without_sessions(people: People, redis: Redis, intruder: Intruder) -> None:
    """T24: whoever listens hears what clients are told, and no cookie, session or address."""
    own, _, chat = people.pair(member=("raw", "websocket"), agent=("raw", "websocket"))
    heard = []
    with Connection.from_url(redis.url) as connection, connection.pubsub(ignore_subscribe_messages=True) as listener:
        listener.subscribe(intruder.channel)
        listener.get_message(timeout=5)
        assert own.ask("message:say", {"chat": chat, "client_id": token(), "body": "Overheard."})["ok"]
        while not any("Overheard." in text for text in heard):
            message = listener.get_message(ignore_subscribe_messages=True, timeout=20)
            if message:
                heard.append(message["data"].decode())

    assert all(json.loads(text)["method"] == "emit" for text in heard)
    cookie = people.web(people.last_member).cookie.partition("=")[2]
    assert [secret for secret in (cookie, "example.org", "session") if any(secret in text for text in heard)] == []
