"""What is written down of requests: a line each, and one for what concerns security. Knows no feature.

Never an address, a name, a text or a token: who it was is the account's id, and where is the door's name.
"""

import logging
import secrets
import time
from collections.abc import Callable
from http import HTTPStatus

from flask import Flask, Response, g, has_app_context, has_request_context, request
from flask_login import user_logged_in, user_logged_out

requests = logging.getLogger("helpdesk.requests")
security = logging.getLogger("helpdesk.security")
Count = Callable[[str, int, float], None]
_counting: list[Count] = []
# What is asked for all the time and tells nothing: not a line each.
QUIET = frozenset({"assets.serve", "assets.fault_sheet", "home.health", "home.ready"})
# What a way in answers to somebody who is not let in.
WAYS_IN = {"accounts.sign_in": "sign_in_failed", "accounts.second_step": "second_step_failed"}


def number() -> str:
    """This request's own number, by which its lines are found; empty outside of one."""
    return str(g.get("request_number", "")) if has_app_context() else ""


def facts() -> dict[str, object]:
    """Which request this is, who asked for it and at which door, as far as that is known by now."""
    if not has_request_context():
        return {}
    person = g.get("_login_user")  # not `current_user`, which would ask the database
    found = {
        "request": number(), "person": getattr(person, "id", None), "door": request.endpoint, "method": request.method,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}


def note(what: str, **more: int | str) -> None:
    """Writes down an event that concerns security, with ids and codes only."""
    if security.isEnabledFor(logging.INFO):
        security.info("%s", what, extra={"facts": {"event": what, **more}})


def counted(count: Count) -> None:
    """Has each request counted: its door, its status and how many seconds it took."""
    if count not in _counting:
        _counting.append(count)


def _begin() -> None:
    g.request_number, g.begun_at = secrets.token_hex(8), time.monotonic()


def _end(response: Response) -> Response:
    seconds = time.monotonic() - g.get("begun_at", time.monotonic())
    door, status = request.endpoint or "none", response.status_code
    for count in _counting:
        count(door, status, seconds)
    if door in WAYS_IN and request.method == "POST" and status in {422, 429}:
        note(WAYS_IN[door] if status == HTTPStatus.UNPROCESSABLE_ENTITY else "limited")
    if requests.isEnabledFor(logging.INFO) and (door not in QUIET or status >= 400):
        requests.info("request", extra={"facts": {"status": status, "ms": round(seconds * 1000, 1)}})
    return response


def init_app(app: Flask) -> None:
    """Numbers each request before anything else looks at it, and writes it down after everything else."""
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.after_request(_end)
    user_logged_in.connect(_signed_in, app)
    user_logged_out.connect(_signed_out, app)


def _signed_in(app: Flask, user: object) -> None:
    note("signed_in", person=getattr(user, "id", 0))


def _signed_out(app: Flask, user: object) -> None:
    note("signed_out", person=getattr(user, "id", 0))
