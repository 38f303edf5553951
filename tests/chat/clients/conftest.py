"""A served desk and people with clients at it: fixtures for the protocol's and the attacks' tests."""

from collections.abc import Iterator

import pytest

from tests.browser.desk import Desk, served
from tests.chat.clients.people import People


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The served demo; each test makes the people that it needs."""
    with served(tmp_path_factory.mktemp("served")) as desk:
        yield desk


@pytest.fixture
def people(desk: Desk) -> Iterator[People]:
    """Members and agents with clients; all are closed at the end, and the queue is left empty."""
    people = People(desk)
    yield people
    people.leave()
