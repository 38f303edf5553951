"""Which language and time zone this request is answered in. Knows no feature."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from urllib.parse import quote, urlencode
from zoneinfo import available_timezones

from flask import Flask, current_app, g, has_request_context, redirect, request
from flask_babel import force_locale, get_locale
from flask_login import current_user
from werkzeug.wrappers import Response

from helpdesk import languages
from helpdesk.extensions import babel

LANGUAGE_COOKIE = "lang"
ZONE_COOKIE = "tz"
YEAR_SECONDS = 365 * 24 * 3600


def choose_language() -> str:
    """The account's setting, the cookie of an explicit choice, what the browser asks for, English."""
    if not has_request_context():
        return languages.DEFAULT
    chosen = languages.normalise(getattr(current_user, "language", None))
    return chosen or cookie_language() or asked_language() or languages.DEFAULT


def cookie_language() -> str | None:
    return languages.normalise(request.cookies.get(LANGUAGE_COOKIE))


def asked_language() -> str | None:
    """The first language of the browser's list that is one of ours: fr-CA counts as fr."""
    for tag, quality in request.accept_languages:
        if quality > 0 and (code := languages.normalise(tag)):
            return code
    return None


def choose_zone() -> str:
    """The account's time zone, the one that the browser told, the site's."""
    if not has_request_context():
        return current_app.config["HELPDESK"].time_zone
    return getattr(current_user, "time_zone", None) or cookie_zone() or current_app.config["HELPDESK"].time_zone


def cookie_zone() -> str | None:
    told = request.cookies.get(ZONE_COOKIE, "")
    return told if told in zones() else None


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """The time zones that a person can choose."""
    return frozenset(zone for zone in available_timezones() if "/" in zone or zone == "UTC")


def locale_code() -> str:
    """The code of the language that this request is answered in."""
    code = g.get("language")
    if code is None:
        code = g.language = str(get_locale() or languages.DEFAULT)[:2]
    return code


@contextmanager
def read_by(language: str | None, zone: str | None) -> Iterator[None]:
    """Inside, sentences and times are for somebody else than who asks: a mail is read by its recipient.

    Whatever they have not chosen, or we do not have, is as in a mail to nobody in particular: English, the site's zone.
    """
    code = languages.normalise(language) or languages.DEFAULT
    kept = g.get("language"), g.get("zone")
    g.language, g.zone = code, zone if zone in zones() else current_app.config["HELPDESK"].time_zone
    try:
        with force_locale(code):  # what reads through Flask-Babel; templates and times go by `g`
            yield
    finally:
        g.language, g.zone = kept


def switch_to_asked() -> Response | None:
    """`?lang=fr` on any page: remembers the choice and shows the same page without it."""
    if request.method != "GET" or "lang" not in request.args:
        return None
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    response = redirect(_address(request.path, kept), code=303)
    code = languages.normalise(request.args["lang"])
    if code is None:
        return response
    response.set_cookie(
        LANGUAGE_COOKIE, code, max_age=YEAR_SECONDS, samesite="Lax", httponly=True,
        secure=current_app.config["HELPDESK"].https,
    )  # fmt: skip
    from_elsewhere = request.headers.get("Sec-Fetch-Site") == "cross-site"  # a link there is no choice of theirs
    if current_user.is_authenticated and current_user.language != code and not from_elsewhere:
        current_app.extensions["remember_language"](current_user, code)
    return response


def language_url(code: str) -> str:
    """The address of this page in another language; after a form post, of the page that the form is on."""
    if request.method != "GET":
        return _address(_page_of_form(), [("lang", code)])
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return _address(request.path, [*kept, ("lang", code)])


def _page_of_form() -> str:
    """The path that was posted to, if it is that of a page too; or else the nearest one above it that is."""
    path, adapter = request.path, current_app.create_url_adapter(request)
    while path.strip("/") and adapter and not adapter.test(path, method="GET"):
        path = path.rstrip("/").rpartition("/")[0]
    return path


def _address(path: str, query: list[tuple[str, str]]) -> str:
    path = quote("/" + path.lstrip("/\\"))
    return f"{path}?{urlencode(query)}" if query else path


def init_app(app: Flask) -> None:
    """Wires the choice of language and time zone into the app and its templates."""
    babel.init_app(app, locale_selector=choose_language, timezone_selector=choose_zone)
    app.before_request(switch_to_asked)
    app.jinja_env.globals.update(
        languages=tuple(languages.LANGUAGES.values()), language_url=language_url, locale_code=locale_code
    )
