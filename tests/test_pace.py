"""How often somebody may do something: one window a person and kind, in memory and in Redis, and without Redis."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from helpdesk import pace
from helpdesk.pace import Memory, Pace, Shared
from helpdesk.refusals import TooMany
from tests.conftest import Make
from tests.processes import PYTHON, ROOT
from tests.redis import Redis

EATING = Pace("eating", members=3, team=5, seconds=60)


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.at = 1000.0

    def monotonic(self) -> float:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pace.time, "monotonic", clock.monotonic)
    return clock


def test_so_often_and_not_once_more_until_the_first_is_long_enough_ago(clock: Clock) -> None:
    windows = Memory()
    for second in (0, 4, 6):
        clock.at = 1000 + second
        assert windows.hit("a", 3, 10) == 0
    assert windows.hit("a", 3, 10) == pytest.approx(4)
    assert windows.hit("a", 3, 10) == pytest.approx(4), "what was refused is not counted"

    clock.at = 1010.1
    assert windows.hit("a", 3, 10) == 0
    assert windows.hit("a", 3, 10) > 0


def test_people_and_kinds_count_for_themselves_and_the_team_has_more(app: Flask, make: Make) -> None:
    kim, maja, agent = make.member(), make.member(), make.agent()
    with app.app_context():
        for _ in range(3):
            EATING.keep(kim)
        with pytest.raises(TooMany) as refusal:
            EATING.keep(kim)
        assert 0 < refusal.value.params["seconds"] <= 60
        EATING.keep(maja)
        Pace("drinking", members=1, team=1).keep(kim)
        for _ in range(5):
            EATING.keep(agent)
        with pytest.raises(TooMany):
            EATING.keep(agent)


def test_who_has_not_been_heard_of_is_forgotten(clock: Clock) -> None:
    windows = Memory()
    for person in range(5000):
        clock.at += 0.1
        windows.hit(str(person), 3, 10)

    assert len(windows._times) < 2100


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    with Redis(tmp_path) as server:
        yield server


def test_two_processes_count_together_in_redis(redis: Redis) -> None:
    one, other = Shared(redis.url, "desk"), Shared(redis.url, "desk")

    assert [windows.hit("a", 3, 10) for windows in (one, other, one)] == [0, 0, 0]
    assert 0 < one.hit("a", 3, 10) <= 10
    assert 0 < other.hit("a", 3, 10) <= 10
    assert Shared(redis.url, "another desk").hit("a", 3, 10) == 0


def test_without_redis_each_process_counts_for_itself_and_nobody_waits(redis: Redis) -> None:
    windows = Shared(redis.url, "desk")
    assert windows.hit("a", 2, 10) == 0
    redis.stop()

    begun = time.monotonic()
    assert [windows.hit("a", 2, 10) for _ in range(2)] == [0, 0]
    assert windows.hit("a", 2, 10) > 0
    assert time.monotonic() - begun < 2


def test_a_redis_that_does_not_answer_is_waited_for_once(redis: Redis) -> None:
    windows = Shared(redis.url, "desk")
    windows.hit("a", 100, 10)
    with redis.asleep():
        begun = time.monotonic()
        assert {windows.hit("a", 100, 10) for _ in range(50)} == {0}
        assert time.monotonic() - begun < 4 * pace.REDIS_SECONDS


def test_a_form_is_counted_without_redis_too(tmp_path: Path) -> None:
    """flask-limiter's own counters, on the page that changes a password."""
    script = """
import sys
from pathlib import Path
from helpdesk import serving
from tests.conftest import Make, make_app
app = make_app(Path(sys.argv[1]), redis_url="redis://127.0.0.1:1/0")
serving.prepare(app)
client = app.test_client().sign_in(Make(app).member())
answers = [client.post("/chat", data={}).status_code for _ in range(21)]
assert answers == [422] * 20 + [429], answers
"""
    done = subprocess.run([PYTHON, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert done.returncode == 0, done.stderr
