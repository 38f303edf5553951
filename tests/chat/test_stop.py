"""Stopping a desk with chats going on: everybody is told, nothing is lost, and everybody comes back."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from helpdesk.chat import queries
from tests import builders
from tests.chat.served import Instance, Listener
from tests.deploy.shipped import gunicorn
from tests.processes import Server

SECONDS = 10  # from the signal to the end of the process
PAGES = 12


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    instance = Instance(tmp_path)
    yield instance
    instance.close()


def words(body: str, chat: int) -> dict[str, object]:
    return {"chat": chat, "client_id": builders.token(), "body": body}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_is_told_first_and_everybody_comes_back_to_their_chat(
    instance: Instance, number: signal.Signals
) -> None:
    members, agent = [instance.make.member() for _ in range(PAGES)], instance.make.agent()
    chats = [instance.chat(member) for member in members]
    with ExitStack() as pages:
        with instance.served() as server:
            port = server.port
            team = pages.enter_context(Listener(server, instance.cookie(agent)))
            for chat in chats[:2]:
                assert team.ask("chat:claim", {"chat": chat}) == {"ok": True}
            theirs = [
                pages.enter_context(Listener(server, instance.cookie(member), chat))
                for member, chat in zip(members, chats, strict=True)
            ]
            assert theirs[0].ask("message:say", words("Before the stop", chats[0]))["ok"]

            code, seconds = server.stop(number)

            assert (code, seconds < SECONDS) == (0, True), (code, seconds, server.printed)
            assert "Traceback" not in server.printed, server.printed
            for page in (team, *theirs):
                page.until("server:stopping")
                page.until("disconnect")
        with instance.served(port) as again:
            for page in (team, *theirs):
                page.come(again)
            caught_up = theirs[0].until("chat:caught_up")
            assert (caught_up["state"], caught_up["head"], caught_up["messages"]) == ("active", 3, [])
            assert theirs[2].until("chat:caught_up")["state"] == "waiting"
            assert team.ask("message:say", words("Here again", chats[0]))["ok"]
            assert theirs[0].until("message:said")["body"] == "Here again"
    waiting = instance.make.look(lambda: [row.id for row in queries.waiting()])
    assert waiting == chats[2:], "the queue is as it was"


@pytest.fixture
def on_gunicorn(instance: Instance) -> Iterator[Server]:
    """The instance below gunicorn's worker."""
    plain = {"HELPDESK_PUBLIC_URL": "", "HELPDESK_PROXIES": "0", "HELPDESK_X_ACCEL": ""}
    with gunicorn(instance.folder, **plain, **instance.settings) as server:
        yield server.wait_until_it_answers()


def test_gunicorn_stops_with_chats_going_on_and_tells_them(instance: Instance, on_gunicorn: Server) -> None:
    members = [instance.make.member() for _ in range(PAGES)]
    with ExitStack() as pages:
        theirs = [
            pages.enter_context(Listener(on_gunicorn, instance.cookie(one), instance.chat(one))) for one in members
        ]

        code, seconds = on_gunicorn.stop()

        assert (code, seconds < SECONDS) == (0, True), (code, seconds, on_gunicorn.printed)
        for page in theirs:
            page.until("server:stopping")
        for wrong in ("Traceback", "SIGKILL", "graceful timeout"):
            assert wrong not in on_gunicorn.printed, on_gunicorn.printed


def test_gunicorns_worker_watches_too(instance: Instance, on_gunicorn: Server) -> None:
    """A session that is over loses its socket within 5 seconds, without any event of its own."""
    member, other = instance.make.member(), instance.make.member()
    with (
        Listener(on_gunicorn, instance.cookie(member), instance.chat(member)) as page,
        Listener(on_gunicorn, instance.cookie(other)) as stays,
    ):
        page.until("chat:caught_up")
        instance.make.look(lambda: end_sessions(member.id))

        page.until("disconnect", seconds=5.5)

        assert stays.ask("no:such", {})["error"] == "unknown_event"


def end_sessions(user_id: int) -> None:
    from helpdesk.accounts import sessions
    from helpdesk.extensions import db

    sessions.end_all(user_id)
    db.session.commit()
