"""What a page costs the database: the same for one row and for a hundred, and no more than is written here."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket
from tests import builders
from tests.builders import NOON
from tests.chat.talking import chat_of
from tests.conftest import Client, Make

# The most statements of each page, its session's look-up among them. A page that needs more says why in its commit.
MOST = {
    "/": 1,
    "/help": 1,
    "/profile": 3,
    "/profile/two-step": 4,  # the app, the passkeys, and how many codes are left
    "/confirm": 1,
    "/privacy": 1,
    "/profile/your-data": 3,  # the copy, and whether the account is to be erased
    # The number on the bell comes with the session.
    "/notices": 2,
    "/profile/mail": 2,
    "/technical-issues": 6,
    "/technical-issues/open": 3,
    "/technical-issues/open?q=order": 3,
    "/technical-issues/1001": 7,  # one of them asks for the chat that it came from
    "/technical-issues/new/{draft}/a": 4,
    "/technical-issues/new/{draft}/b": 4,
    "/technical-issues/new/{draft}/c": 4,
    "/technical-issues/new/{draft}/d": 4,
    # The desk's frame, which tells what waits and which views there are, costs three on each of its pages.
    "/desk": 7,
    "/desk/chats": 6,
    "/desk/chats/ended": 5,
    "/desk/chats/1": 16,
    # What there is to filter by, and the page itself; a search finds first, and reads the texts of its page.
    "/desk/tickets": 6,
    "/desk/tickets?q=order&status=any": 8,
    "/desk/tickets?language=en&priority=normal": 7,
    # The ticket, and what there is around it: its member, what this agent has not sent, and which of tags, links,
    # files, chats and colleagues there are to ask for; its thread and history, the member's other tickets, what to
    # choose from, saved replies; and the list beside it.
    "/desk/tickets/1001": 14,
    "/desk/settings": 7,
    "/desk/replies": 5,
    "/desk/members": 5,
    "/desk/members?q=member": 5,
    "/desk/members/1": 10,
    "/desk/views": 4,
    # Two for whose figures there are, two for each part's headlines, and one for each chart, however long the range is.
    "/desk/reports": 23,
}
LISTS = ("/technical-issues", "/technical-issues/open", "/technical-issues/open?q=order", "/desk", "/desk/tickets")


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile."""
    with app.app_context():
        engine = db.engine
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        # What a site has decided is kept for some seconds: whether it is read anew just now is no page's cost.
        if not statement.startswith(("BEGIN", "PRAGMA")) and "FROM site_" not in statement.replace("\n", ""):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def cost(app: Flask, browser: Client, path: str) -> list[str]:
    browser.get(path)
    with counted(app) as statements:
        answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return statements


def who(path: str, owner: Client, team: Client) -> Client:
    return team if path.startswith("/desk") else owner


def add_tickets(app: Flask, owner: Person, many: int) -> None:
    with app.app_context():
        for place in range(many):
            intend_to_write()
            service.submit(
                submission=builders.token(), language="en", title=f"The order {place}", description="Stops.", by=owner,
                at=NOON + timedelta(minutes=place),
            )  # fmt: skip
        db.session.commit()
        db.session.remove()


def test_a_list_of_a_hundred_costs_what_a_list_of_one_does(app: Flask, make: Make, as_person) -> None:
    person = make.member()
    owner, team = as_person(person), as_person(make.agent())
    add_tickets(app, person, 1)
    one = {path: len(cost(app, who(path, owner, team), path)) for path in LISTS}

    add_tickets(app, person, 99)

    assert {path: len(cost(app, who(path, owner, team), path)) for path in LISTS} == one


def test_a_long_conversation_costs_what_a_short_one_does(app: Flask, make: Make, as_person) -> None:
    person, colleague = make.member(), make.agent()
    owner, team = as_person(person), as_person(colleague)
    add_tickets(app, person, 1)
    paths = ("/technical-issues/1001", "/desk/tickets/1001")
    short = {path: len(cost(app, who(path, owner, team), path)) for path in paths}
    with app.app_context():
        intend_to_write()
        for place in range(50):
            ticket = db.session.get_one(Ticket, 1)
            words = {"submission": builders.token(), "by": colleague, "at": NOON + timedelta(hours=place)}
            service.reply_as_agent(ticket, "Another", **words)
        db.session.commit()
        db.session.remove()

    assert {path: len(cost(app, who(path, owner, team), path)) for path in paths} == short


@pytest.mark.parametrize("path", MOST)
def test_a_page_costs_no_more_than_is_written_down(app: Flask, make: Make, as_person, path: str) -> None:
    person = make.member()
    owner, team = as_person(person), as_person(make.agent())
    add_tickets(app, person, 30)
    with app.app_context():
        chat_of(person)
        db.session.remove()
    draft = owner.get("/technical-issues/new").location.split("/")[-2]
    owner.post(f"/technical-issues/new/{draft}/a", data={"title": "A", "language": "en"})
    owner.post(f"/technical-issues/new/{draft}/b", data={"description": "B"})

    statements = cost(app, who(path, owner, team), path.format(draft=draft))

    assert len(statements) <= MOST[path], "\n".join(statements)


def test_an_answer_that_nothing_has_changed_is_cheaper_than_the_page(app: Flask, make: Make, as_person) -> None:
    person = make.member()
    owner = as_person(person)
    add_tickets(app, person, 1)
    with counted(app) as statements:
        assert owner.fragment("/technical-issues/1001/messages?seen=2").status_code == 204
    assert len(statements) <= 2, statements


def test_somebody_who_is_not_signed_in_costs_nothing(app: Flask, client: Client) -> None:
    with counted(app) as statements:
        client.get("/sign-in")
        client.get("/help")
        client.get("/technical-issues")
        client.get("/nowhere")
    assert statements == []
