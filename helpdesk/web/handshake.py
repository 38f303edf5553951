"""The opening handshake of a WebSocket (RFC 6455, 4.2), and what no Engine.IO request of ours looks like."""

import re
from base64 import b64decode
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from wsproto.utilities import generate_accept_token

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

VERSION = "13"
NONCE_BYTES = 16
SID = re.compile(r"[\w-]{1,64}", re.ASCII)  # any other would be written into the log as it came
OURS = frozenset({"same-origin", "none"})
# What stands behind a refused handshake may be frames: it is not read as a request.
CLOSE = ("Connection", "close")


def refusing_bad_ones(handle_request: "WSGIApplication") -> "WSGIApplication":
    """engineio opens a session before it looks at a handshake, and answers a bad one with a traceback.

    It also answers other sites' pages as long as they name no Origin, which a GET need not have; and with JSONP they
    could read the number of the session that was opened with the visitor's cookie, and that is all one needs to use it.
    """

    def handle(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        query = parse_qs(environ.get("QUERY_STRING", ""))
        known = all(SID.fullmatch(sid) for sid in query.get("sid", ()))
        if not known or "j" in query or environ.get("HTTP_SEC_FETCH_SITE", "none") not in OURS:
            start_response("400 Bad Request", [("Content-Type", "text/plain"), CLOSE])
            return [b"This is not for pages of other sites, nor for what is no client."]
        transport = query.get("transport")
        wanted = "HTTP_UPGRADE" in environ or transport == ["websocket"]
        fault = _fault(environ) if wanted else ""
        if not fault:
            return handle_request(environ, start_response)
        start_response(fault, [("Sec-WebSocket-Version", VERSION), ("Content-Type", "text/plain"), CLOSE])
        return [b"This is no WebSocket handshake of version 13."]

    return handle


def _fault(environ: "WSGIEnvironment") -> str:
    """The status that refuses this handshake; empty if it is one that RFC 6455 (4.2.1) lets us accept."""
    tokens = {token.strip().lower() for token in environ.get("HTTP_CONNECTION", "").split(",")}
    try:
        nonce = b64decode(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""), validate=True)
    except ValueError:
        nonce = b""
    # With a body, what follows would be frames to us and something else to a proxy.
    with_body = environ.get("CONTENT_LENGTH", "0") not in {"", "0"} or "HTTP_TRANSFER_ENCODING" in environ
    asked = (environ["REQUEST_METHOD"], environ["SERVER_PROTOCOL"], environ.get("HTTP_UPGRADE", "").lower())
    if asked != ("GET", "HTTP/1.1", "websocket") or "upgrade" not in tokens or len(nonce) != NONCE_BYTES or with_body:
        return "400 Bad Request"
    return "" if environ.get("HTTP_SEC_WEBSOCKET_VERSION") == VERSION else "426 Upgrade Required"


def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> None:
    """Accepts a handshake that has no fault, without any of the extensions and subprotocols that it may offer."""
    accept = generate_accept_token(environ["HTTP_SEC_WEBSOCKET_KEY"].encode("latin-1")).decode()
    headers = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)]
    start_response("101 Switching Protocols", headers)(b"")
