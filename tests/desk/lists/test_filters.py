"""What an address of the list can ask for: what it means is read, what it cannot mean counts as not given."""

import pytest

from helpdesk.desk.lists.filters import COLUMNS, VIEWS, Column, Filter, Known, Sort, view_of
from helpdesk.tickets.lifecycle import Status

KNOWN = Known(("Silver", "Gold"), {7}, {3})
NAMES = ("status", "assignee", "language", "rank", "priority", "tag", "due", "from", "to", "sort", "columns")
ODD = [
    "", "x", "MINE", "me ", "closed'--", "password_hash", "user.email", "\x00", "all;all", "1", "<b>", "8", "07", "-7",
    "gold", "2026-02-30", "20260301", "1999-12-31", "2100-01-01", "2026-3-1", "9" * 5000, "due_at",
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
def test_what_an_address_cannot_mean_counts_as_not_given(odd: str) -> None:
    assert Filter.read(dict.fromkeys(NAMES, odd), KNOWN) == Filter()
    assert Filter.read({odd: odd, "order_by": odd, "view": odd}, KNOWN) == Filter()


MEANT = [
    {"status": "closed", "language": "sv", "q": "printer"},
    {"assignee": "me", "priority": "urgent", "sort": "due"},
    {"assignee": "none", "rank": "Gold", "tag": "3", "due": "soon"},
    {"assignee": "7", "from": "2026-03-01", "to": "2026-03-06", "sort": "opened"},
    {"status": "any", "columns": "number.due"},
]


@pytest.mark.parametrize("asked", MEANT, ids=lambda asked: "-".join(asked))
def test_a_filter_survives_its_address(asked: dict[str, str]) -> None:
    wanted = Filter.read(asked, KNOWN)
    assert wanted.arguments() == asked
    assert Filter.read(wanted.arguments(), KNOWN) == wanted


def test_an_address_is_no_longer_than_it_must_be() -> None:
    assert Filter().arguments() == {}
    assert Filter.read({"columns": ".".join(reversed(COLUMNS))}).arguments() == {}
    assert Filter.read({"columns": "due.due.number.x"}).shown == (Column.NUMBER, Column.DUE)
    assert len(Filter.read({"q": "x" * 10_000}).typed) == 200
    assert Filter(status="closed").arguments(page="older.1.2.3") == {"status": "closed", "page": "older.1.2.3"}


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_of_the_menu_knows_itself_in_any_order_and_columns(name: str) -> None:
    here = {**VIEWS[name].arguments(), "sort": "opened", "columns": "due"}
    assert view_of(Filter.read(here)) == name
    assert view_of(Filter.read({**here, "language": "fr"})) == ""


def test_days_of_opening_are_listed_in_that_order() -> None:
    assert Filter().order is Sort.UPDATED
    assert Filter(opened_from="2026-03-01").order is Sort.OPENED
    assert Filter(opened_to="2026-03-01", sort="due").order is Sort.DUE


def test_a_filter_says_which_states_it_shows_and_what_narrows_it() -> None:
    assert Filter().states == (Status.OPEN, Status.AWAITING_FEEDBACK)
    assert Filter(status="any").states == tuple(Status)
    assert Filter(status="closed").states == (Status.CLOSED,)
    assert [Filter().narrowed, Filter(sort="due", columns=("due",)).narrowed, Filter(tag="3", typed="x").narrowed] == [
        0,
        0,
        2,
    ]
    assert [Filter(typed="x", status="any", assignee="me").folded, Filter(tag="3", rank="Gold").folded] == [0, 2]
