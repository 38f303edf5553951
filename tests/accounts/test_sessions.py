"""Signed-in browsers: a token finds its person until the session ends, for any reason."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from helpdesk.accounts import service, sessions
from helpdesk.accounts.models import User, UserSession
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.ranks import Role
from helpdesk.refusals import NotFound
from tests import builders
from tests.builders import NOON


def start(person: Person, *, at: datetime = NOON) -> Person:
    intend_to_write()
    signed_in = sessions.start(db.session.get_one(User, person.id), browser="Firefox", at=at)
    db.session.commit()
    return signed_in


def found(person: Person, *, after: timedelta = timedelta(0)) -> Person | None:
    return sessions.find(person.token, at=NOON + after).person


def test_a_token_is_long_random_and_kept_as_a_hash_only(on_both: Flask) -> None:
    first, second = start(builders.member()), start(builders.member())

    kept = db.session.scalars(select(UserSession.token_hash)).all()
    assert first.token != second.token
    assert len(first.token) >= 43  # 256 bits
    assert first.token not in kept
    assert sorted(kept) == sorted(sessions.token_hash(person.token) for person in (first, second))


def test_a_token_finds_its_person_with_their_present_facts(on_both: Flask) -> None:
    anna = start(builders.member("anna", rank="Silver", language="sv", member_id="77"))

    person = found(anna)

    assert person is not None
    assert (person.id, person.username, person.rank, person.language) == (anna.id, "anna", "Silver", "sv")
    assert (person.member_id, person.role, person.is_agent) == ("77", Role.MEMBER, False)
    assert person.session_id == anna.session_id
    assert person.token == "", "the token leaves the server once, in the cookie"


@pytest.mark.parametrize("token", ["", "x", "None", "0" * 43, "\x00", "é"])
def test_another_token_finds_nobody(on_both: Flask, token: str) -> None:
    start(builders.member())
    assert sessions.find(token, at=NOON).person is None


LIMITS = [
    (builders.member, timedelta(days=14), timedelta(days=90)),
    (builders.agent, timedelta(hours=12), timedelta(days=7)),
    (builders.admin, timedelta(hours=12), timedelta(days=7)),
]


@pytest.mark.parametrize(("builder", "idle", "longest"), LIMITS)
def test_an_unused_session_ends(on_both: Flask, builder: Callable[[], Person], idle: timedelta, longest: timedelta):
    person = start(builder())

    assert found(person, after=idle - timedelta(seconds=1)) is not None
    assert found(person, after=idle) is None
    assert sessions.find(person.token, at=NOON + idle).ended_for == person.id


@pytest.mark.parametrize(("builder", "idle", "longest"), LIMITS)
def test_a_session_in_use_ends_all_the_same(
    on_both: Flask, builder: Callable[[], Person], idle: timedelta, longest: timedelta
):
    person = start(builder())
    intend_to_write()
    db.session.execute(update(UserSession).values(seen_at=NOON + longest))
    db.session.commit()

    assert found(person, after=longest - timedelta(seconds=1)) is not None
    assert found(person, after=longest) is None


def test_use_is_remembered_at_most_every_few_minutes(on_both: Flask) -> None:
    person = start(builders.member())
    assert not sessions.find(person.token, at=NOON + timedelta(minutes=4, seconds=59)).to_touch
    assert sessions.find(person.token, at=NOON + timedelta(minutes=5)).to_touch

    sessions.touch(person.session_id, at=NOON + timedelta(minutes=5))

    assert not sessions.find(person.token, at=NOON + timedelta(minutes=9)).to_touch


def test_a_disabled_account_has_no_sessions(on_both: Flask) -> None:
    person = start(builders.member())
    user = db.session.get_one(User, person.id)
    service.disable(user, at=NOON)
    assert found(person) is None
    assert sessions.find(person.token, at=NOON).ended_for is None

    again = start(person)
    service.enable(user)
    assert found(again) is not None


def test_a_disabled_account_is_not_let_in_by_a_row_that_was_left(on_both: Flask) -> None:
    person = start(builders.member())
    intend_to_write()
    db.session.get_one(User, person.id).disabled_at = NOON
    db.session.commit()

    assert db.session.scalar(select(UserSession.id)) == person.session_id
    assert found(person) is None


def test_a_person_ends_their_own_sessions_and_no_others(on_both: Flask) -> None:
    anna, ben = start(builders.member()), start(builders.member())

    for wrong in (ben.session_id, 0, -1, 999_999, 2**31, 2**63, 10**30):
        with pytest.raises(NotFound):
            sessions.end(wrong, by=anna)
    assert found(ben) is not None

    sessions.end(anna.session_id, by=anna)
    assert found(anna) is None


def test_all_sessions_end_but_the_one_that_is_kept(on_both: Flask) -> None:
    anna = builders.member()
    first, second, ben = start(anna), start(anna), start(builders.member())

    sessions.end_all(anna.id, but=first.session_id)

    assert (found(first) is not None, found(second), found(ben) is not None) == (True, None, True)


def test_sessions_that_are_over_are_forgotten(on_both: Flask) -> None:
    start(builders.member())
    fresh = start(builders.member(), at=NOON + timedelta(days=1))

    sessions.forget_ended(at=NOON + timedelta(days=90))

    assert db.session.scalars(select(UserSession.id)).all() == [fresh.session_id]


def test_a_new_password_ends_the_other_sessions_and_voids_links(on_both: Flask) -> None:
    anna = builders.member()
    here, elsewhere = start(anna), start(anna)
    user = db.session.get_one(User, anna.id)
    link = service.issue_password_link(user, at=NOON)
    assert service.user_of_link(link, at=NOON).id == anna.id

    service.set_password(user, "new hash", at=NOON, keep_session=here.session_id)

    assert (found(here) is not None, found(elsewhere)) == (True, None)
    with pytest.raises(NotFound):
        service.user_of_link(link, at=NOON)
