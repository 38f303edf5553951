"""Whole pages and HTMX fragments from the same view. Knows no feature."""

from urllib.parse import SplitResult, urlsplit

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse


def wants_fragment() -> bool:
    """Whether HTMX asks for a part of the page. Back, boosted links and plain browsers want the whole page."""
    return request.headers.get("HX-Request-Type") == "partial"


def page_or_fragment(page: str, fragment: str, status: int = 200, /, **context: object) -> Response:
    """Renders the fragment for HTMX and the whole page, which includes that fragment, for everybody else."""
    template = fragment if wants_fragment() else page
    return make_response(render_template(template, **context, in_fragment=wants_fragment()), status)


def see_other(url: str) -> BaseResponse:
    """After a change: the browser, or HTMX, goes on to `url` with a GET."""
    return redirect(url, code=303)


def leave_for(url: str) -> BaseResponse:
    """As `see_other`, where `url` is another page than the one HTMX replaces a part of: the browser itself goes."""
    if not wants_fragment():
        return see_other(url)
    response = make_response("")
    response.headers["HX-Redirect"] = url
    return response


def page_path() -> str | None:
    """The path of the page that this request was sent from, if it is one of ours."""
    for address in (request.headers.get("HX-Current-URL"), request.headers.get("Referer")):
        parts = split_address(address)
        if parts.netloc == request.host and local_path(parts.path):
            return parts.path
    return None


def split_address(address: str | None) -> SplitResult:
    """The parts of an address that a stranger may have written; none of them for what is no address at all."""
    try:
        return urlsplit(address or "")
    except ValueError:
        return urlsplit("")


def local_path(target: str | None) -> str | None:
    """`target` if it is a path on this site and nothing else, for redirects that a stranger may have written.

    Anything that a browser could read as another site (//host, /\\host, a scheme, control characters) gives None.
    """
    if not target or not target.startswith("/") or len(target) > 500:
        return None
    if target.startswith("//") or "\\" in target or any(ord(sign) < 33 or ord(sign) == 127 for sign in target):
        return None
    parts = split_address(target)
    return None if parts.scheme or parts.netloc or parts.path.startswith("//") else target
