"""The team's lists: every filter shows its tickets in its order, each once, and none reads more than its page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import event, insert, literal, select

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.desk.lists import figures, narrowing, queries
from helpdesk.desk.lists.filters import Filter
from helpdesk.extensions import db
from helpdesk.tickets import service
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Tag, Ticket, TicketTag
from helpdesk.tickets.paging import Cursor
from helpdesk.tickets.priorities import Priority
from tests import builders
from tests.builders import NOON

ZONE = ZoneInfo("Europe/Stockholm")
MANY = 90
ONE_BY_ONE = [
    {}, {"assignee": "me"}, {"assignee": "none"}, {"language": "fr"}, {"rank": "Gold"}, {"priority": "urgent"},
    {"tag": "1"}, {"due": "overdue"}, {"due": "soon"}, {"opened_from": "2026-03-06"}, {"opened_to": "2026-03-06"},
    {"opened_from": "2026-03-06", "opened_to": "2026-03-07"},
]  # fmt: skip
TOGETHER = [one | other for one, other in combinations(ONE_BY_ONE[1:10], 2) if not set(one) & set(other)]
STATUSES = ("", "any", "closed")
SORTS = ("", "opened", "due", "waiting")
FILTERS = [
    *(Filter(**narrowed, status=status) for narrowed in ONE_BY_ONE for status in STATUSES),  # type: ignore[arg-type]
    *(Filter(**narrowed, sort=sort) for narrowed in ONE_BY_ONE[::2] for sort in SORTS[1:]),  # type: ignore[arg-type]
    *(Filter(**narrowed, sort=SORTS[place % 4]) for place, narrowed in enumerate(TOGETHER[::2])),
]
KEYS = {"updated": "updated_at", "opened": "opened_at", "due": "due_at", "waiting": "waiting_since"}


@pytest.fixture
def agent(on_both: Flask) -> Person:
    """An agent of a desk with 90 tickets of all kinds, many of them changed at like moments."""
    return _fill()


def _fill() -> Person:
    agent, owners = builders.agent(), [builders.member(rank="Gold"), builders.member(rank="Silver")]
    db.session.rollback()
    intend_to_write()
    db.session.execute(insert(Tag).values(id=1, name="Payment", key="payment"))
    db.session.execute(insert(Ticket), [_facts(place, owners[place % 3 % 2], agent) for place in range(MANY)])
    tagged = select(Ticket.id, literal(1), Ticket.status, Ticket.updated_at).where(Ticket.id % 4 == 0)
    columns = ["ticket_id", "tag_id", "status", "updated_at"]
    db.session.execute(insert(TicketTag).from_select(columns, tagged))
    db.session.commit()
    return agent


def _facts(place: int, owner: Person, agent: Person) -> dict[str, object]:
    due = NOON + timedelta(hours=place % 11) if place % 3 != 2 and place % 5 else None
    status, moment = tuple(Status)[place % 3].value, NOON + timedelta(hours=place // 4)
    return {
        "owner_id": owner.id, "owner_rank": owner.rank, "submission": builders.token(), "title": "Order",
        "language": ("en", "fr")[place % 2], "status": status, "status_since": moment, "opened_at": moment,
        "assignee_id": agent.id if place % 5 < 2 else None, "due_at": due, "waiting_since": due,
        "warn_at": due - timedelta(hours=3) if due else None, "priority": tuple(Priority)[place % 4].value,
        "updated_at": NOON + timedelta(days=5, seconds=place % 13),
    }  # fmt: skip


AT = NOON + timedelta(hours=5)


def pages(agent: Person, wanted: Filter) -> Iterator[list[int]]:
    cursor: Cursor | None = None
    while True:
        page = queries.page(agent, wanted, cursor, at=AT, zone=ZONE).page
        yield [row.id for row in page.rows]
        if page.older is None:
            return
        cursor = Cursor.read(str(page.older))


def expected(agent: Person, wanted: Filter) -> list[int]:
    """The same list, made without an index."""
    key = KEYS[wanted.order.value]
    rows = db.session.scalars(select(Ticket)).all()
    tagged = set(db.session.scalars(select(TicketTag.ticket_id)))
    ranks = dict(db.session.execute(select(User.id, User.rank)).all())
    start = datetime.fromisoformat(wanted.opened_from or "2000-01-01").replace(tzinfo=ZONE)
    end = datetime.fromisoformat(wanted.opened_to or "2099-01-01").replace(tzinfo=ZONE) + timedelta(days=1)
    found = [
        row for row in rows
        if row.status in {state.value for state in wanted.states}
        and {"": True, "me": row.assignee_id == agent.id, "none": row.assignee_id is None}[wanted.assignee]
        and wanted.language in ("", row.language) and wanted.priority in ("", row.priority)
        and wanted.rank in ("", ranks[row.owner_id]) and (not wanted.tag or row.id in tagged)
        and start <= row.opened_at < end and getattr(row, key) is not None
        and (wanted.due != "overdue" or (row.due_at and row.due_at < AT))
        and (wanted.due != "soon" or (row.due_at and row.warn_at <= AT <= row.due_at))
    ]  # fmt: skip
    ascending = wanted.order.value in {"due", "waiting"}
    return [row.id for row in sorted(found, key=lambda row: (getattr(row, key), row.id), reverse=not ascending)]


def test_every_list_shows_each_of_its_tickets_once_and_in_order(agent: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = {wanted: expected(agent, wanted) for wanted in FILTERS}
    assert sum(bool(found) for found in lists.values()) > len(lists) / 2, "most lists have something to show"
    assert {wanted for wanted in FILTERS if shown(agent, wanted) != lists[wanted]} == set()

    # With a small bound, what was gathered is walked: both ways lead to the same pages.
    monkeypatch.setattr(queries, "FEW", 3)
    assert {wanted for wanted in FILTERS if shown(agent, wanted) != lists[wanted]} == set()


def shown(agent: Person, wanted: Filter) -> list[int]:
    return [one for page in pages(agent, wanted) for one in page]


def test_the_way_back_shows_the_same_pages(agent: Person) -> None:
    for wanted in (Filter(status="any"), Filter(sort="due"), Filter(status="any", sort="opened", language="fr")):
        there = queries.page(agent, wanted, None, at=AT, zone=ZONE).page
        second = queries.page(agent, wanted, there.older, at=AT, zone=ZONE).page
        assert second.rows, "there is a second page"
        back = queries.page(agent, wanted, Cursor.read(str(second.newer)), at=AT, zone=ZONE).page
        assert [row.id for row in back.rows] == [row.id for row in there.rows]


def plan(agent: Person, wanted: Filter) -> list[str]:
    """How SQLite answers the list's query, step by step."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(connection: object, cursor: object, statement: str, parameters: tuple[object, ...], *rest: object) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    queries.page(agent, wanted, None, at=AT, zone=UTC)
    event.remove(db.engine, "before_cursor_execute", note)
    steps = []
    for statement, parameters in asked:
        explained = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps += [step[-1] for step in explained]
    return steps


def test_every_list_begins_at_an_index_and_none_reads_a_whole_table(
    app_context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = _fill()
    for few in (narrowing.FEW, 3):
        monkeypatch.setattr(queries, "FEW", few)
        plans = {wanted: plan(agent, wanted) for wanted in (*FILTERS, Filter(typed="order", language="fr"))}
        scanned = {
            (wanted, step) for wanted, steps in plans.items() for step in steps
            if step.startswith(("SCAN ticket", "SCAN user", "SCAN owner")) and "ticket_words" not in step
        }  # fmt: skip
        assert scanned == set()


@pytest.mark.parametrize("narrowed", ONE_BY_ONE[:7], ids=lambda narrowed: "-".join(narrowed.values()) or "all")
@pytest.mark.parametrize("status", STATUSES)
def test_one_filter_alone_is_walked_in_the_order_of_its_index(
    app_context: Flask, narrowed: dict[str, str], status: str
) -> None:
    steps = plan(builders.agent(), Filter(**narrowed, status=status))  # type: ignore[arg-type]

    # What is sorted are the page itself, which stands last, and the first of several states to pick it from: all that
    # comes before is in the order of an index.
    sorts = [place for place, step in enumerate(steps) if "TEMP B-TREE FOR ORDER" in step]
    union = [place for place, step in enumerate(steps) if step == "UNION ALL"]
    assert (len(sorts), sorts[-1]) == (1 if status == "closed" else 2, len(steps) - 1)
    assert all(place > last for place in sorts for last in union)


def test_deadlines_are_counted_from_their_index_alone_and_what_is_near_not_past_what_is_over(
    app_context: Flask,
) -> None:
    statement = str(select(figures.OVERDUE, figures.SOON).compile(db.engine)).replace("?", "'2026-03-06'")
    statement = statement.replace("LIMIT '2026-03-06' OFFSET '2026-03-06'", "LIMIT 100")
    steps = [step[-1] for step in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
    by_index = "SEARCH ticket USING COVERING INDEX ix_ticket_due"
    assert [step.removeprefix(by_index) for step in steps if step.startswith("SEARCH")] == [
        " (due_at<?)", " (due_at>?)",
    ]  # fmt: skip


def test_what_waits_the_longest_stands_first_and_colleagues_work_is_left_out(on_both: Flask) -> None:
    first, second = builders.agent(), builders.agent()
    owner = builders.member()
    tickets = [builders.ticket(owner, at=NOON + timedelta(hours=place)).id for place in range(10)]
    _assign(tickets[0], second)
    _assign(tickets[2], first)
    builders.awaiting(owner, first, at=NOON - timedelta(days=9))
    builders.closed(owner, first, at=NOON - timedelta(days=9))

    assert [row.id for row in figures.longest_waiting(first)] == tickets[1:9]
    assert tickets[0] in [row.id for row in figures.longest_waiting(second)]


def _assign(ticket_id: int, agent: Person) -> None:
    intend_to_write()
    row = db.session.get_one(Ticket, ticket_id)
    service.assign(row, db.session.get_one(User, agent.id), by=agent, at=row.updated_at)
    db.session.commit()
