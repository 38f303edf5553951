"""Style sheets, scripts and icons: read once, compressed once, cached by browsers for ever. Knows no feature.

The version in the address is a hash of all of them: a new release is a new address, and modules that load each other
by relative paths stay within one release.
"""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
from flask import Blueprint, Flask, Response, current_app, request

from helpdesk.refusals import NotFound
from helpdesk.web.compression import best_encoding
from helpdesk.web.gate import open_to_all

bp = Blueprint("assets", __name__)
BRAND_SHEET = "css/brand.css"
FOREVER = "public, max-age=31536000, immutable"
# Comments are for whoever reads the source; in our own scripts they are a sixth of what would go over the line.
COMMENT_LINES = re.compile(rb"^[ ]*(?://|/\*\*.*\*/).*\n", re.MULTILINE)
SHEET_COMMENTS = re.compile(rb"/\*.*?\*/", re.DOTALL)
INDENTS = re.compile(rb"\n\s+")
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Asset:
    """One file of static/: its bytes, the same packed, by encoding, and its media type."""

    body: bytes
    packed: dict[str, bytes]
    media_type: str


class Assets:
    """All files of static/, by their path, and the version that names this set of them.

    A site's own accent colour is one more sheet, `css/brand.css`, with the hue from its settings.
    """

    def __init__(self, root: Path, brand_hue: int) -> None:
        bodies = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        bodies[BRAND_SHEET] = b":root { --brand-hue: %d; }\n" % brand_hue
        digest = hashlib.sha256()
        self.files: dict[str, Asset] = {}
        for name, body in sorted(bodies.items()):
            body = _without_comments(name, body)
            digest.update(name.encode() + b"\0" + body)
            self.files[name] = _asset(name, body)
        self.version = digest.hexdigest()[:12]

    def url(self, name: str) -> str:
        """The address of a file, as pages name it. Raises KeyError for one that is not there: a page's mistake."""
        if name not in self.files:
            raise KeyError(f"static/{name} does not exist")
        return f"/static/{self.version}/{name}"


@cache
def _assets(root: Path, brand_hue: int) -> Assets:
    return Assets(root, brand_hue)


@cache
def _asset(name: str, body: bytes) -> Asset:
    packed = {"br": brotli.compress(body), "gzip": gzip.compress(body, 9, mtime=0)}
    return Asset(body, packed, _media_type(Path(name)))


def _without_comments(name: str, body: bytes) -> bytes:
    """Our own scripts and sheets without what is for whoever reads their source; vendored files stay whole."""
    if name.startswith("js/"):
        return COMMENT_LINES.sub(b"", body)
    return INDENTS.sub(b"\n", SHEET_COMMENTS.sub(b"", body)) if name.startswith("css/") else body


def _media_type(path: Path) -> str:
    return TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


@bp.get("/static/<version>/<path:name>")
@open_to_all
def serve(version: str, name: str) -> Response:
    """A file of this release; any other address is not found, so that nothing old is ever cached as new."""
    assets: Assets = current_app.extensions["assets"]
    asset = assets.files.get(name)
    if asset is None or version != assets.version:
        raise NotFound()
    encoding = best_encoding(request.headers.get("Accept-Encoding", ""))
    response = Response(asset.packed[encoding] if encoding else asset.body, content_type=asset.media_type)
    response.headers.update({"Cache-Control": FOREVER, "Vary": "Accept-Encoding"})
    if encoding is not None:
        response.headers["Content-Encoding"] = encoding
    return response


@bp.get("/static/500.css")
@open_to_all
def fault_sheet() -> Response:
    """The sheet of the static fault pages, which cannot know this release's address."""
    assets: Assets = current_app.extensions["assets"]
    return Response(assets.files["500.css"].body, content_type=TYPES[".css"])


def init_app(app: Flask, root: Path, brand_hue: int) -> None:
    """Reads the files and gives the templates `asset(path)`."""
    assets = _assets(root, brand_hue)
    app.extensions["assets"] = assets
    app.jinja_env.globals["asset"] = assets.url
    app.register_blueprint(bp)
