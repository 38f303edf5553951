"""Sensitive doors open only to whoever has shown lately that it is them: by signing in, or on the page /confirm."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import quote

from flask import current_app, make_response, request
from flask_login import current_user, login_user
from werkzeug.wrappers import Response

from helpdesk.accounts import passwords, queries, sessions, throttle
from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.refusals import FactorMissing, Invalid, NotFound, Unproved
from helpdesk.web.fragments import local_path, page_path, see_other, wants_fragment
from helpdesk.web.security import SAFE_METHODS

P = ParamSpec("P")
R = TypeVar("R")
# Long enough for a few changes in a row, short enough for a screen that somebody has left.
FRESH = timedelta(minutes=15)


def proved_recently(door: Callable[P, R]) -> Callable[P, R]:
    """Stands under @requires: lets only those through who have proved themselves lately. Raises Unproved."""

    @wraps(door)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not is_proved(current_user, at=now()):
            raise Unproved()
        return door(*args, **kwargs)

    guarded.proved_recently = True  # type: ignore[attr-defined]
    return guarded


def where_offered(door: Callable[P, R]) -> Callable[P, R]:
    """Stands under @requires: the door is there unless the site has second factors switched off. Raises NotFound."""

    @wraps(door)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if current_app.config["HELPDESK"].second_factor == "off":
            raise NotFound()
        return door(*args, **kwargs)

    return guarded


def is_proved(person: Person, *, at: datetime) -> bool:
    """Whether this person has shown in this session, and lately, that it is them."""
    return person.proved_at is not None and at < person.proved_at + FRESH


def check_password(password: str) -> None:
    """Raises Invalid for a password that is not the present person's, TooMany after too many tries.

    A failure counts as one at the sign-in does. No transaction is held while the password is being hashed.
    """
    user = queries.user(current_user.id)
    limits = throttle.keys(user.username, request.remote_addr or "", current_app.config["SECRET_KEY"])
    throttle.check(limits, at=now())
    stored = user.password_hash
    db.session.rollback()
    if not passwords.matches(stored, password):
        throttle.count_failure(limits, at=now())
        db.session.commit()
        raise Invalid("password_wrong")


def keep_proof() -> None:
    """The present person has just shown that it is them: their session gets a new token. The door commits."""
    login_user(sessions.prove(current_user._get_current_object(), at=now()))


def answer_factor_missing(refusal: FactorMissing) -> Response:
    """Leads somebody who must have a second factor to where they set one up."""
    db.session.rollback()
    if wants_fragment():
        return make_response("", 403)
    return see_other("/profile/two-step")


def answer_unproved(refusal: Unproved) -> Response:
    """Leads to the page where they prove themselves, and from there back to where they were. Nothing has changed."""
    db.session.rollback()
    reads = request.method in SAFE_METHODS
    back = request.full_path.rstrip("?") if reads and not wants_fragment() else page_path()
    address = f"/confirm?next={quote(local_path(back) or '/')}"
    if wants_fragment():
        response = make_response("", 403)
        response.headers["HX-Redirect"] = address
        return response
    if reads:
        return see_other(address)
    page: Response = current_app.extensions["confirm_page"](local_path(back) or "/")
    return page
