"""Sign-ins between their two steps: rows of our own, found by a token that only that browser has."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from helpdesk.accounts.factors.models import SecondStep
from helpdesk.accounts.models import User
from helpdesk.accounts.sessions import token_hash
from helpdesk.extensions import db
from helpdesk.refusals import NotSignedIn

LASTS = timedelta(minutes=10)


def begin(user: User, *, at: datetime) -> str:
    """The password was right: the token with which the second step is found for a few minutes."""
    db.session.execute(delete(SecondStep).where(SecondStep.user_id == user.id, SecondStep.ends_at <= at))
    token = secrets.token_urlsafe(32)
    db.session.add(SecondStep(token_hash=token_hash(token), user_id=user.id, ends_at=at + LASTS))
    return token


def find(token: str, *, at: datetime) -> tuple[SecondStep, User]:
    """The sign-in with this token, and whose it is. Raises NotSignedIn when it is over, or never was."""
    row = db.session.scalar(select(SecondStep).where(SecondStep.token_hash == token_hash(token)))
    user = db.session.get(User, row.user_id) if row is not None and at < row.ends_at else None
    if row is None or user is None or user.disabled_at is not None or user.second_factor_at is None:
        raise NotSignedIn()
    return row, user


def finish(row: SecondStep) -> None:
    """Both steps were right: this one leads to no second session. Raises NotSignedIn if it has led to one already."""
    taken = db.session.execute(delete(SecondStep).where(SecondStep.id == row.id))
    if taken.rowcount != 1:
        raise NotSignedIn()
