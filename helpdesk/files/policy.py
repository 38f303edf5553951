"""Which files the desk accepts, and what they are called. Plain rules: no Flask, no database, no disk.

A name decides nothing alone, and neither do the first bytes: both must say the same, and a picture must then survive a
full decode (`images.py`). Anything a browser could run (SVG, HTML, XML, scripts, programs) is refused.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from helpdesk.refusals import Invalid

HEAD_BYTES = 64 * 1024
MAX_NAME = 120
MIB = 1024 * 1024


@dataclass(frozen=True)
class Kind:
    """One kind of file: its stored name, how people call it, what it is served as, and how its view is served."""

    name: str
    label: str
    extensions: tuple[str, ...]
    media_type: str
    opens_with: Callable[[bytes, bool], bool]
    view_media_type: str | None = None

    @property
    def is_image(self) -> bool:
        return self.view_media_type is not None


@dataclass(frozen=True)
class Limits:
    """How much is accepted. Sizes in bytes; pixels are width times height of one picture."""

    max_bytes: int = 10 * MIB
    max_files: int = 5
    max_submission_bytes: int = 25 * MIB
    max_owner_bytes: int = 200 * MIB
    max_pixels: int = 30_000_000
    max_frames: int = 50

    @property
    def accept(self) -> str:
        """What a file chooser in the browser offers: a convenience, the check is ours."""
        return ",".join(f".{extension}" for kind in KINDS.values() for extension in kind.extensions)


def check_name_and_head(name: str, head: bytes, size: int, limits: Limits = Limits()) -> Kind:
    """The kind of a file, by its shown name, its first bytes (HEAD_BYTES, or all there are) and its size in bytes.

    Raises Invalid: file_type, file_empty, file_too_large, or file_unreadable for a picture's name on something else.
    """
    kind = _BY_EXTENSION.get(name.rpartition(".")[2].lower()) if "." in name else None
    if kind is None:
        raise Invalid("file_type", name=name)
    if size == 0:
        raise Invalid("file_empty", name=name)
    if size > limits.max_bytes:
        raise Invalid("file_too_large", name=name, size=limits.max_bytes)
    if not kind.opens_with(head, size <= len(head)):
        raise Invalid("file_unreadable" if kind.is_image else "file_type", name=name)
    return kind


def check_room(limits: Limits, *, name: str, size: int, files: int, submission_bytes: int, owner_bytes: int) -> None:
    """Whether one more file of this size fits beside what its submission and its owner already have.

    Raises Invalid: files_too_many or files_too_large for the submission, files_no_room for the owner.
    """
    if files >= limits.max_files:
        raise Invalid("files_too_many", name=name, count=limits.max_files)
    if submission_bytes + size > limits.max_submission_bytes:
        raise Invalid("files_too_large", name=name, size=limits.max_submission_bytes)
    if owner_bytes + size > limits.max_owner_bytes:
        raise Invalid("files_no_room", name=name, size=limits.max_owner_bytes)


def display_name(name: str) -> str:
    """The name as people see it and download it. It is only ever shown: files are stored under our own names."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in _UNSEEN)
    plain = " ".join(unicodedata.normalize("NFC", seen).split()).lstrip(". ").rstrip(". ")
    stem, dot, extension = plain.rpartition(".")
    if len(plain) > MAX_NAME and dot and len(extension) <= 10:
        plain = stem[: MAX_NAME - 1 - len(extension)].rstrip(". ") + dot + extension
    return plain[:MAX_NAME].rstrip(". ") or "file"


# Control, format (bidi and zero-width among them), surrogate, private and unassigned signs, line and paragraph breaks.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

# What WHATWG calls binary data bytes: no text has them. Escape stays allowed, logs are full of terminal colours.
_NEVER_IN_TEXT = frozenset(range(0x09)) | {0x0B} | frozenset(range(0x0E, 0x1B)) | frozenset(range(0x1C, 0x20))

# A tag, a declaration, a processing instruction or a script line in front: HTML, SVG, XML, PHP, shell.
_LIKE_MARKUP_OR_SCRIPT = re.compile(r"\s*(?:<[a-z!?/%]|#!|%!PS|%PDF-|\{\\rtf)", re.IGNORECASE)


def _starts(*signatures: bytes) -> Callable[[bytes, bool], bool]:
    return lambda head, whole: head.startswith(signatures)


def _is_webp(head: bytes, whole: bool) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _is_text(head: bytes, whole: bool) -> bool:
    if not _NEVER_IN_TEXT.isdisjoint(head):
        return False
    text = _as_utf8(head, whole)
    if text is None:
        text = _as_western(head)
    return text is not None and not _LIKE_MARKUP_OR_SCRIPT.match(text.lstrip("\ufeff"))


def _as_utf8(head: bytes, whole: bool) -> str | None:
    try:
        return head.decode()
    except UnicodeDecodeError as error:
        # The head may end in the middle of a sign; nothing else may be wrong.
        if whole or error.start < len(head) - 3 or error.reason != "unexpected end of data":
            return None
        return head[: error.start].decode()


def _as_western(head: bytes) -> str | None:
    """Latin-1 as Windows writes it: the control signs of pure Latin-1 are quotes and dashes there, or undefined."""
    try:
        return head.decode("cp1252")
    except UnicodeDecodeError:
        return None


KINDS = {
    kind.name: kind
    for kind in (
        Kind("png", "PNG", ("png",), "image/png", _starts(b"\x89PNG\r\n\x1a\n"), "image/png"),
        Kind("jpeg", "JPG", ("jpg", "jpeg"), "image/jpeg", _starts(b"\xff\xd8\xff"), "image/jpeg"),
        Kind("gif", "GIF", ("gif",), "image/gif", _starts(b"GIF87a", b"GIF89a"), "image/png"),
        Kind("webp", "WebP", ("webp",), "image/webp", _is_webp, "image/webp"),
        Kind("pdf", "PDF", ("pdf",), "application/pdf", _starts(b"%PDF-")),
        Kind("text", "TXT", ("txt", "log"), "text/plain", _is_text),
    )
}
_BY_EXTENSION = {extension: kind for kind in KINDS.values() for extension in kind.extensions}
