"""Pages of a long list by key: each page starts after a row, so that the last page costs what the first does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Row,
    Select,
    Subquery,
    UnaryExpression,
    bindparam,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from helpdesk.database import MOST_ID
from helpdesk.reading import read

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


class unindexed(FunctionElement[Any]):  # noqa: N801  it reads as the function that it is
    """A column that SQLite shall look at in the row, and not look for in an index: it has no figures to choose by.

    PostgreSQL has them, and is left to choose.
    """

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(unindexed)
def _as_it_is(element: unindexed, compiler: SQLCompiler, **words: Any) -> str:
    return compiler.process(element.clauses, **words)


@compiles(unindexed, "sqlite")
def _in_the_row(element: unindexed, compiler: SQLCompiler, **words: Any) -> str:
    return f"+{compiler.process(element.clauses, **words)}"


@dataclass(frozen=True)
class Part:
    """A part of a list, as a select of its ids that an index has in the order of (`at`, `row_id`)."""

    ids: Select[Any]
    at: ColumnElement[datetime]
    row_id: ColumnElement[int]


class Listing:
    """A list by (`at`, `row_id`), newest first or `ascending`, with what asks for its pages made once and used again.

    `rows` must select both columns, under their own names. `parts` are for a list that no index has in its order while
    an index has each part of it: then the page is found among the first of each, not among all.
    """

    def __init__(
        self,
        rows: Select[Any],
        at: Column[datetime],
        row_id: Column[int],
        size: int,
        parts: Sequence[Part] = (),
        *,
        ascending: bool = False,
    ) -> None:
        self._rows, self._at, self._id, self._size, self._parts = rows, at, row_id, size, parts
        self._ascending = ascending
        self._statements: dict[str, Select[Any]] = {}

    def page(self, cursor: Cursor | None, values: Mapping[str, object] | None = None) -> Page[Row[Any]]:
        """The page that the cursor points at; without one, the first. `values` are those that `rows` leaves open."""
        start = {"cursor_at": cursor.at, "cursor_id": cursor.id} if cursor else {}
        statement = self._statement(cursor.direction if cursor else "first")
        found = read(statement, {**(values or {}), **start}).all()
        return _page(found, cursor, self._size, self._at.key)

    def _statement(self, direction: str) -> Select[Any]:
        if direction not in self._statements:
            self._statements[direction] = self._made(direction)
        return self._statements[direction]

    def _made(self, direction: str) -> Select[Any]:
        if not self._parts:
            return self._cut(self._rows, self._at, self._id, direction)
        keys = [
            self._cut(part.ids.add_columns(part.at.label("at")), part.at, part.row_id, direction).subquery()
            for part in self._parts
        ]
        rows = self._rows.where(self._id.in_(self._picked(keys, direction)))
        return self._cut(rows, self._at, self._id, direction)

    def _picked(self, keys: Sequence[Subquery], direction: str) -> Select[Any]:
        """The ids of the page, out of the first of each part: to read a row costs more than to sort one that goes."""
        if len(keys) == 1:
            return select(keys[0].c[0])
        together = union_all(*(select(first.c[0].label("id"), first.c.at) for first in keys)).subquery()
        order = self._order(together.c.at, together.c.id, direction)
        return select(together.c.id).order_by(*order).limit(self._size + 1)

    def _cut(
        self, rows: Select[Any], at: ColumnElement[datetime], row_id: ColumnElement[int], direction: str
    ) -> Select[Any]:
        """The rows of the page and one more, which tells whether another follows; from its far end when backwards."""
        upwards = self._upwards(direction)
        if direction != "first":
            key = tuple_(at, row_id)
            start = tuple_(bindparam("cursor_at", type_=self._at.type), bindparam("cursor_id", type_=self._id.type))
            rows = rows.where(key > start if upwards else key < start)
        return rows.order_by(*self._order(at, row_id, direction)).limit(self._size + 1)

    def _order(
        self, at: ColumnElement[Any], row_id: ColumnElement[Any], direction: str
    ) -> tuple[UnaryExpression[Any], ...]:
        return (at.asc(), row_id.asc()) if self._upwards(direction) else (at.desc(), row_id.desc())

    def _upwards(self, direction: str) -> bool:
        return self._ascending is not (direction == "newer")


def _page(found: Sequence[Row[Any]], cursor: Cursor | None, size: int, key: str) -> Page[Row[Any]]:
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
        _cursor(shown[0], "newer", number - 1, key) if has_newer else None,
        _cursor(shown[-1], "older", number + 1, key) if has_older else None,
    )


def _cursor(row: Row[Any], direction: str, page: int, key: str) -> Cursor:
    return Cursor(direction, getattr(row, key), row.id, page)
