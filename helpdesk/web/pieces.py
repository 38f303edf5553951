"""Pieces of pages that are kept as they were rendered, each found again by everything that it shows.

A kept piece is a macro of `templates/kept/` with the values that it was called with: such a macro sees nothing but
these and the words of the language that it was compiled in (a house test reads them for it). Other values are another
piece, so none can be out of date, nor show one reader what another may see. Whose page it is in, secrets of forms and
the time of day are no part of one: times come in as they read.

What is not shown any more is forgotten within two spans, and the memory that all of them take is bounded.
"""

import sys
import time
from collections.abc import Callable

import gevent
from flask import Flask
from jinja2.runtime import Macro
from markupsafe import Markup

# What was erased is gone from memory after twice this, at the latest.
SPAN_SECONDS = 200.0
# Together with their keys; each of both generations may hold half. A row of a list takes about 2 kB.
MOST_BYTES = 8 * 1024 * 1024

Key = tuple[Macro, str]


class Pieces:
    """The pieces of one process: those used in this span, and those that were used in the span before and not since."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most_bytes: int = MOST_BYTES) -> None:
        self._clock, self._most_bytes = clock, most_bytes
        self._now: dict[Key, Markup] = {}
        self._before: dict[Key, Markup] = {}
        self._bytes, self._bytes_before, self._until = 0, 0, clock() + SPAN_SECONDS

    @property
    def taken(self) -> int:
        """How many bytes the pieces and their keys take."""
        return self._bytes + self._bytes_before

    def __len__(self) -> int:
        return len(self._now) + len(self._before)

    @property
    def made_of(self) -> list[str]:
        """The values of all kept pieces, as they are written in Python."""
        return [values for _macro, values in (*self._now, *self._before)]

    def kept(self, macro: Macro, *values: object) -> Markup:
        """What the macro renders from these values: texts, markup, numbers, truth values, None, and tuples of them."""
        self.forget_unused()
        # As they are written in Python: there a text and the same as markup differ, which are equal otherwise.
        key = (macro, repr(values))
        found = self._now.get(key)
        if found is None:
            found = self._before.get(key)
            if found is None:
                _check(values)
                found = macro(*values)
            self._keep(key, found)
        return found

    def forget_unused(self) -> None:
        """Ends the span if its time is over: whatever was not used in it is forgotten."""
        if self._clock() >= self._until:
            self._turn()

    def forget_all(self) -> None:
        """What was erased just now may stand in some of them."""
        self._now, self._before, self._bytes, self._bytes_before = {}, {}, 0, 0

    def _keep(self, key: Key, piece: Markup) -> None:
        size = sys.getsizeof(key[1]) + sys.getsizeof(piece)
        if 2 * size > self._most_bytes:
            return
        if 2 * (self._bytes + size) > self._most_bytes:
            self._turn()
        self._now[key] = piece
        self._bytes += size

    def _turn(self) -> None:
        late = self._clock() >= self._until + SPAN_SECONDS
        self._before, self._bytes_before = ({}, 0) if late else (self._now, self._bytes)
        self._now, self._bytes, self._until = {}, 0, self._clock() + SPAN_SECONDS


def _check(values: tuple[object, ...]) -> None:
    """Raises TypeError for what two different things could be written as."""
    for value in values:
        if type(value) is tuple:
            _check(value)
        elif value is not None and type(value) not in {str, Markup, int, bool}:
            raise TypeError(f"a kept piece cannot show {type(value).__name__}")


def start(app: Flask) -> gevent.Greenlet:
    """Forgets in time what is not shown any more, although nobody looks at a page, until the greenlet is killed."""
    return gevent.spawn(_keep_forgetting, app.extensions["pieces"])


def _keep_forgetting(pieces: Pieces) -> None:
    while True:
        gevent.sleep(SPAN_SECONDS / 4)
        pieces.forget_unused()


def init_app(app: Flask) -> None:
    """Gives the templates `kept_piece(macro, …)`."""
    pieces = app.extensions["pieces"] = Pieces()
    app.jinja_env.globals["kept_piece"] = pieces.kept
