"""Nobody shuts themselves out, one administrator always stays, and every verb leaves its line in the log."""

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts import administration, queries
from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.ranks import Ranks, Role
from helpdesk.refusals import Invalid, NotAllowed, WrongState
from helpdesk.site.models import AuditEntry
from tests import builders
from tests.together import at_once


def admins() -> int:
    working = (User.role == Role.ADMIN.value) & User.disabled_at.is_(None)
    return len(db.session.scalars(select(User.id).where(working)).all())


def log() -> list[tuple[str, int | None, int | None]]:
    return [(one.what, one.actor_id, one.about_id) for one in db.session.scalars(select(AuditEntry))]


@pytest.mark.parametrize("verb", ["demote", "disable"])
def test_of_two_who_demote_each_other_at_once_one_stays(on_both: Flask, verb: str) -> None:
    one, other = builders.admin(), builders.admin()
    db.session.remove()

    def against(whom: Person, by: Person) -> None:
        user = queries.user(whom.id)
        if verb == "demote":
            administration.set_role(user, Role.MEMBER, by=by, at=now())
        else:
            administration.disable(user, by=by, at=now())

    refused = at_once(on_both, lambda: against(other, one), lambda: against(one, other))

    assert [type(fault) for fault in refused] == [NotAllowed]
    assert admins() == 1


@pytest.mark.usefixtures("app_context")
def test_nobody_demotes_or_disables_themselves_even_with_others_there() -> None:
    me = builders.admin()
    builders.admin()
    for verb in (
        lambda user: administration.set_role(user, Role.AGENT, by=me, at=now()),
        lambda user: administration.disable(user, by=me, at=now()),
    ):
        with pytest.raises(Invalid, match="admin_self"):
            verb(queries.user(me.id))
    assert (admins(), log()) == (2, [])


@pytest.mark.usefixtures("app_context")
def test_a_command_does_not_take_the_last_administrator_away_either() -> None:
    only, gone = builders.admin(), builders.admin()
    intend_to_write()
    administration.disable(queries.user(gone.id), by=None, at=now())
    with pytest.raises(WrongState, match="admin_last"):
        administration.disable(queries.user(only.id), by=None, at=now())
    assert admins() == 1


@pytest.mark.usefixtures("app_context")
def test_who_is_no_administrator_any_more_administers_nothing() -> None:
    was, member = builders.agent(), builders.member()
    builders.admin()
    with pytest.raises(NotAllowed):
        administration.set_role(queries.user(member.id), Role.ADMIN, by=was, at=now())


@pytest.mark.usefixtures("app_context")
def test_each_verb_leaves_one_line_and_none_where_nothing_was_changed() -> None:
    by, member = builders.admin(), builders.member(rank="Gold")
    intend_to_write()
    user = queries.user(member.id)
    for _ in range(2):
        administration.set_rank(user, "diamond", ranks=Ranks(), by=by, at=now())
        administration.disable(user, by=by, at=now())
    for _ in range(2):
        administration.enable(user, by=None, at=now())
        administration.set_role(user, Role.AGENT, by=by, at=now())
    secret = administration.issue_link(user, by=by, at=now(), hours=1)
    administration.sign_out(user, by=by, at=now())
    db.session.commit()
    assert log() == [
        ("rank_set", by.id, member.id), ("account_disabled", by.id, member.id), ("account_enabled", None, member.id),
        ("role_set", by.id, member.id), ("link_issued", by.id, member.id), ("signed_out", by.id, member.id),
    ]  # fmt: skip
    assert all(secret not in str(one.facts) for one in db.session.scalars(select(AuditEntry)))


@pytest.mark.usefixtures("app_context")
def test_a_disabled_account_gets_no_link() -> None:
    user = queries.user(builders.member("gone").id)
    administration.disable(user, by=None, at=now())
    with pytest.raises(WrongState, match="account_disabled"):
        administration.issue_link(user, by=None, at=now(), hours=1)
