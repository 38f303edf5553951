"""The served desk of tests/chat/clients, its people, and what the attacks ask of its database and its process."""

import pytest

from tests.attacks.looking import Looking
from tests.browser.conftest import browser_type_launch_args, guard, visit
from tests.browser.desk import Desk
from tests.chat.clients.conftest import desk, people

__all__ = ["browser_type_launch_args", "desk", "guard", "looking", "people", "visit"]


@pytest.fixture
def looking(desk: Desk) -> Looking:
    """Looks at the database and the process of the desk."""
    return Looking(desk)
