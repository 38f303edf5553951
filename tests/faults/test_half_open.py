"""F17: somebody in the queue is gone without a word: the desk notices, keeps the place, and gives it up in time."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from helpdesk.chat import queue, watch
from helpdesk.ranks import Role
from tests.faults import pages
from tests.faults.desk import Desk
from tests.faults.facts import Badge
from tests.faults.line import Line
from tests.faults.proxy import Fault, Proxy
from tests.faults.scenes import run
from tests.processes import PYTHON, Server, started


@dataclass(frozen=True)
class Times:
    """Seconds: how often the desk pings, how long it waits for the pong, how long a place is kept, how often it looks.

    Somebody may have been seen for the last time as long ago as it last looked.
    """

    interval: float
    timeout: float
    absence: float
    round: float

    @property
    def to_notice(self) -> float:
        return self.interval + self.timeout


HURRIED = Times(2, 1, 5, 1)
# What a busy machine takes for a round.
SLACK = 8.0
LONG = pytest.param(False, marks=pytest.mark.soak, id="long")


@pytest.fixture(scope="module", params=[pytest.param(True, id="short"), LONG])
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk in a hurry, or one as it really is."""
    hurry = {
        "PING_INTERVAL": HURRIED.interval,
        "PING_TIMEOUT": HURRIED.timeout,
        "ABSENCE": HURRIED.absence,
        "ROUND": HURRIED.round,
    }
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
        if line.ping_interval == HURRIED.interval:
            return HURRIED
        return Times(line.ping_interval, line.ping_timeout, queue.ABSENCE.total_seconds(), watch.EVERY_SECONDS)

    times = run(ask(), 30)
    within(SLACK, lambda: desk.connections() == 0, "the agent has gone")
    return times


@contextmanager
def waiting(desk: Desk, folder: Path, member: Badge, port: int) -> Iterator[tuple[int, Server]]:
    """A new chat in the queue, and its page, which is connected."""
    number = folder / "chat"
    number.touch()
    with started(PYTHON, "-m", "tests.faults.one_page", port, member.cookie, number, folder=folder, port=port) as page:
        page.wait_for("ready")
        chat_id = desk.waiting(member)
        number.write_text(str(chat_id))
        yield chat_id, page.wait_for("connected 1")


def test_a_computer_that_sleeps_is_noticed_and_its_place_is_kept_and_then_given_up(
    desk: Desk, times: Times, tmp_path: Path
) -> None:
    (member,) = desk.people(1)
    with waiting(desk, tmp_path, member, desk.port) as (chat_id, laptop):
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
    with Proxy(desk.port) as network, waiting(desk, tmp_path, member, network.port) as (chat_id, _):
        network.fault = Fault.SILENCE
        is_noticed_and_kept_and_given_up(desk, times, chat_id)
        assert network.happened[Fault.SILENCE], "the desk's pings were swallowed"


def test_who_wakes_up_in_time_has_never_left(desk: Desk, times: Times, tmp_path: Path) -> None:
    (member,) = desk.people(1)
    with waiting(desk, tmp_path, member, desk.port) as (chat_id, laptop):
        laptop.process.send_signal(signal.SIGSTOP)
        within(times.to_notice + SLACK, lambda: desk.connections() == 0, "the desk has noticed")
        laptop.process.send_signal(signal.SIGCONT)
        laptop.wait_for("connected 2")

        stays(times.absence + times.round + 1, lambda: desk.chat(chat_id).state == "waiting")
        assert [message.body for message in desk.stored(chat_id)][1:] == [], "nobody was told of anything"


def is_noticed_and_kept_and_given_up(desk: Desk, times: Times, chat_id: int) -> None:
    gone = time.monotonic()
    within(times.to_notice + SLACK, lambda: desk.connections() == 0, "the desk has noticed")
    noticed = time.monotonic() - gone
    stays(times.absence - times.round - noticed, lambda: desk.chat(chat_id).state == "waiting")
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
