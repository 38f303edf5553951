"""What administrators do to accounts, and the operator's commands (`by` is None): each is written into the audit log.

Nobody shuts themselves out, and there is always an administrator left.
"""

from datetime import datetime

from sqlalchemy import select

from helpdesk.accounts import service, sessions
from helpdesk.accounts.factors import service as factors
from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.ranks import Ranks, Role
from helpdesk.refusals import Invalid, NotAllowed, WrongState
from helpdesk.site import service as site


def set_rank(user: User, rank: str, *, ranks: Ranks, by: Person | None, at: datetime) -> None:
    """Another rank, from the member's next request on. Raises Invalid for one that the site does not have."""
    was = user.rank
    service.set_rank(user, rank, ranks=ranks)
    if user.rank != was:
        _record("rank_set", user, by, at, was=was or "", rank=user.rank or "")


def disable(user: User, *, by: Person | None, at: datetime) -> None:
    """Closes an account and ends its sessions. Raises Invalid for oneself, WrongState for the last administrator."""
    _check_not_oneself(user, by)
    _check_remaining(user, by)
    if user.disabled_at is None:
        _record("account_disabled", user, by, at)
    service.disable(user, at=at)


def enable(user: User, *, by: Person | None, at: datetime) -> None:
    """Opens a disabled account again."""
    if user.disabled_at is not None:
        _record("account_enabled", user, by, at)
    service.enable(user)


def sign_out(user: User, *, by: Person | None, at: datetime) -> None:
    """Ends all sessions of an account."""
    sessions.end_all(user.id)
    _record("signed_out", user, by, at)


def issue_link(user: User, *, by: Person | None, at: datetime, hours: int) -> str:
    """The token of a one-time link to set a password, to be handed over. Raises WrongState for a disabled account."""
    check_may_have_link(user)
    _record("link_issued", user, by, at)
    return service.issue_password_link(user, at=at, hours=hours)


def note_link_sent(user: User, *, by: Person | None, at: datetime) -> None:
    """The link goes to them by mail, which makes it when it leaves. Raises WrongState for a disabled account."""
    check_may_have_link(user)
    _record("link_sent", user, by, at)


def reset_factors(user: User, *, by: Person | None, at: datetime) -> None:
    """Takes all second factors of an account away and ends its sessions. Raises Invalid for oneself."""
    _check_not_oneself(user, by)
    factors.reset(user, by=by.id if by else None, at=at)
    sessions.end_all(user.id)


def check_may_have_link(user: User) -> None:
    """Raises WrongState for a disabled account: nobody could sign in with the password that they set."""
    if user.disabled_at is not None:
        raise WrongState("account_disabled", username=user.username)


def set_role(user: User, role: Role, *, by: Person | None, at: datetime) -> None:
    """Makes somebody an agent, an administrator or a member again; they sign in anew.

    Raises Invalid for oneself, WrongState for the last administrator. What an agent has in hand is for the desk.
    """
    _check_not_oneself(user, by)
    _check_remaining(user, by)
    if user.role == role.value:
        return
    _record("role_set", user, by, at, was=user.role, role=role.value)
    user.role = role.value
    # The sessions of the team end sooner than members' do, and nothing that was open as somebody else stays open.
    sessions.end_all(user.id)


def _check_not_oneself(user: User, by: Person | None) -> None:
    if by is not None and by.id == user.id:
        raise Invalid("admin_self")


def _check_remaining(user: User, by: Person | None) -> None:
    """Two administrators who demote each other at once: the second one waits here, and is none any more."""
    working = (User.role == Role.ADMIN.value) & User.disabled_at.is_(None)
    admins = set(db.session.scalars(select(User.id).where(working).order_by(User.id).with_for_update()))
    if by is not None and by.id not in admins:
        raise NotAllowed()
    if admins == {user.id}:
        raise WrongState("admin_last")
    db.session.refresh(user)


def _record(what: str, user: User, by: Person | None, at: datetime, **facts: object) -> None:
    site.record(what, by=by.id if by else None, about=user.id, at=at, facts=facts)
