"""Pages of a long list by key: each page starts after a row, so that the last page costs what the first does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, Select, select, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute

from helpdesk.database import MOST_ID
from helpdesk.extensions import db

R = TypeVar("R")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Cursor:
    """Where a page starts: after (`older`) or before (`newer`) the row of this time and id. `page` is its number."""

    direction: str
    at: datetime
    id: int
    page: int

    def __str__(self) -> str:
        return f"{self.direction}.{(self.at - EPOCH) // timedelta(microseconds=1)}.{self.id}.{self.page}"

    @classmethod
    def read(cls, typed: str | None) -> "Cursor | None":
        """The cursor that an address names. Anything else means the first page."""
        direction, *numbers = (typed or "").split(".")
        if direction not in {"older", "newer"} or len(numbers) != 3:
            return None
        if not all(number.isascii() and number.isdigit() and len(number) < 18 for number in numbers):
            return None
        micros, row_id, page = (int(number) for number in numbers)
        if row_id > MOST_ID or not 1 < page + 1 <= MOST_ID:
            return None
        try:
            return cls(direction, EPOCH + timedelta(microseconds=micros), row_id, page)
        except OverflowError:
            return None


@dataclass(frozen=True)
class Page(Generic[R]):
    """One page of rows; `newer` and `older` are the neighbours' cursors, None at the ends."""

    rows: Sequence[R]
    number: int
    newer: Cursor | None
    older: Cursor | None


def page_of(
    rows: Select[Any],
    at: InstrumentedAttribute[datetime],
    row_id: InstrumentedAttribute[int],
    cursor: Cursor | None,
    size: int,
    parts: Sequence[Select[Any]] = (),
) -> Page[Row[Any]]:
    """The page of `rows`, newest first by (`at`, `row_id`), that the cursor points at; without one, the first.

    `rows` must select both columns, under their own names. `parts` select ids, for a list that no index has in its
    order while an index has each part of it: then the page is found among the first of each, not among all.
    """
    if parts:
        firsts = [_cut(part, at, row_id, cursor, size).subquery() for part in parts]
        rows = rows.where(row_id.in_(union_all(*(select(first.c[row_id.key]) for first in firsts))))
    found = db.session.execute(_cut(rows, at, row_id, cursor, size)).all()
    backwards = cursor is not None and cursor.direction == "newer"
    more, shown = len(found) > size, list(found[:size])
    if backwards:
        shown.reverse()
    number = cursor.page if cursor else 1
    if not shown:
        return Page((), 1, None, None)
    has_newer, has_older = (more, True) if backwards else (cursor is not None, more)
    if number == 1:
        has_newer = False
    return Page(
        shown,
        number,
        _at(shown[0], "newer", number - 1, at.key) if has_newer else None,
        _at(shown[-1], "older", number + 1, at.key) if has_older else None,
    )


def _cut(
    rows: Select[Any],
    at: InstrumentedAttribute[datetime],
    row_id: InstrumentedAttribute[int],
    cursor: Cursor | None,
    size: int,
) -> Select[Any]:
    """The rows of the page and one more, which tells whether another page follows; from its far end when backwards."""
    if cursor is None:
        return rows.order_by(at.desc(), row_id.desc()).limit(size + 1)
    key, start = tuple_(at, row_id), (cursor.at, cursor.id)
    if cursor.direction == "newer":
        return rows.where(key > start).order_by(at.asc(), row_id.asc()).limit(size + 1)
    return rows.where(key < start).order_by(at.desc(), row_id.desc()).limit(size + 1)


def _at(row: Row[Any], direction: str, page: int, key: str) -> Cursor:
    return Cursor(direction, getattr(row, key), row.id, page)
