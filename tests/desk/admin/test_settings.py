"""Hours, holidays, targets, rules and tags through their doors, and what they change for members at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.person import Person
from helpdesk.chat import service as chat
from helpdesk.database import intend_to_write, now
from helpdesk.desk.admin.tags import queries as tags
from helpdesk.desk.admin.tags import service as tag_service
from helpdesk.extensions import db
from helpdesk.refusals import Invalid
from helpdesk.site import queries as site
from helpdesk.tickets import handling
from helpdesk.tickets.models import Tag, Target, Ticket, TicketTag
from tests import builders
from tests.builders import NOON
from tests.conftest import Client, Make
from tests.house.doors_of_admins import targets

SignedIn = Callable[[Person], Client]


@pytest.fixture
def desk(as_person: SignedIn, make: Make) -> Client:
    return as_person(make.admin())


def hours(**spans: str) -> dict[str, str]:
    words = {"kind": "by_day", "zone": "Europe/Paris"}
    for name, span in spans.items():
        words[f"{name}_from"], words[f"{name}_to"] = span.split("-")
    return words


def test_new_hours_close_and_open_the_chat_at_once(desk: Client, as_person: SignedIn, make: Make) -> None:
    agent, theirs = make.agent(), as_person(make.member())
    make.change(lambda: chat.set_available(agent, True, at=now()))
    assert "Start chat" in theirs.get("/chat").text
    day = f"{now() + timedelta(days=2):%a}".lower()
    sent = hours(**{f"{day}_1": "03:00-03:01", f"{day}_2": "04:00-05:00"})
    preview = desk.post("/desk/admin/hours/chat", data={**sent, "preview": "1"})
    assert "it is closed now and opens again on" in preview.text and "Start chat" in theirs.get("/chat").text
    assert desk.post("/desk/admin/hours/chat", data=sent).status_code == 303
    assert "The chat opens again on" in theirs.get("/chat").text
    assert make.look(lambda: site.value("chat_hours")) == f"{day} 03:00-03:01, {day} 04:00-05:00 Europe/Paris"
    assert 'value="03:01"' in desk.get("/desk/admin/hours/chat").text
    always = {"kind": "always", "zone": "Europe/Paris"}
    assert desk.post("/desk/admin/hours/chat", data=always).status_code == 303
    assert "Start chat" in theirs.get("/chat").text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (hours(), "Enter the hours of at least one day."),
        (hours(mon_1="09:00-"), "Enter when it opens and when it closes"),
        (hours(mon_1="09:00-09:00"), "Enter when it opens and when it closes"),
        (hours(fri_2="25:00-26:00"), "Enter when it opens and when it closes"),
        (hours(fri_1="09:00-10:00, sat 09:00-10:00"[:11]) | {"zone": "Mars/Base"}, "There is a problem"),
        ({"kind": "sometimes", "zone": "UTC"}, "Choose when it is open."),
    ],
)
def test_hours_that_cannot_be_meant_are_refused_in_words(desk: Client, make: Make, sent, said: str) -> None:
    answer = desk.post("/desk/admin/hours/business", data=sent)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert make.look(lambda: site.value("business_hours")) == ""


def test_a_holiday_is_added_once_and_removed(desk: Client, make: Make) -> None:
    for _ in range(2):
        assert desk.post("/desk/admin/holidays", data={"day": "2030-12-25"}).status_code == 303
    assert make.look(lambda: site.value("holidays")) == ["2030-12-25"]
    assert "Wednesday, December 25, 2030" in desk.get("/desk/admin/holidays").text
    assert desk.post("/desk/admin/holidays", data={"day": "Christmas"}).status_code == 422
    desk.post("/desk/admin/holidays/removal", data={"day": "2030-12-25"})
    assert make.look(lambda: site.value("holidays")) == []


def test_targets_are_hours_and_minutes_and_empty_is_none(desk: Client, make: Make) -> None:
    sent = {**targets(), "urgent_first": "0:30", "urgent_next": "", "low_first": "48"}
    assert desk.post("/desk/admin/targets", data=sent).status_code == 303
    kept = make.look(lambda: {row.priority: row for row in db.session.scalars(select(Target))})
    assert (kept["urgent"].first_minutes, kept["urgent"].next_minutes, kept["low"].first_minutes) == (30, None, 2880)
    assert 'value="0:30"' in desk.get("/desk/admin/targets").text
    for wrong in ("0", "1:75", "soon", "-1", "9999", "٣"):
        answer = desk.post("/desk/admin/targets", data={**sent, "high_next": wrong})
        assert (answer.status_code, "like 8:30" in answer.text) == (422, True), wrong


def test_rules_are_kept_and_a_ticket_is_never_closed_without_a_reminder(desk: Client, make: Make) -> None:
    sent = {"auto_assign": "y", "reminder_days": "5", "auto_close_days": "9"}
    assert desk.post("/desk/admin/rules", data=sent).status_code == 303
    keys = ("auto_assign", "reminder_days", "auto_close_days")
    assert make.look(lambda: site.values(*keys)) == dict(zip(keys, (True, 5, 9), strict=True))
    for reminder, close in (("9", "5"), ("0", "5"), ("x", "5"), ("5", "366")):
        answer = desk.post("/desk/admin/rules", data={**sent, "reminder_days": reminder, "auto_close_days": close})
        assert answer.status_code == 422 and "error-summary" in answer.text


@pytest.fixture
def tagged(on_both: Flask) -> tuple[Person, list[Tag]]:
    """Two tags, three tickets: one has the first, one the second, one both."""
    member, admin = builders.member(), builders.admin()
    tickets = [builders.ticket(member) for _ in range(3)]
    intend_to_write()
    names = [handling.tag_named(name) for name in ("Payment", "Paiement")]
    for place, which in enumerate(([0], [1], [0, 1])):
        for number in which:
            ticket = db.session.get_one(Ticket, tickets[place].id)
            handling.add_tag(ticket, names[number], by=admin, at=NOON)
    db.session.commit()
    return admin, names


def test_merged_tags_are_one_on_every_ticket(tagged: tuple[Person, list[Tag]]) -> None:
    admin, (first, second) = tagged
    tag_service.merge(first, second, by=admin, at=NOON)
    db.session.commit()
    assert sorted(db.session.execute(select(TicketTag.ticket_id, TicketTag.tag_id)).all()) == [
        (ticket_id, second.id) for ticket_id in (1, 2, 3)
    ]
    (row,), following = tags.page("")
    assert (row.name, row.tickets, following) == ("Paiement", 3, "")


def test_a_tag_is_renamed_but_not_to_anothers_name(tagged: tuple[Person, list[Tag]]) -> None:
    admin, (first, second) = tagged
    tag_service.give_name(first, "Payments", by=admin, at=NOON)
    for wrong, code in (("PAIÉMENT", "tag_taken"), ("!!", "tag_empty")):
        with pytest.raises(Invalid, match=code):
            tag_service.give_name(first, wrong, by=admin, at=NOON)
    with pytest.raises(Invalid, match="tag_same"):
        tag_service.merge(second, second, by=admin, at=NOON)
    assert (first.name, first.key) == ("Payments", "payments")


def test_a_retired_tag_says_so_and_comes_back(desk: Client, make: Make) -> None:
    tag_id = make.change(lambda: handling.tag_named("Payment").id)
    desk.post(f"/desk/admin/tags/{tag_id}/retirement")
    assert "Retired" in desk.get("/desk/admin/tags").text
    desk.post(f"/desk/admin/tags/{tag_id}/return")
    assert "Retired" not in desk.get("/desk/admin/tags").text
    answer = desk.post(f"/desk/admin/tags/{tag_id}/merging", data={"into": "Nothing"})
    assert answer.status_code == 422 and "There is no other tag called “Nothing”." in answer.text
