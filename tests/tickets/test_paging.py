"""Pages of a long list: every row is on exactly one page, there and back, whatever an address says."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk.extensions import db
from helpdesk.tickets import queries
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.paging import Cursor, Listing, Page
from tests import builders
from tests.builders import NOON

GARBAGE = [
    None, "", "2", "older", "older.", "older..", "older.1.2", "older.1.2.3.4", "newest.1.2.3", "OLDER.1.2.3",
    "older.-1.2.3", "older.1.-2.3", "older.1.2.0x3", "older.1e5.2.3", "older.1.2.3.0", "older. 1.2.3", "older.1.2.+3",
    "older.١.2.3", "older.１.2.3", "older.1.2.³", f"older.1.{2**31}.3", f"older.1.2.{2**31}", f"older.{'9' * 18}.2.3",
    "older.999999999999999999999999999999.1.1", "older.1.2.3\n", "older.1.2.3\x00", "' OR 1=1 --", "%", "." * 10_000,
    "9" * 10_000,
]  # fmt: skip


@pytest.mark.parametrize("typed", GARBAGE, ids=lambda typed: repr(typed)[:40])
def test_whatever_cannot_be_a_cursor_means_the_first_page(typed: str | None) -> None:
    assert Cursor.read(typed) is None


@pytest.mark.parametrize("direction", ["older", "newer"])
@pytest.mark.parametrize("moment", [NOON, NOON + timedelta(microseconds=1), NOON.replace(year=2999)])
def test_a_cursor_survives_its_address(direction: str, moment: object) -> None:
    cursor = Cursor(direction, moment, 35, 4)  # type: ignore[arg-type]
    assert Cursor.read(str(cursor)) == cursor


@pytest.mark.parametrize("typed", ["older.99999999999999999.1.1", "newer.0.0.0", f"older.0.{2**31 - 1}.1"])
def test_a_cursor_of_no_row_gives_a_page_and_not_a_fault(on_both: Flask, typed: str) -> None:
    owner = builders.member()
    builders.ticket(owner)

    assert queries.section(owner, Status.OPEN, Cursor.read(typed)) is not None


@pytest.fixture
def thirty_five(on_both: Flask) -> list[int]:
    """Tickets of one member in the order of the list; many were opened at the same moment."""
    owner = builders.member()
    for place in range(35):
        builders.ticket(owner, at=NOON + timedelta(seconds=place // 12))
    return list(db.session.scalars(select(Ticket.id).order_by(Ticket.status_since.desc(), Ticket.id.desc())))


def page(cursor: Cursor | None, size: int) -> Page:
    ticket = Ticket.__table__.c
    return Listing(select(ticket.id, ticket.status_since), ticket.status_since, ticket.id, size).page(cursor)


@pytest.mark.parametrize("size", [1, 5, 7, 10, 34, 35, 36])
def test_forwards_and_backwards_each_row_is_seen_once(thirty_five: list[int], size: int) -> None:
    pages = [page(None, size)]
    while pages[-1].older:
        pages.append(page(Cursor.read(str(pages[-1].older)), size))

    assert [row.id for shown in pages for row in shown.rows] == thirty_five
    assert [shown.number for shown in pages] == list(range(1, len(pages) + 1))
    assert len(pages) == -(-35 // size)

    back = [pages[-1]]
    while back[-1].newer:
        back.append(page(Cursor.read(str(back[-1].newer)), size))
    assert [[row.id for row in shown.rows] for shown in reversed(back)] == [
        [row.id for row in shown.rows] for shown in pages
    ]
    assert back[-1].number == 1


def test_what_comes_in_meanwhile_moves_no_page(thirty_five: list[int]) -> None:
    first = page(None, 10)
    owner_id = db.session.scalar(select(func.min(Ticket.owner_id)))
    assert owner_id is not None
    second = page(first.older, 10)

    builders.ticket(builders.member(), at=NOON + timedelta(days=1))

    assert [row.id for row in page(first.older, 10).rows] == [row.id for row in second.rows]


def test_an_empty_list_has_one_empty_page(on_both: Flask) -> None:
    assert page(None, 10) == Page((), 1, None, None)
