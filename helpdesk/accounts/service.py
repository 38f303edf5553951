"""What can be done to an account, one verb a function. Never commits, never reads the request."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from helpdesk.accounts import finding, sessions
from helpdesk.accounts.directory import username_key
from helpdesk.accounts.factors import service as factors
from helpdesk.accounts.models import PasswordLink, User
from helpdesk.extensions import db
from helpdesk.mail import outbox
from helpdesk.ranks import Ranks, Role
from helpdesk.refusals import Invalid, NotFound

# A link for a new account may travel for a week; one that replaces a password is used at once (trust.md, T53).
LINK_HOURS = 168
RESET_HOURS = 1


def create_account(
    *, username: str, email: str, name: str, role: Role, at: datetime, origin: str, rank: str | None = None,
    language: str | None = None, member_id: str | None = None, password_hash: str | None = None,
) -> User:  # fmt: skip
    """A new account. Raises Invalid `account_exists` when the username, address or member ID is in use."""
    taken = (User.username_key == username_key(username)) | (User.email_key == email.casefold())
    if member_id:
        taken |= User.member_id == member_id
    if db.session.scalar(select(User.id).where(taken).limit(1)) is not None:
        raise Invalid("account_exists", username=username)
    user = User(
        username=username, username_key=username_key(username), email=email, email_key=email.casefold(), name=name,
        role=role.value, rank=rank, language=language, member_id=member_id, password_hash=password_hash,
        origin=origin, created_at=at,
    )  # fmt: skip
    db.session.add(user)
    db.session.flush()
    finding.put([user.id], anew=False)
    return user


def set_password(
    user: User, password_hash: str, *, at: datetime, browser: str = "", keep_session: int | None = None
) -> None:
    """Gives the account a new password: ends its other sessions, voids every link to set one, and tells its owner."""
    user.password_hash = password_hash
    sessions.end_all(user.id, but=keep_session)
    _void_links(user)
    facts = {"at": int(at.timestamp()), "browser": browser[:200]}
    outbox.put("password_changed", to=user.id, facts=facts, key=f"password_changed:{user.id}:{at.timestamp()}", at=at)


def issue_password_link(user: User, *, at: datetime, hours: int = LINK_HOURS) -> str:
    """The token of a new one-time link to set the password; older ones become void."""
    _void_links(user)
    token = secrets.token_urlsafe(32)
    ends = at + timedelta(hours=hours)
    row = PasswordLink(token_hash=sessions.token_hash(token), user_id=user.id, created_at=at, ends_at=ends)
    db.session.add(row)
    return token


def user_of_link(token: str, *, at: datetime) -> User:
    """The account that a one-time link belongs to. Raises NotFound for a used, void, expired or unknown one."""
    row = db.session.scalar(select(PasswordLink).where(PasswordLink.token_hash == sessions.token_hash(token)))
    user = db.session.get(User, row.user_id) if row is not None and at < row.ends_at else None
    if user is None or user.disabled_at is not None:
        raise NotFound("link_expired")
    return user


def edit_profile(user: User, *, name: str, language: str, time_zone: str | None, theme: str) -> None:
    """The person's own settings. An empty time zone follows the browser."""
    renamed = user.name != name
    user.name, user.language, user.time_zone, user.theme = name, language, time_zone or None, theme
    if renamed:
        finding.put([user.id])


def choose_language(user: User, language: str) -> None:
    """The person's language for the interface and for what the desk writes to them."""
    user.language = language


def disable(user: User, *, at: datetime) -> None:
    """Closes an account: nobody can sign in to it, and whoever is, no longer is."""
    user.disabled_at = user.disabled_at or at
    sessions.end_all(user.id)
    _void_links(user)


def enable(user: User) -> None:
    """Opens a disabled account again."""
    user.disabled_at = None


def set_rank(user: User, rank: str, *, ranks: Ranks) -> None:
    """A member's new rank; it counts from their next request on. Raises Invalid for one that the site does not have."""
    named = ranks.named(rank)
    if named is None:
        raise Invalid("rank_unknown", rank=rank)
    user.rank = named


def forget_ended_links(*, at: datetime) -> None:
    """Removes one-time links, and sign-ins under way, that can no longer be used."""
    factors.forget_ended(at=at)
    db.session.execute(delete(PasswordLink).where(PasswordLink.ends_at <= at))


def _void_links(user: User) -> None:
    db.session.execute(delete(PasswordLink).where(PasswordLink.user_id == user.id))
