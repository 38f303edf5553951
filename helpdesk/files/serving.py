"""Hands out one file so that no browser runs it, guesses its type, keeps it or shows it inside another page.

Whoever calls this has looked the file up as something this person may see.
"""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

from flask import Response, current_app, request

from helpdesk.refusals import NotAllowed, NotFound

from .models import StoredFile
from .policy import KINDS
from .store import Store

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; sandbox; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
}
# A page's own pictures, a download or a click; never a script, a style sheet, a frame or an object.
DESTINATIONS = frozenset({"image", "empty", "document"})
CHUNK_BYTES = 64 * 1024


def send(file: StoredFile, variant: str) -> Response:
    """The bytes of a file. Raises NotFound for a variant that it has not, NotAllowed for a use other than looking."""
    if request.headers.get("Sec-Fetch-Dest", "empty") not in DESTINATIONS:
        raise NotAllowed
    key, media_type = _variant(file, variant)
    store: Store = current_app.config["FILES_STORE"]
    response = _handed_over(store, key) if current_app.config.get("X_ACCEL") else _read(store, key)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = disposition(file.name, inline=file.is_image)
    response.headers.update(HEADERS)
    return response


def disposition(name: str, *, inline: bool) -> str:
    """The header that says what a browser does with a file and how it calls it (RFC 6266): plain ASCII, one line."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    fallback = re.sub(r"[^A-Za-z0-9._ -]", "_", ascii_name).strip(" .") or "file"
    encoded = quote(name, safe="!#$&+-.^_`|~")
    return f"{'inline' if inline else 'attachment'}; filename=\"{fallback}\"; filename*=UTF-8''{encoded}"


def _variant(file: StoredFile, variant: str) -> tuple[str, str]:
    kind = KINDS[file.kind]
    if variant == "original" or (variant == "view" and file.is_image and file.view_key is None):
        charset = "; charset=utf-8" if file.media_type.startswith("text/") else ""
        return file.key, file.media_type + charset
    small = {"view": file.view_key, "thumb": file.thumb_key}.get(variant)
    if small is None or kind.view_media_type is None:
        raise NotFound
    return small, kind.view_media_type


def _read(store: Store, key: str) -> Response:
    size = store.size(key)
    return Response(_chunks(store, key), headers={"Content-Length": str(size)})


def _chunks(store: Store, key: str) -> Iterator[bytes]:
    # Opened when the sending begins: an answer that is never sent, as to HEAD, leaves nothing open.
    with store.open(key) as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _handed_over(store: Store, key: str) -> Response:
    """The front server sends the bytes itself, from a folder that only it can name."""
    response = Response()
    response.headers["X-Accel-Redirect"] = current_app.config["X_ACCEL"].rstrip("/") + "/" + store.place(key)
    return response
