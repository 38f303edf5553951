"""The session's cookie outlives a clock that is put back, and nothing else than that has become possible by it."""

from collections.abc import Callable

import pytest
from itsdangerous import TimestampSigner

from helpdesk.accounts.person import Person
from tests.conftest import Client, Make

DAY = 24 * 3600


@pytest.fixture
def signed_in(make: Make, as_person: Callable[[Person], Client]) -> Client:
    return as_person(make.member())


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Puts the clock that cookies are signed by forward by so many seconds, or back."""
    real = TimestampSigner.get_timestamp

    def to(seconds: int) -> None:
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: real(self) + seconds)

    return to


@pytest.mark.parametrize("seconds", [-1, -3600, -30 * DAY, 3600])
def test_a_clock_that_is_put_right_signs_nobody_out(
    signed_in: Client, put: Callable[[int], None], seconds: int
) -> None:
    put(seconds)
    assert signed_in.get("/profile").status_code == 200


def test_a_cookie_of_long_ago_is_none(signed_in: Client, put: Callable[[int], None]) -> None:
    put(400 * DAY)
    assert signed_in.get("/profile").status_code == 303


def test_a_cookie_that_was_changed_is_none_whenever_it_was_signed(
    signed_in: Client, put: Callable[[int], None]
) -> None:
    put(-3600)
    cookie = signed_in.get_cookie("session")
    assert cookie is not None
    signed_in.set_cookie("session", "x" + cookie.value[1:])
    assert signed_in.get("/profile").status_code == 303
