"""Looking accounts up."""

from sqlalchemy import or_, select

from helpdesk.accounts.directory import username_key
from helpdesk.accounts.models import User
from helpdesk.extensions import db
from helpdesk.ranks import Role
from helpdesk.refusals import NotFound


def user_by_name(name: str) -> User | None:
    """The account with this username, e-mail address or member ID."""
    key, address = username_key(name.strip()), name.strip().casefold()
    found = db.session.scalars(
        select(User).where(or_(User.username_key == key, User.email_key == address, User.member_id == name.strip()))
    ).all()
    # A member ID may read like somebody else's username: the username wins, then the address.
    return min(found, key=lambda user: (user.username_key != key, user.email_key != address), default=None)


def user(user_id: int) -> User:
    """The account with this id. Raises NotFound."""
    found = db.session.get(User, user_id)
    if found is None:
        raise NotFound()
    return found


def agents() -> list[User]:
    """Everybody to whom a ticket can be assigned, by name."""
    working = User.role.in_((Role.AGENT.value, Role.ADMIN.value)) & User.disabled_at.is_(None)
    return list(db.session.scalars(select(User).where(working).order_by(User.name, User.id)))


def agent(user_id: int) -> User:
    """An agent who is not disabled. Raises NotFound."""
    found = user(user_id)
    if Role(found.role) is Role.MEMBER or found.disabled_at is not None:
        raise NotFound()
    return found
