"""Keeps what somebody had typed when their session ended, and gives it back to them, and only them, once."""

import json
from datetime import datetime

from flask import g, request, session
from flask_login import current_user
from sqlalchemy import delete, select

from helpdesk.accounts.models import ParkedForm
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.web.fragments import page_path
from helpdesk.web.security import SAFE_METHODS

MOST_SIGNS = 64_000
WAITING = "parked"
_NEVER_KEPT = ("csrf_token", "password")


def park() -> None:
    """Keeps the fields of this request for the account whose session has just ended, or who has an old form."""
    current_user._get_current_object()  # an old form is refused before anybody has asked whose session this is
    owner = g.get("ended_for")
    if owner is None or request.method in SAFE_METHODS:
        return
    fields = {name: text for name, text in request.form.items() if not any(word in name for word in _NEVER_KEPT)}
    path = (page_path() or request.path)[:200]
    if not any(fields.values()):
        return
    db.session.rollback()
    intend_to_write()
    here = ParkedForm.user_id == owner, ParkedForm.path == path
    before = db.session.scalar(select(ParkedForm.fields).where(*here))
    # A page has several forms, and says things by itself: what stands in one of them takes no other's place.
    text = json.dumps({**json.loads(before or "{}"), **fields}, ensure_ascii=False)
    if len(text) <= MOST_SIGNS:
        db.session.execute(delete(ParkedForm).where(*here))
        db.session.add(ParkedForm(user_id=owner, path=path, fields=text, parked_at=now()))
        session[WAITING] = True
    db.session.commit()


def remember_waiting(person: Person) -> None:
    """At the sign-in: whether pages have to look for something that this person had typed."""
    if db.session.scalar(select(ParkedForm.id).where(ParkedForm.user_id == person.id).limit(1)) is not None:
        session[WAITING] = True


def take(person: Person) -> dict[str, str]:
    """What this person had typed on this page, if anything; it is forgotten here."""
    if not session.get(WAITING) or request.method not in SAFE_METHODS:
        return {}
    db.session.rollback()
    intend_to_write()
    own = select(ParkedForm).where(ParkedForm.user_id == person.id)
    rows = list(db.session.scalars(own))
    here = next((row for row in rows if row.path == request.path), None)
    fields = json.loads(here.fields) if here else {}
    if here:
        db.session.delete(here)
    if len(rows) <= 1:
        session.pop(WAITING)
    db.session.commit()
    return {str(name): str(text) for name, text in fields.items()}


def forget(*, older_than: datetime) -> None:
    """Removes what nobody has come back for."""
    db.session.execute(delete(ParkedForm).where(ParkedForm.parked_at < older_than))
