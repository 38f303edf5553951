"""The same draft submitted by two requests at the same moment is one ticket, and both are led to it."""

import threading

from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.submission import service
from helpdesk.submission.models import Draft
from helpdesk.tickets.models import Ticket, TicketCount
from tests import builders
from tests.builders import NOON
from tests.conftest import Client


def a_full_draft(person: Person) -> str:
    intend_to_write()
    draft = service.begin(by=person, language="en", at=NOON)
    service.save_title(draft, language="en", title="The page is empty", at=NOON)
    service.save_description(draft, "Nothing is shown.", at=NOON)
    db.session.commit()
    submission = draft.submission
    db.session.rollback()
    db.session.remove()
    return submission


def test_two_requests_at_once_make_one_ticket(on_both: Flask) -> None:
    person = builders.member()
    db.session.remove()
    browsers: list[Client] = [signed_in(on_both, person) for _ in range(3)]
    for _ in range(5):
        submission = a_full_draft(person)
        answers = press_together(browsers, f"/technical-issues/new/{submission}/d")

        assert {answer.status_code for answer in answers} == {303}
        assert {answer.location for answer in answers} == {f"/technical-issues/new/{submission}/submitted"}
        made = db.session.scalars(select(Ticket.id).where(Ticket.submission == submission)).all()
        assert len(made) == 1
        assert db.session.scalars(select(Draft.id)).all() == []
        db.session.rollback()
    kept = db.session.scalar(select(TicketCount.tickets).where(TicketCount.scope == f"owner:{person.id}"))
    assert kept == len(db.session.scalars(select(Ticket.id)).all()) == 5


def test_begun_in_several_tabs_at_once_it_is_one_draft(on_both: Flask) -> None:
    person = builders.member()
    db.session.remove()
    browsers = [signed_in(on_both, person) for _ in range(4)]

    answers = press_together(browsers, "/technical-issues/new", method="GET")

    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.location for answer in answers}) == 1


def test_what_is_typed_while_another_tab_submits_is_no_fault(on_both: Flask) -> None:
    person = builders.member()
    db.session.remove()
    first, second = signed_in(on_both, person), signed_in(on_both, person)
    for _ in range(5):
        base = f"/technical-issues/new/{a_full_draft(person)}"
        together, answers = threading.Barrier(2), []

        def send(browser: Client, path: str, together=together, answers=answers) -> None:
            together.wait()
            answers.append(browser.post(path, data={"description": "Later words."}).status_code)

        threads = [
            threading.Thread(target=send, args=(first, f"{base}/d")),
            threading.Thread(target=send, args=(second, f"{base}/b/autosave")),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(answers) <= {200, 303, 409}, answers


def signed_in(app: Flask, person: Person) -> Client:
    """A browser, signed in from a thread of its own: this one has a context open already."""
    found: list[Client] = []
    client: Client = app.test_client()
    thread = threading.Thread(target=lambda: found.append(client.sign_in(person)))
    thread.start()
    thread.join()
    return found[0]


def press_together(browsers: list[Client], path: str, method: str = "POST"):
    together, answers = threading.Barrier(len(browsers)), []

    def press(browser: Client) -> None:
        together.wait()
        answers.append(browser.open(path, method=method))

    threads = [threading.Thread(target=press, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(browsers)
    return answers
