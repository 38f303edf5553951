"""Compresses pages on the way out, for sites that have no nginx in front to do it. Knows no feature."""

import gzip

from flask import Flask, Response, request

WORTH_IT_BYTES = 500
LEVEL = 5
KINDS = frozenset({"text/html", "text/plain", "application/json"})


def compress(response: Response) -> Response:
    """Packs an uncompressed text answer if the browser takes gzip. Files, streams and assets are left alone."""
    if response.mimetype not in KINDS or response.is_streamed or "Content-Encoding" in response.headers:
        return response
    if response.direct_passthrough or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return response
    body = response.get_data()
    if len(body) >= WORTH_IT_BYTES:
        response.set_data(gzip.compress(body, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def init_app(app: Flask) -> None:
    """Compresses after everything else has shaped the response."""
    app.after_request(compress)
