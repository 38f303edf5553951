"""Several tickets at once: each by its own rule, in one go, and back again where nobody has done anything since."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.desk.models import BulkChange
from helpdesk.extensions import db
from helpdesk.tickets import service
from helpdesk.tickets.models import Tag, Ticket, TicketTag
from tests.conftest import Client, Make


@pytest.fixture
def app(either: Flask) -> Flask:
    return either


@pytest.fixture
def agent(make: Make) -> Person:
    return make.agent(name="Nora")


@pytest.fixture
def desk(as_person: Callable[[Person], Client], agent: Person) -> Client:
    return as_person(agent)


@pytest.fixture
def three(make: Make, agent: Person) -> list[int]:
    """The numbers of an open ticket, one that awaits feedback, and a closed one."""
    owner = make.member()
    return [make.ticket(owner).number, make.awaiting(owner, agent).number, make.closed(owner, agent).number]


def send(desk: Client, verb: str, numbers: list[int], **more: str) -> str:
    """Does it and gives what the list then says."""
    data = {"ticket": [str(number) for number in numbers], "verb": verb, "back": "status=any", **more}
    answer = desk.post("/desk/tickets/bulk", data=data)
    assert answer.status_code == 303, answer.text
    assert answer.location.startswith("/desk/tickets?status=any")
    return desk.get(answer.location).text


def undo(desk: Client, change_id: int = 1) -> str:
    answer = desk.post(f"/desk/tickets/bulk/{change_id}/undo", data={"back": "status=any"})
    assert answer.status_code == 303, answer.text
    return desk.get(answer.location).text


def facts(make: Make, name: str) -> list[object]:
    return make.look(lambda: [getattr(row, name) for row in db.session.scalars(select(Ticket).order_by(Ticket.id))])


def test_tickets_are_assigned_and_given_back(desk: Client, make: Make, agent: Person, three: list[int]) -> None:
    page = send(desk, "assign", three, agent="me")

    assert "2 tickets are now assigned to Nora." in page
    assert f"Not changed, because it is closed: {three[2]}." in page
    assert 'id="undo"' in page
    assert facts(make, "assignee_id") == [agent.id, agent.id, None]
    assert "2 tickets has been undone." in undo(desk)
    assert facts(make, "assignee_id") == [None, None, None]


def test_priority_and_tag_are_set_and_taken_back(desk: Client, make: Make, three: list[int]) -> None:
    assert "2 tickets now have the priority “Urgent”." in send(desk, "priority", three, priority="urgent")
    assert "3 tickets now have the tag “Payment”." in send(desk, "tag", three, tag="  Payment ")
    assert facts(make, "priority") == ["urgent", "urgent", "normal"]
    tagged = select(TicketTag.ticket_id).order_by(TicketTag.ticket_id)
    assert make.look(lambda: len(db.session.scalars(tagged).all())) == 3

    undo(desk, 2)
    undo(desk, 1)

    assert make.look(lambda: db.session.scalars(tagged).all()) == []
    assert facts(make, "priority") == ["urgent", "urgent", "normal"], (
        "the tag came later: the tickets have changed since"
    )


def test_closing_is_taken_back_with_everything_that_it_ended(desk: Client, make: Make, three: list[int]) -> None:
    names = ("status", "status_since", "waiting_since", "due_at", "warn_at", "closed_at", "first_answered_at")
    before = {name: facts(make, name) for name in names}
    page = send(desk, "close", three)
    assert "2 tickets have been closed." in page
    assert f"Not changed, because it is closed: {three[2]}." in page
    assert facts(make, "status") == ["closed"] * 3

    undo(desk)

    assert {name: facts(make, name) for name in names} == before
    assert "took the closing of the ticket back" in desk.get(f"/desk/tickets/{three[0]}").text
    assert "All open" in desk.get("/desk").text


def test_what_somebody_has_changed_since_stays_as_it_is(
    desk: Client, make: Make, agent: Person, three: list[int]
) -> None:
    send(desk, "assign", three[:2], agent="me")
    colleague = make.agent()

    def give_away() -> None:
        row = db.session.get_one(Ticket, three[0] - 1000)
        service.assign(row, db.session.get(User, colleague.id), by=colleague, at=now())

    make.change(give_away)

    page = undo(desk)

    assert f"Not undone, because it has changed since: {three[0]}." in page
    assert facts(make, "assignee_id") == [colleague.id, None, None]


def test_an_undo_is_there_once_and_for_who_made_the_change(
    desk: Client, make: Make, as_person: Callable[[Person], Client], three: list[int]
) -> None:
    send(desk, "close", three[:1])
    other = as_person(make.agent())
    assert other.post("/desk/tickets/bulk/1/undo").status_code == 404
    assert 'id="undo"' not in other.get("/desk/tickets?done=1").text
    undo(desk)
    assert desk.post("/desk/tickets/bulk/1/undo").status_code == 404
    assert 'id="undo"' not in desk.get("/desk/tickets?done=1").text
    assert desk.post("/desk/tickets/bulk/99/undo").status_code == 404


REFUSED: list[tuple[str, dict[str, str], str]] = [
    ("close", {}, "Select at least one ticket."),
    ("tag", {"ticket": "1001", "tag": "  "}, "Enter a tag."),
    ("tag", {"ticket": "1001", "tag": "?!"}, "Enter a tag."),
]


@pytest.mark.parametrize(("verb", "sent", "sentence"), REFUSED)
def test_what_cannot_be_done_is_said_and_nothing_changes(
    desk: Client, make: Make, three: list[int], verb: str, sent: dict[str, str], sentence: str
) -> None:
    answer = desk.post("/desk/tickets/bulk", data={"verb": verb, **sent})
    assert sentence in desk.get(answer.location).text
    assert make.look(lambda: db.session.scalars(select(BulkChange.id)).all()) == []
    assert make.look(lambda: db.session.scalars(select(Tag.id)).all()) == []


ODD = [
    {"verb": "destroy"}, {"verb": ""}, {"verb": "priority", "priority": "huge"}, {"verb": "assign", "agent": "1e3"},
    {"verb": "assign", "agent": "999999"},
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: "-".join(odd.values()) or "none")
def test_forged_forms_change_nothing(desk: Client, make: Make, three: list[int], odd: dict[str, str]) -> None:
    assert desk.post("/desk/tickets/bulk", data={"ticket": str(three[0]), **odd}).status_code in {303, 404}
    forged = {"ticket": "-1", "verb": "close", "status": "closed", "owner_id": "1", "back": "//evil.example/?x"}
    assert desk.post("/desk/tickets/bulk", data=forged).location == "/desk/tickets"
    assert facts(make, "assignee_id") == [None, None, None]
    assert facts(make, "status") == ["open", "awaiting_feedback", "closed"]


def test_no_more_than_a_hundred_go_at_once(desk: Client, make: Make, three: list[int]) -> None:
    numbers = [str(number) for number in range(1001, 1102)]
    answer = desk.post("/desk/tickets/bulk", data={"ticket": numbers, "verb": "close"})
    assert "At most 100 tickets can be changed at once." in desk.get(answer.location).text
    assert facts(make, "status") == ["open", "awaiting_feedback", "closed"]


def test_every_box_of_a_page_can_be_ticked_without_script(desk: Client, three: list[int]) -> None:
    assert " checked></label></td>" not in desk.get("/desk/tickets?status=any").text
    page = desk.get("/desk/tickets?status=any&tick=all").text
    assert page.count(" checked></label></td>") == 3
    assert "Select none" in page
