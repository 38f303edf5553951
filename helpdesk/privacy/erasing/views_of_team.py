"""The saved views of the team that name somebody who is being erased. Never commits."""

from urllib.parse import parse_qsl

from sqlalchemy import select

from helpdesk.accounts.finding import fold
from helpdesk.accounts.models import User
from helpdesk.desk.models import SavedView
from helpdesk.extensions import db


def forget(user: User) -> None:
    """Removes the views that look for this member, or are called after them: they would find nobody."""
    names = [fold(one) for one in (user.name, user.username, user.email, user.member_id) if one]
    for view in db.session.scalars(select(SavedView)):
        looked_for = [value for _name, value in parse_qsl(view.arguments)]
        if any(name in fold(text) for name in names for text in (view.name, *looked_for)):
            db.session.delete(view)
