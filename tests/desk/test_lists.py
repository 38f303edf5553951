"""The team's lists: every filter shows its tickets, the last changed first, and none reads more than its page."""

from datetime import timedelta
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.desk import queries
from helpdesk.desk.queries import Filter, View
from helpdesk.extensions import db
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.paging import Page
from tests import builders
from tests.builders import NOON

STATES = {"": {"open", "awaiting_feedback"}, "any": set(Status), **{status.value: {status.value} for status in Status}}
FILTERS = [Filter(view, status, language) for view, status, language in product(View, STATES, ("", "fr"))]
NO_PAGE = Page((), 1, None, None)


@pytest.fixture
def agent(on_both: Flask) -> Person:
    """An agent of a desk with 90 tickets: all states, two languages, some with the agent, changed at like moments."""
    agent, owner = builders.agent(), builders.member()
    for place in range(90):
        builders.ticket(owner, language=("en", "fr")[place % 2], at=NOON + timedelta(seconds=place // 8))
    intend_to_write()
    ids = list(db.session.scalars(select(Ticket.id).order_by(Ticket.id)))
    for place, ticket_id in enumerate(ids):
        facts = {"status": tuple(Status)[place % 3].value, "assignee_id": agent.id if place % 5 < 2 else None}
        db.session.execute(update(Ticket).where(Ticket.id == ticket_id).values(**facts))
    db.session.commit()
    return agent


@pytest.mark.parametrize("wanted", FILTERS, ids=lambda wanted: "-".join(wanted.arguments().values()))
def test_the_pages_of_a_list_show_each_of_its_tickets_once_and_in_order(agent: Person, wanted: Filter) -> None:
    listed = [row for row in _all_in_order() if _belongs(row, wanted, agent)]
    assert listed, "the list has something to show"

    shown, page = [], queries.page(agent, wanted, None)
    while page.rows:
        shown += [row.id for row in page.rows]
        page = queries.page(agent, wanted, page.older) if page.older else NO_PAGE

    assert shown == [row.id for row in listed]


def test_the_way_back_shows_the_same_pages(agent: Person) -> None:
    first = queries.page(agent, Filter(), None)
    second = queries.page(agent, Filter(), first.older)
    assert second.rows, "there is a second page"

    assert [row.id for row in queries.page(agent, Filter(), second.newer).rows] == [row.id for row in first.rows]


@pytest.mark.parametrize("wanted", FILTERS, ids=lambda wanted: "-".join(wanted.arguments().values()))
def test_a_list_reads_its_states_in_the_order_of_an_index(app_context: Flask, wanted: Filter) -> None:
    plan = _plan(builders.agent(), wanted)

    # The only thing that is sorted is the page itself, which stands last: everything before it comes from an index.
    assert [step for step in plan if "SCAN ticket" in step] == []
    assert [step for step in plan if "TEMP B-TREE" in step] == plan[-1:]


def _all_in_order() -> list[Ticket]:
    return list(db.session.scalars(select(Ticket).order_by(Ticket.updated_at.desc(), Ticket.id.desc())))


def _belongs(ticket: Ticket, wanted: Filter, agent: Person) -> bool:
    whose = {View.MINE: agent.id, View.UNASSIGNED: None, View.ALL: ticket.assignee_id}[wanted.view]
    return (
        ticket.assignee_id == whose
        and ticket.status in STATES[wanted.status]
        and wanted.language in {"", ticket.language}
    )


def _plan(agent: Person, wanted: Filter) -> list[str]:
    """How SQLite answers the list's query, step by step."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(connection: object, cursor: object, statement: str, parameters: tuple[object, ...], *rest: object) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    queries.page(agent, wanted, None)
    event.remove(db.engine, "before_cursor_execute", note)
    statement, parameters = asked[-1]
    return [step[-1] for step in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
