"""What the pieces of a list's page show, as values by which they are kept (templates/kept/). Renders nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import Row

from helpdesk.desk.lists.choices import Choices
from helpdesk.desk.lists.filters import Column, Filter
from helpdesk.desk.lists.snippets import Snippet
from helpdesk.tickets.models import NUMBER_OFFSET

# What the cells of each column hold, and in which of them it is a moment. A row's number and tags stand elsewhere.
CELLS = {
    Column.MEMBER: "owner", Column.RANK: "owner_rank", Column.LANGUAGE: "language", Column.STATUS: "status",
    Column.PRIORITY: "priority", Column.ASSIGNEE: "assignee", Column.DUE: "due_at", Column.WAITING: "waiting_since",
    Column.OPENED: "opened_at", Column.UPDATED: "updated_at",
}  # fmt: skip
MOMENTS = {Column.DUE, Column.WAITING, Column.OPENED, Column.UPDATED}


def rows(
    found: Iterable[Row[Any]], wanted: Filter, snippets: Mapping[int, Snippet], *, at: datetime,
    when: Callable[[datetime], Markup],
) -> Iterator[tuple[object, ...]]:  # fmt: skip
    """For each ticket what `ticket_row` shows of it at the moment `at`; `when` writes moments for the reader."""
    cells = [(column.value, CELLS[column], column in MOMENTS) for column in wanted.shown if column in CELLS]
    with_tags = Column.TAGS in wanted.shown
    for row in found:
        values = []
        for column, name, is_moment in cells:
            value = getattr(row, name)
            values.append((column, when(value) if is_moment and value else value))
        yield (
            row.id + NUMBER_OFFSET, row.language, row.title, mark(row, at), row.tags if with_tags else None,
            _hit(snippets.get(row.id)), tuple(values),
        )  # fmt: skip


def beside(found: Iterable[Row[Any]], *, at: datetime, when: Callable[[datetime], Markup]) -> list[tuple[object, ...]]:
    """The same for `beside_row`."""
    return [
        (row.id + NUMBER_OFFSET, row.language, row.title, row.owner, when(row.updated_at), mark(row, at), row.status)
        for row in found
    ]


def mark(row: Row[Any], at: datetime) -> str:
    """Whether the team is late with a ticket, or nearly so."""
    if row.due_at and row.due_at < at:
        return "late"
    return "soon" if row.warn_at and row.warn_at <= at else ""


def _hit(found: Snippet | None) -> tuple[object, ...] | None:
    return (found.title, found.number, found.member, found.kind, found.piece) if found else None


def columns(wanted: Filter) -> tuple[str, ...]:
    """The codes of the columns that the list shows."""
    return tuple(column.value for column in wanted.shown)


def panel(view: int | None, wanted: Filter, known: Choices, ranks: Iterable[str]) -> tuple[object, ...]:
    """What `filter_panel` shows: what is filtered by, and everything that can be."""
    return (
        view, wanted.typed, wanted.status, wanted.assignee, wanted.sort, wanted.due, wanted.language, wanted.priority,
        wanted.tag, wanted.rank, wanted.opened_from, wanted.opened_to, columns(wanted), wanted.folded,
        tuple((str(row.id), row.name) for row in known.agents), tuple((str(row.id), row.name) for row in known.tags),
        tuple(ranks),
    )  # fmt: skip
