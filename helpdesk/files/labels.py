"""The sentences about files, in the reader's language. Types are never translated; sizes and lists come from Babel."""

from collections.abc import Callable

from babel.lists import format_list
from babel.units import format_unit
from flask_babel import get_locale
from flask_babel import gettext as _

from helpdesk.refusals import Refusal

from .policy import KINDS, MIB, Limits

KIB = 1024


def sentence(refusal: Refusal) -> str:
    """What a refused file's sender reads. Raises KeyError for a code that is not of this feature."""
    return SENTENCES[refusal.code](refusal)


def limits_line(limits: Limits) -> str:
    """What can be sent, in one line for below the file chooser."""
    return _(
        "%(types)s, up to %(size)s per file, %(count)s files at most",
        types=types(), size=file_size(limits.max_bytes), count=limits.max_files,
    )  # fmt: skip


def types() -> str:
    """PNG, JPG, GIF, WebP, PDF, or TXT."""
    return format_list([kind.label for kind in KINDS.values()], style="or", locale=get_locale())


def file_size(size: object) -> str:
    """A number of bytes as people read it: 12 kB, 1.4 MB, 10 MB. Less than a kilobyte counts as one."""
    count = int(str(size))
    if count < MIB - KIB // 2:
        return format_unit(max(1, round(count / KIB)), "kilobyte", length="short", locale=get_locale())
    return format_unit(count / MIB, "megabyte", length="short", format=_precision(count), locale=get_locale())


def _precision(count: int) -> str:
    return "0.#" if count < 10 * MIB else "0"


SENTENCES: dict[str, Callable[[Refusal], str]] = {
    "file_type": lambda no: _("“%(name)s” must be one of: %(types)s.", name=no.params["name"], types=types()),
    "file_empty": lambda no: _("“%(name)s” is empty.", name=no.params["name"]),
    "file_too_large": lambda no: _(
        "“%(name)s” is larger than %(size)s.", name=no.params["name"], size=file_size(no.params["size"])
    ),
    "file_unreadable": lambda no: _("“%(name)s” could not be read as an image.", name=no.params["name"]),
    "files_none": lambda no: _("No file chosen"),
    "files_too_many": lambda no: _("You can add up to %(count)s files.", count=no.params["count"]),
    "files_too_large": lambda no: _(
        "Together, the files may be no larger than %(size)s.", size=file_size(no.params["size"])
    ),
    "files_no_room": lambda no: _(
        "You have reached the limit of %(size)s for all your files.", size=file_size(no.params["size"])
    ),
    "disk_full": lambda no: _("Upload failed. Try again."),
    "pictures_busy": lambda no: _("Upload failed. Try again."),
}
