"""Two processes on one PostgreSQL, with a Redis, with one that has gone, and without: what comes how soon."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import builders, postgresql
from tests.chat.served import Instance, Listener
from tests.processes import Server
from tests.redis import Redis

# A page that was not told of a message learns of it by the chat's head within this time.
SECONDS = 10.0


@contextmanager
def two(folder: Path, socket: str, redis_url: str = "") -> Iterator[tuple[Instance, Server, Server]]:
    """An instance that two processes serve."""
    name = f"processes_{builders.token()}"
    instance = Instance(folder, database_url=postgresql.create_database(socket, name), redis_url=redis_url)
    try:
        with instance.served() as one, instance.served() as other:
            yield instance, one, other
    finally:
        instance.close()
        postgresql.drop_database(socket, name)


def words(body: str, chat: int) -> dict[str, object]:
    return {"chat": chat, "client_id": builders.token(), "body": body}


@contextmanager
def conversation(instance: Instance, one: Server, other: Server) -> Iterator[tuple[int, Listener, Listener]]:
    """A chat whose member is at one process and whose agent is at the other."""
    member, agent = instance.make.member(), instance.make.agent()
    chat = instance.chat(member)
    with (
        Listener(one, instance.cookie(member), chat) as theirs,
        Listener(other, instance.cookie(agent), chat) as ours,
    ):
        theirs.until("chat:caught_up")
        ours.until("chat:caught_up")
        assert ours.ask("chat:claim", {"chat": chat}) == {"ok": True}
        yield chat, theirs, ours


def said(page: Listener, body: str, chat: int) -> float:
    """Says something; how long the answer took."""
    begun = time.monotonic()
    assert page.ask("message:say", words(body, chat))["ok"]
    return time.monotonic() - begun


def learned_by_the_head(page: Listener, body: str, chat: int) -> None:
    """The page hears how far the chat is, asks, and has the message."""
    head = page.until("chat:head", SECONDS, lambda facts: facts["chat"] == chat and facts["head"] > page.head)["head"]
    answer = page.ask("chat:catch_up", {"chat": chat, "after": page.head})
    assert answer["messages"][-1]["body"] == body
    assert answer["head"] == head
    page.head = answer["head"]


def test_a_message_reaches_the_other_process_through_redis_and_after_it_has_gone_by_the_head(
    tmp_path: Path, postgresql_socket: str
) -> None:
    with (
        Redis(tmp_path) as redis,
        two(tmp_path, postgresql_socket, redis.url) as (instance, one, other),
        conversation(instance, one, other) as (chat, theirs, ours),
    ):
        theirs.until("chat:claimed", 2)
        said(theirs, "Through Redis", chat)
        assert ours.until("message:said", 2)["body"] == "Through Redis"
        said(ours, "And back", chat)
        assert theirs.until("message:said", 2, lambda facts: facts["body"] == "And back")

        redis.stop()
        assert said(theirs, "Without Redis", chat) < 3, "nobody waits for Redis"
        learned_by_the_head(ours, "Without Redis", chat)

        redis.start()
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline and "Redis is back" not in other.printed:
            time.sleep(0.1)
        said(theirs, "Through Redis again", chat)
        assert ours.until("message:said", SECONDS, lambda facts: facts["body"] == "Through Redis again")
        for server in (one, other):
            assert server.printed.count("Redis is away") == 1, server.printed
            assert "Traceback" not in server.printed, server.printed
            assert redis.url not in server.printed


def test_a_redis_that_does_not_answer_keeps_nobody_waiting(tmp_path: Path, postgresql_socket: str) -> None:
    with (
        Redis(tmp_path) as redis,
        two(tmp_path, postgresql_socket, redis.url) as (instance, one, other),
        conversation(instance, one, other) as (chat, theirs, ours),
    ):
        with redis.asleep():
            assert said(theirs, "First", chat) < 3
            assert said(theirs, "Second", chat) < 3
            learned_by_the_head(ours, "Second", chat)
        said(theirs, "Awake", chat)
        assert ours.until("message:said", 3 * SECONDS, lambda facts: facts["body"] == "Awake")


def test_without_redis_the_other_process_learns_by_the_head(tmp_path: Path, postgresql_socket: str) -> None:
    with (
        two(tmp_path, postgresql_socket) as (instance, one, other),
        conversation(instance, one, other) as (chat, theirs, ours),
    ):
        said(theirs, "From the other side", chat)
        learned_by_the_head(ours, "From the other side", chat)

        # And the queue: who waits at one process hears when the last agent, at the other, goes away.
        waits = instance.make.member()
        with Listener(one, instance.cookie(waits), instance.chat(waits)) as waiting:
            assert ours.ask("desk:available", {"available": True}) == {"ok": True}
            waiting.until("presence:changed", SECONDS, lambda facts: facts["agents"] == 1)
            assert ours.ask("desk:available", {"available": False}) == {"ok": True}
            waiting.until("presence:changed", SECONDS, lambda facts: facts["agents"] == 0)
