"""F17: somebody in the queue is gone without a word: the desk notices, keeps the place, and gives it up in time."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from helpdesk.chat import queue, watch
from helpdesk.ranks import Role
from tests.faults import pages
from tests.faults.desk import Badge, Desk
from tests.faults.line import Line
from tests.faults.proxy import Fault, Proxy
from tests.faults.scenes import run
from tests.processes import PYTHON, Server, started


@dataclass(frozen=True)
class Times:
    """Seconds: how often the desk pings, how long it waits for the answer, how long a place is kept."""

    interval: float
    timeout: float
    absence: float

    @property
    def to_notice(self) -> float:
        return self.interval + self.timeout


HURRIED = Times(2, 1, 8)
# The desk looks who is there this often: so much earlier somebody may have been seen the last time.
ROUND = watch.EVERY_SECONDS
# A round, and what a busy machine takes for it.
SLACK = 8.0
LONG = pytest.param(False, marks=pytest.mark.soak, id="long")


@pytest.fixture(scope="module", params=[pytest.param(True, id="short"), LONG])
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk in a hurry, or one as it really is."""
    hurry = {"PING_INTERVAL": HURRIED.interval, "PING_TIMEOUT": HURRIED.timeout, "ABSENCE": HURRIED.absence}
    settings = {name: str(value) for name, value in hurry.items()} if request.param else {}
    command = (PYTHON, "-m", "tests.faults.serve_impatient") if request.param else (PYTHON, "app.py")
    with Desk(tmp_path_factory.mktemp("half-open"), command=command, **settings) as desk:
        yield desk.serve()
        assert "Traceback" not in desk.printed, desk.printed


@pytest.fixture
def times(desk: Desk, request: pytest.FixtureRequest) -> Times:
    """Those that this desk has: it tells every client how often it pings."""
    (agent,) = desk.people(1, Role.AGENT)

    async def ask() -> Times:
        line = await Line.open(desk.port, agent, {}, lambda name, facts: None)
        await line.close()
        absence = queue.ABSENCE.total_seconds() if line.ping_interval > HURRIED.interval else HURRIED.absence
        return Times(line.ping_interval, line.ping_timeout, absence)

    times = run(ask(), 30)
    within(SLACK, lambda: desk.connections() == 0, "the agent has gone")
    return times


@contextmanager
def page(folder: Path, port: int, member: Badge, chat_id: int) -> Iterator[Server]:
    """The member's page of the chat, connected."""
    command = (PYTHON, "-m", "tests.faults.one_page", port, member.cookie, chat_id)
    with started(*command, folder=folder, port=port) as process:
        yield process.wait_for("connected 1")


def test_a_computer_that_sleeps_is_noticed_and_its_place_is_kept_and_then_given_up(
    desk: Desk, times: Times, tmp_path: Path
) -> None:
    (member,) = desk.people(1)
    chat_id = desk.waiting(member)
    with page(tmp_path, desk.port, member, chat_id) as laptop:
        laptop.process.send_signal(signal.SIGSTOP)
        is_noticed_and_kept_and_given_up(desk, times, chat_id)
        resumes_at_the_same_place(desk, member, chat_id)

        laptop.process.send_signal(signal.SIGCONT)
        laptop.wait_for("connected 2")
        assert desk.chat(chat_id).state == "waiting"


def test_a_network_that_says_nothing_is_noticed_and_the_place_is_kept_and_then_given_up(
    desk: Desk, times: Times, tmp_path: Path
) -> None:
    (member,) = desk.people(1)
    chat_id = desk.waiting(member)
    with Proxy(desk.port) as network, page(tmp_path, network.port, replace(member, origin=""), chat_id):
        network.fault = Fault.SILENCE
        is_noticed_and_kept_and_given_up(desk, times, chat_id)
        assert network.happened[Fault.SILENCE], "the desk's pings were swallowed"


def test_who_wakes_up_in_time_has_never_left(desk: Desk, times: Times, tmp_path: Path) -> None:
    (member,) = desk.people(1)
    chat_id = desk.waiting(member)
    with page(tmp_path, desk.port, member, chat_id) as laptop:
        laptop.process.send_signal(signal.SIGSTOP)
        within(times.to_notice + SLACK, lambda: desk.connections() == 0, "the desk has noticed")
        laptop.process.send_signal(signal.SIGCONT)
        laptop.wait_for("connected 2")

        stays(times.absence + ROUND + 1, lambda: desk.chat(chat_id).state == "waiting")
        assert [message.body for message in desk.stored(chat_id)][1:] == [], "nobody was told of anything"


def is_noticed_and_kept_and_given_up(desk: Desk, times: Times, chat_id: int) -> None:
    gone = time.monotonic()
    within(times.to_notice + SLACK, lambda: desk.connections() == 0, "the desk has noticed")
    noticed = time.monotonic() - gone
    stays(times.absence - ROUND - noticed, lambda: desk.chat(chat_id).state == "waiting")
    within(noticed + SLACK, lambda: desk.chat(chat_id).state == "left", "the place is given up")
    left = time.monotonic() - gone
    print(f"noticed after {noticed:.1f} s, left after {left:.1f} s; pings {times.to_notice} s, kept {times.absence} s")


def resumes_at_the_same_place(desk: Desk, member: Badge, chat_id: int) -> None:
    place = desk.chat(chat_id).place
    assert run(pages.post(desk.port, f"/chat/{chat_id}/resume", member), 30).status == 303
    chat = desk.chat(chat_id)
    assert (chat.state, chat.place) == ("waiting", place)


def within(seconds: float, fulfilled: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + seconds
    while not fulfilled():
        assert time.monotonic() < deadline, f"after {seconds} s not: {what}"
        time.sleep(0.1)


def stays(seconds: float, fulfilled: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert fulfilled()
        time.sleep(0.2)
