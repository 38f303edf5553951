"""T52, T65: nobody learns by signing in which names there are: not from the words, the work or the time."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event

from helpdesk.accounts import passwords, service, throttle
from helpdesk.accounts.models import User
from helpdesk.extensions import db
from tests.builders import NOON, PASSWORD
from tests.conftest import Client, Make

WRONG = "not the right password"
NAMES = ("anna", "nobody-of-this-name", "gone", "linked", "anna@example.org", "x" * 300, "änna", "7788123")


@pytest.fixture
def people(make: Make) -> None:
    """Somebody with a password, somebody whose account is disabled, somebody who has never set a password."""
    make.member("anna", member_id="7788123")
    make.member("linked", password_hash=None)
    gone = make.member("gone")
    make.change(lambda: service.disable(db.session.get_one(User, gone.id), at=NOON))


class Work:
    """What a request has cost: hashes and statements, in their order."""

    def __init__(self) -> None:
        self.done: list[str] = []


@contextmanager
def counted(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    work, verify = Work(), passwords.HASHER.verify

    def counting(stored: str, password: str) -> bool:
        work.done.append("hash")
        return verify(stored, password)

    def statement(connection, cursor, sql, *rest) -> None:
        if "sign_in_failure" in sql or "user" in sql:  # what the site says of itself is read anew every few seconds
            work.done.append(" ".join(sql.split()[:3]))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", statement)
    monkeypatch.setattr(passwords, "HASHER", _Counting(passwords.HASHER, counting))
    yield work
    event.remove(engine, "before_cursor_execute", statement)


class _Counting:
    """The hasher, which says when it is asked."""

    def __init__(self, hasher: object, verify: object) -> None:
        self._hasher, self.verify = hasher, verify

    def __getattr__(self, name: str) -> object:
        return getattr(self._hasher, name)


def attempt(app: Flask, name: str, password: str = WRONG) -> tuple[int, str]:
    client: Client = app.test_client()
    client.get("/sign-in")
    answer = client.post("/sign-in", data={"username": name, "password": password})
    return answer.status_code, answer.text


def test_every_name_costs_the_same_work(app: Flask, people: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """T52: one hash and the same statements, whether there is such an account, whether it has a password."""
    with counted(app, monkeypatch) as work:
        costs = {}
        for name in NAMES:
            attempt(app, name)  # the counters of this name are there from now on
            work.done.clear()
            assert attempt(app, name)[0] == 422
            costs[name] = list(work.done)
    assert {name: cost for name, cost in costs.items() if cost != costs["nobody-of-this-name"]} == {}
    assert costs["anna"].count("hash") == 1


@pytest.mark.parametrize("password", ["x" * 2000, "x" * 900_000, ""], ids=["2 kB", "900 kB", "none"])
def test_a_password_that_cannot_be_is_not_hashed_for_anybody(
    app: Flask, people: None, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    """T52, T65: a giant one costs nothing, and costs it for every name."""
    with counted(app, monkeypatch) as work:
        statuses = {name: attempt(app, name, password)[0] for name in ("anna", "nobody-of-this-name")}
    assert set(statuses.values()) == {422} and "hash" not in work.done


def test_asking_for_a_link_costs_the_same_words(app: Flask, people: None) -> None:
    """T52: and the page of somebody who waits after many failures is the same for a name that nobody has."""
    answers = []
    for name in ("anna", "nobd"):
        for _ in range(throttle.PAIR.free):
            attempt(app, name)
        status, text = attempt(app, name, PASSWORD)
        answers.append((status, len(text.replace(name, ""))))
    assert answers[0][0] == answers[1][0] == 429
    assert abs(answers[0][1] - answers[1][1]) <= 2  # the forms' secrets


def mann_whitney(first: list[float], second: list[float]) -> float:
    """How far apart two samples are, in standard deviations of their ranks: below 3, nobody can tell them apart."""
    both = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks = sum(place for place, (_, which) in enumerate(both, start=1) if which == 0)
    n, m = len(first), len(second)
    return abs(ranks - n * (n + m + 1) / 2) / (n * m * (n + m + 1) / 12) ** 0.5


def test_the_test_of_ranks_finds_a_difference() -> None:
    """The measure itself: alike is alike, and a tenth more is found."""
    same = [1 + (place * 37 % 100) / 1000 for place in range(200)]
    assert mann_whitney(same[:100], same[100:]) < 3
    assert mann_whitney(same, [value * 1.1 for value in same]) > 3


@pytest.mark.soak
def test_two_hundred_attempts_each_take_as_long(app: Flask, people: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """T52: a known and an unknown name in turn, 200 times each, by the processor's time."""
    monkeypatch.setattr(throttle, "check", lambda limits, at: None)
    times: dict[str, list[float]] = {"anna": [], "nobd": []}
    client: Client = app.test_client()
    client.get("/sign-in")
    for turn in range(400):
        name = ("anna", "nobd")[turn % 2]
        begun = time.process_time()
        assert client.post("/sign-in", data={"username": name, "password": WRONG}).status_code == 422
        times[name].append(time.process_time() - begun)
    apart = mann_whitney(times["anna"][5:], times["nobd"][5:])
    middle = [statistics.median(values) for values in times.values()]
    assert apart < 4 or abs(middle[0] - middle[1]) < 0.001, (apart, middle)
