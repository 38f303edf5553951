"""The team's lists: whose tickets, in which state and language, with which words; and what waits the longest."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.desk import queries
from helpdesk.desk.queries import Filter, View
from helpdesk.extensions import db
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.paging import Cursor
from tests import builders
from tests.builders import NOON

ODD = ["", "x", "MINE", "mine ", "closed'--", "password_hash", "user.email", "\x00", "all;all", "1", "<b>"]


@pytest.mark.parametrize("odd", ODD)
def test_a_filter_that_cannot_be_meant_counts_as_not_given(odd: str) -> None:
    assert Filter.read({"view": odd, "status": odd, "language": odd}) == Filter()
    assert Filter.read({"sort": odd, "order_by": odd}) == Filter()


def test_a_filter_survives_its_address() -> None:
    wanted = Filter(View.MINE, "closed", "sv", "printer")
    assert Filter.read(wanted.arguments()) == wanted
    assert Filter.read(Filter().arguments()) == Filter()
    assert wanted.arguments(view="all")["view"] == "all"
    assert len(Filter.read({"q": "x" * 10_000}).typed) == 200


@pytest.fixture
def team(on_both: Flask) -> list[Person]:
    return [builders.agent(), builders.agent()]


def assign(ticket_id: int, agent: Person) -> None:
    intend_to_write()
    row = db.session.get_one(Ticket, ticket_id)
    service.assign(row, db.session.get_one(User, agent.id), by=agent, at=row.updated_at)
    db.session.commit()


def listed(agent: Person, **wanted: object) -> set[int]:
    return {row.id for row in queries.page(agent, Filter(**wanted), None).rows}


def test_lists_show_what_their_filter_names(team: list[Person]) -> None:
    first, second = team
    owner, other = builders.member(), builders.member()
    mine = builders.ticket(owner, language="fr").id
    theirs = builders.ticket(other, language="sv").id
    nobodys = builders.awaiting(other, second, language="fr").id
    closed = builders.closed(owner, second).id
    assign(mine, first)
    assign(theirs, second)

    assert listed(first) == {mine, theirs, nobodys}
    assert listed(first, view=View.MINE) == {mine}
    assert listed(first, view=View.UNASSIGNED) == {nobodys}
    assert listed(first, view=View.UNASSIGNED, status="any") == {nobodys, closed}
    assert listed(first, status="closed") == {closed}
    assert listed(first, status="awaiting_feedback") == {nobodys}
    assert listed(first, status="any") == {mine, theirs, nobodys, closed}
    assert listed(first, language="fr") == {mine, nobodys}
    assert listed(first, language="fr", view=View.MINE, status="open") == {mine}
    assert listed(first, typed=owner.email, status="any") == {mine, closed}


@pytest.mark.parametrize("wanted", [Filter(), Filter(status="any"), Filter(View.UNASSIGNED), Filter(language="en")])
def test_pages_of_the_desk_show_each_ticket_once_there_and_back(team: list[Person], wanted: Filter) -> None:
    owner = builders.member()
    for place in range(60):
        made = builders.awaiting if place % 3 else builders.ticket
        words = {"team": team[0]} if place % 3 else {}
        made(owner, **words, at=NOON + timedelta(seconds=place // 9))  # type: ignore[arg-type]
    order = list(db.session.scalars(select(Ticket.id).order_by(Ticket.updated_at.desc(), Ticket.id.desc())))

    pages = [queries.page(team[0], wanted, None)]
    while pages[-1].older:
        pages.append(queries.page(team[0], wanted, Cursor.read(str(pages[-1].older))))

    assert [row.id for page in pages for row in page.rows] == order
    assert [len(page.rows) for page in pages] == [25, 25, 10]
    back = queries.page(team[0], wanted, Cursor.read(str(pages[-1].newer)))
    assert [row.id for row in back.rows] == [row.id for row in pages[1].rows]


def test_what_waits_the_longest_stands_first_and_colleagues_work_is_left_out(team: list[Person]) -> None:
    first, second = team
    owner = builders.member()
    tickets = [builders.ticket(owner, at=NOON + timedelta(hours=place)).id for place in range(10)]
    assign(tickets[0], second)
    assign(tickets[2], first)
    builders.awaiting(owner, first, at=NOON - timedelta(days=9))
    builders.closed(owner, first, at=NOON - timedelta(days=9))

    assert [row.id for row in queries.longest_waiting(first)] == tickets[1:9]
    assert tickets[0] in [row.id for row in queries.longest_waiting(second)]


def test_the_member_card_counts_the_members_tickets(team: list[Person]) -> None:
    owner = builders.member(name="Anna")
    builders.ticket(owner)
    builders.closed(owner, team[0])
    user, kept = queries.member_card(owner.id)
    assert (user.name, {status.value: number for status, number in kept.items()}) == (
        "Anna", {"open": 1, "awaiting_feedback": 0, "closed": 1}
    )  # fmt: skip
