"""Headers, limits and the checks that every request passes before its door. Knows no feature."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from unicodedata import combining

import gevent
from flask import Flask, Response, current_app, request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest, Forbidden

from helpdesk.config import LOOPBACK, Config
from helpdesk.database import intend_to_write
from helpdesk.web import cookies
from helpdesk.web.fragments import split_address

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
FORM_BYTES = 1024 * 1024
UPLOAD_BYTES = 52 * 1024 * 1024
FORM_PARTS = 200
# Of a text that is safe to be put in order piece by piece: Unicode's Stream-Safe Text Format (UAX #15).
MOST_SIGNS_ON_A_LETTER = 30


def let_others_run() -> None:
    """A connection whose next request is already here never yields by itself, and a few such starve the rest."""
    gevent.sleep(0)


def keep_demo_at_home() -> None:
    """The demo's passwords are known to everybody: it answers this machine only, whatever serves it."""
    if current_app.config["HELPDESK"].demo and (request.remote_addr or "") not in LOOPBACK:
        raise Forbidden(_("The demo answers on this machine only."))


def limit_body() -> None:
    """Sets how large this request may be, before anything reads it."""
    door = current_app.view_functions.get(request.endpoint or "")
    uploads = getattr(door, "accepts_uploads", False) and request.mimetype == "multipart/form-data"
    request.max_content_length = UPLOAD_BYTES if uploads else FORM_BYTES
    request.max_form_memory_size = FORM_BYTES
    request.max_form_parts = FORM_PARTS


def refuse_cross_site() -> None:
    """An unsafe request must come from our own pages: Fetch Metadata first, Origin where a browser sends none."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        raise Forbidden(_("This request came from another site."))
    origin = request.headers.get("Origin")
    if site is None and origin is not None and split_address(origin).netloc != request.host:
        raise Forbidden(_("This request came from another site."))


def read_body_before_writing() -> None:
    """Reads the whole body while no transaction is open, so that a slow sender never holds the write lock."""
    if request.method in SAFE_METHODS:
        return
    _ = request.form
    intend_to_write()


def refuse_impossible_text() -> None:
    """NUL and lone surrogates can be stored by neither database, and a field has a name; no person sends others.

    Nor more signs on one letter than a standard text has: to put a long run of them in order takes the square of its
    length, and one field of a megabyte would stop everybody for minutes.
    """
    names = [file.filename or "" for file in request.files.values()]
    for value in (*request.args.values(), *request.form, *request.form.values(), *names, request.path):
        if value is None or "\x00" in value or not (value.isascii() or _is_possible(value)):
            raise BadRequest(_("The text contains signs that cannot be stored."))


def _is_possible(text: str) -> bool:
    run = 0
    for sign in text:
        run = run + 1 if combining(sign) else 0
        if run > MOST_SIGNS_ON_A_LETTER or "\ud800" <= sign <= "\udfff":
            return False
    return True


def set_headers(response: Response) -> Response:
    """Gives every response the headers that its view has not set itself."""
    headers = response.headers
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if current_app.config["HELPDESK"].https:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if "Cache-Control" not in headers:
        # Not no-store: the browser's back button would load and scroll anew each time.
        headers["Cache-Control"] = "private, no-cache"
    if response.mimetype == "text/html":
        headers.setdefault("Vary", "HX-Request-Type, Cookie, Accept-Language, Accept-Encoding")
    return response


class EverywhereHeaders:
    """Gives the answers that never reach Flask, those of the sockets, the same headers."""

    def __init__(self, wsgi_app: "WSGIApplication") -> None:
        self._wsgi_app = wsgi_app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
            present = {name.lower() for name, _ in headers}
            missing = {"Cache-Control": "no-store", **HEADERS}
            added = [(name, value) for name, value in missing.items() if name.lower() not in present]
            return start_response(status, [*headers, *added], *rest)

        return self._wsgi_app(environ, start)


def cover_sockets(app: Flask) -> None:
    """Puts the headers on what answers in front of Flask too. After the sockets have been bound."""
    app.wsgi_app = EverywhereHeaders(app.wsgi_app)  # type: ignore[method-assign]


def init_app(app: Flask, config: Config) -> None:
    """Sets cookies and limits and puts the checks in their order in front of every door."""
    cookies.init_app(app)
    app.config.update(
        TRUSTED_HOSTS=config.hosts,
        MAX_CONTENT_LENGTH=UPLOAD_BYTES,
        SESSION_COOKIE_NAME="__Host-session" if config.https else "session",
        SESSION_COOKIE_SECURE=config.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    for check in (
        let_others_run, keep_demo_at_home, limit_body, refuse_cross_site, read_body_before_writing,
        refuse_impossible_text,
    ):  # fmt: skip
        app.before_request(check)
    app.after_request(set_headers)
