"""Turns a refusal into a page, a fragment or an answer, once for all doors. Knows no feature.

Features add the sentences of their own codes with `say`; a code without a sentence is a programming mistake and
fails in the tests.
"""

import errno
import logging
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from flask import Flask, Response, current_app, flash, g, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.database import intend_to_read, is_full
from helpdesk.extensions import db, login_manager
from helpdesk.refusals import (
    AlreadyTaken,
    Busy,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refusal,
    TooMany,
    WrongState,
)  # fmt: skip
from helpdesk.web import journal
from helpdesk.web.fragments import local_path, page_path, see_other, wants_fragment

log = logging.getLogger(__name__)
STATUS = {
    NotFound: 404, NotSignedIn: 401, NotAllowed: 403, WrongState: 409, AlreadyTaken: 409, Invalid: 422, TooMany: 429,
    Busy: 503,
}  # fmt: skip
# What is also written down as an event of its own.
CONCERNS_SECURITY = {403: "denied", 429: "limited"}
# When to try again what the database could not take just now.
BUSY_SECONDS = 5
NO_ROOM_SECONDS = 60
NO_ROOM = frozenset({"no_room", "disk_full"})
NO_ROOM_ON_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# Where the static page in all languages has the request's number.
NUMBER = "0000000000000000"
Sentence = Callable[[Refusal], str]
SENTENCES: dict[str, Sentence] = {
    "not_found": lambda no: _("The page does not exist or has been moved."),
    "not_allowed": lambda no: _("You do not have access to this page."),
    "wrong_state": lambda no: _("This can no longer be done: the ticket has changed in the meantime."),
    "already_taken": lambda no: _("Somebody else was faster."),
    "invalid": lambda no: _("What you sent cannot be used. Go back and check it."),
    "too_many": lambda no: wait_sentence(int(no.params.get("seconds", 60))),
    "no_room": lambda no: _("Our server has no space left, so nothing was saved. Try again later."),
    "busy": lambda no: _("We have too much to do right now. Try again in a minute."),
}


def say(code: str, sentence: Sentence) -> None:
    """Gives a refusal's code its sentence for people."""
    SENTENCES[code] = sentence


def sentence(refusal: Refusal) -> str:
    """The refusal in the reader's words."""
    return SENTENCES[refusal.code](refusal)


def wait_sentence(seconds: int) -> str:
    """How long to wait, in minutes from two minutes on."""
    if seconds < 120:
        return ngettext("Wait %(num)d second.", "Wait %(num)d seconds.", seconds)
    minutes = -(-seconds // 60)
    return _("Too many attempts. Try again in %(n)s minutes.", n=minutes)


def answer_refusal(refusal: Refusal) -> BaseResponse:
    """The answer to a refusal that no view has answered itself."""
    db.session.rollback()
    if isinstance(refusal, NotSignedIn):
        return ask_to_sign_in()
    status = next(code for kind, code in STATUS.items() if isinstance(refusal, kind))
    if refusal.code in NO_ROOM:
        status = HTTPStatus.INSUFFICIENT_STORAGE.value
    if status in CONCERNS_SECURITY:
        journal.note(CONCERNS_SECURITY[status], code=refusal.code)
    response = error_page(status, sentence(refusal))
    if "seconds" in refusal.params:
        response.headers["Retry-After"] = str(refusal.params["seconds"])
    return response


def ask_to_sign_in() -> BaseResponse:
    """Sends to the sign-in page and from there back to the page where this person was.

    A page that only refreshes a part of itself stays while words stand in it: they are kept when they are sent.
    """
    if wants_fragment() and "X-Unsent-Words" in request.headers:
        return make_response("", 204)
    current_app.extensions["keep_typed"]()
    back = (page_path() if wants_fragment() or request.method != "GET" else None) or request.full_path.rstrip("?")
    if request.method != "GET" and page_path() is None:
        back = "/"
    address = f"/sign-in?next={quote(local_path(back) or '/')}"
    if not wants_fragment():
        return see_other(address)
    response = make_response("", 401)
    response.headers["HX-Redirect"] = address
    return response


def error_page(status: int, message: str, *, title: str | None = None) -> Response:
    """A page in the reader's language that says what went wrong; for HTMX, the notice for the page's flash region."""
    template = "errors/_error.html" if wants_fragment() else "errors/error.html"
    # Not where somebody was refused: what is not there and what is not theirs must look the same, sign by sign.
    number = journal.number() if status >= HTTPStatus.INTERNAL_SERVER_ERROR else ""
    html = render_template(template, title=title or _title(status), message=message, status=status, number=number)
    return make_response(html, status)


def _title(status: int) -> str:
    if status == HTTPStatus.NOT_FOUND:
        return _("Page not found")
    return _("There is a problem")


def answer_http(error: HTTPException) -> BaseResponse:
    """The answer to Werkzeug's own errors, in the reader's words."""
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    if isinstance(error, SecurityError):
        # A host name that is not ours: no page can be made for it, because no address can.
        journal.note("foreign_host")
        return make_response("Bad Request\n", 400, {"Content-Type": "text/plain; charset=utf-8"})
    words = {
        400: _("Your browser sent something that cannot be read. Go back and try again."),
        403: _("You do not have access to this page."),
        404: _("The page does not exist or has been moved."),
        405: _("This address does not take what was sent to it."),
        413: _("What you sent is too large."),
        429: _("You are sending too much too quickly. Wait a moment and try again."),
    }
    status = error.code or 500
    if status in CONCERNS_SECURITY:
        journal.note(CONCERNS_SECURITY[status])
    if status == 404:
        return answer_refusal(NotFound())
    page = error_page(status, words.get(status, _("Something went wrong. Try again later.")))
    if (wait := getattr(error, "retry_after", None)) is not None:
        page.headers["Retry-After"] = str(wait)
    if status == 405 and getattr(error, "valid_methods", None):
        page.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return page


def answer_expired_form(error: CSRFError) -> BaseResponse:
    """A form whose secret is missing or old: what was typed is kept for the reloaded page."""
    journal.note("form_refused")
    current_app.extensions["keep_typed"]()
    return error_page(400, _("The form has expired. Reload the page and try again."))


def answer_database(error: OperationalError) -> BaseResponse:
    """The database is locked, full or away: say so and hold on, rather than fail without a word."""
    log.exception("the database did not answer")
    db.session.rollback()
    intend_to_read()
    refusal = _at_its_limit(full=is_full(error.orig))
    try:
        return answer_refusal(refusal)
    except OperationalError:
        # Not even who asks can be looked up: then the page is one for somebody whom nobody knows.
        db.session.rollback()
        g._login_user = login_manager.anonymous_user()
        return answer_refusal(refusal)


def answer_system(error: OSError) -> BaseResponse:
    """A disk without room, or too many open files: told as such. Everything else of the system is our own fault."""
    if error.errno in {*NO_ROOM_ON_DISK, errno.EMFILE, errno.ENFILE}:
        log.exception("the system is at its limit")
        return answer_refusal(_at_its_limit(full=error.errno in NO_ROOM_ON_DISK))
    return answer_fault(error)


def _at_its_limit(*, full: bool) -> Busy:
    return Busy("no_room", seconds=NO_ROOM_SECONDS) if full else Busy(seconds=BUSY_SECONDS)


def answer_gone(error: StaleDataError) -> BaseResponse:
    """Somebody else took away, at this very moment, what was being changed: a draft that has just been submitted."""
    return answer_refusal(WrongState())


def answer_fault(error: Exception) -> BaseResponse:
    """Our own mistake: logged, and answered by the static page in all four languages, or by a notice for HTMX."""
    log.exception("a request failed")
    if wants_fragment():
        # A whole page inside the page that asked would be a second title and heading.
        with suppress(Exception):
            db.session.rollback()
            return error_page(500, _("Something went wrong. Try again later."))
    page = Path(current_app.config["STATIC_ROOT"]) / "500.html"
    return make_response(page.read_text(encoding="utf-8").replace(NUMBER, journal.number()), 500)


def told(message: str, category: str = "ok") -> None:
    """Says a sentence on the next page that this person sees."""
    flash(message, category)


def init_app(app: Flask) -> None:
    """Registers the answers for every kind of no."""
    app.register_error_handler(Refusal, answer_refusal)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(CSRFError, answer_expired_form)
    app.register_error_handler(OperationalError, answer_database)
    app.register_error_handler(OSError, answer_system)
    app.register_error_handler(StaleDataError, answer_gone)
    app.register_error_handler(Exception, answer_fault)
