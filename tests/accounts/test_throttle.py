"""How long somebody who keeps failing has to wait, and that nobody can lock somebody else out."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts import throttle
from helpdesk.accounts.models import SignInFailure
from helpdesk.accounts.throttle import ACCOUNT, PAIR, SOURCE, Limit
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.refusals import TooMany
from tests.builders import NOON

SECRET = "a secret of the tests"
WAITS = [
    (PAIR, {0: 0, 1: 0, 4: 0, 5: 15, 6: 30, 7: 60, 8: 120, 9: 240, 10: 480, 11: 900, 12: 900, 10**6: 900}),
    (SOURCE, {0: 0, 39: 0, 40: 15, 41: 30, 46: 900, 10**6: 900}),
    (ACCOUNT, {0: 0, 99: 0, 100: 5, 101: 10, 102: 20, 103: 40, 104: 60, 10**6: 60}),
]


@pytest.mark.parametrize(("limit", "waits"), WAITS)
def test_the_wait_grows_after_the_free_tries_and_stops_growing(limit: Limit, waits: dict[int, int]) -> None:
    assert {failures: limit.wait(failures) for failures in waits} == waits


def test_nobody_can_keep_an_account_locked_for_long() -> None:
    assert ACCOUNT.longest <= 60
    assert ACCOUNT.free > PAIR.free * 10


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::ffff", "2001:db8:1:3::/64"),
        ("", "unknown"),
        ("not an address", "unknown"),
        ("192.0.2.7, 10.0.0.1", "unknown"),
    ],
)
def test_an_ipv6_customer_is_one_source(address: str, counted: str) -> None:
    assert throttle.network(address) == counted


def test_the_kept_keys_hold_no_name_and_no_address() -> None:
    keys = throttle.keys("anna@example.org", "192.0.2.7", SECRET)
    assert len(keys) == 3 and all(len(key) == 64 for key in keys)
    assert keys != throttle.keys("anna@example.org", "192.0.2.7", "another secret")


@pytest.mark.parametrize("typed", ["Anna", " anna ", "ANNA"])
def test_another_spelling_of_a_name_is_the_same_account(typed: str) -> None:
    assert throttle.keys(typed, "192.0.2.7", SECRET) == throttle.keys("anna", "192.0.2.7", SECRET)


def fail(name: str, address: str, times: int, *, minute: float = 0) -> None:
    intend_to_write()
    for _ in range(times):
        throttle.count_failure(throttle.keys(name, address, SECRET), at=NOON + timedelta(minutes=minute))
        db.session.flush()
    db.session.commit()


def wait(name: str, address: str, *, seconds: float = 0) -> int:
    try:
        throttle.check(throttle.keys(name, address, SECRET), at=NOON + timedelta(seconds=seconds))
    except TooMany as refused:
        return int(str(refused.params["seconds"]))
    return 0


def test_the_fifth_failure_makes_this_source_wait_for_this_account_only(on_both: Flask) -> None:
    fail("anna", "192.0.2.7", 4)
    assert wait("anna", "192.0.2.7") == 0

    fail("anna", "192.0.2.7", 1)

    assert wait("anna", "192.0.2.7") == 16
    assert wait("anna", "192.0.2.7", seconds=14) == 2
    assert wait("anna", "192.0.2.7", seconds=15) == 0
    assert wait("anna", "198.51.100.1") == 0, "the person herself signs in from elsewhere"
    assert wait("ben", "192.0.2.7") == 0


def test_a_source_that_tries_many_names_waits_for_all_of_them(on_both: Flask) -> None:
    for number in range(40):
        fail(f"name{number}", "2001:db8::1", 1)

    assert wait("anna", "2001:db8::2") > 0
    assert wait("anna", "2001:db8:0:1::2") == 0


def test_an_account_that_many_sources_try_waits_a_little_for_everybody(on_both: Flask) -> None:
    for number in range(100):
        fail("anna", f"192.0.2.{number}", 1)

    assert 0 < wait("anna", "198.51.100.1") <= 6
    assert wait("ben", "198.51.100.1") == 0


def test_signing_in_forgives_this_source_and_account_only(on_both: Flask) -> None:
    fail("anna", "192.0.2.7", 45)
    intend_to_write()
    throttle.forgive(throttle.keys("anna", "192.0.2.7", SECRET))
    db.session.commit()

    rows = dict(db.session.execute(select(SignInFailure.failures, SignInFailure.key)).all())
    assert set(rows) == {45}
    assert db.session.query(SignInFailure).count() == 2


def test_what_nobody_touched_for_a_day_is_forgotten(on_both: Flask) -> None:
    fail("anna", "192.0.2.7", 3)
    fail("ben", "198.51.100.1", 1, minute=24 * 60 + 1)

    assert db.session.query(SignInFailure).count() == 3
