"""The mails about tickets: who hears of what, in which words, and in one thread."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.mail import worker
from helpdesk.mail.models import Mail
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket
from tests import builders
from tests.builders import NOON
from tests.mail.conftest import change, colleague, person
from tests.mail.conftest import rows as all_rows
from tests.mail.post_office import PostOffice, Taken

TITLE, DESCRIPTION = "Kan inte <b>logga in</b>", "Sidan är tom efter inloggningen."


def act(ticket: Ticket, verb: Callable[..., None], *words: str, by: Person, **more: object) -> None:
    """Does something to a ticket, in a transaction of its own."""
    db.session.rollback()
    intend_to_write()
    there = db.session.get_one(Ticket, ticket.id)
    if verb is not service.assign:
        more = {"submission": builders.token(), **more}
    verb(there, *words, by=by, at=NOON + timedelta(minutes=there.last_seq), **more)
    db.session.commit()
    db.session.remove()


def rows() -> list[Mail]:
    """The mails to the owner; what the team hears has tests of its own (tests/notices)."""
    return [mail for mail in all_rows() if mail.kind.startswith("ticket_")]


def delivered(post: PostOffice) -> list[Taken]:
    """The mails that the owner has got."""
    return [mail for mail in post.mails if mail.recipients == ["asa@members.example"]]


def submitted(owner: Person) -> Ticket:
    return builders.ticket(owner, TITLE, language="sv", description=DESCRIPTION)


def whole_life(owner: Person, team: Person) -> Ticket:
    """A ticket to which everything happens once that its owner hears of."""
    ticket = submitted(owner)
    act(ticket, service.request_information, "Vilken webbläsare?\nSe https://example.org/?a=1&b=2", by=team)
    act(ticket, service.reply_as_owner, "Firefox.", by=owner, reopen_days=30)
    act(ticket, service.reply_as_agent, "Tack, vi tittar på det.", by=team)
    act(ticket, service.close, by=team, body="Det ska fungera nu.")
    return ticket


def test_they_stand_together_and_no_subject_holds_what_somebody_wrote(app_context: Flask, post: PostOffice) -> None:
    ticket = whole_life(person(), colleague())
    worker.send_due(app_context)

    root = f"<ticket-{ticket.id}@help.example>"
    assert {mail.message["References"] for mail in delivered(post)} == {root}
    assert {mail.message["In-Reply-To"] for mail in delivered(post)} == {root}
    assert len({mail.message["Message-ID"] for mail in delivered(post)}) == 4
    assert all(mail.message["Subject"].startswith(f"[#{ticket.number}] ") for mail in delivered(post))
    assert not any("logga" in mail.message["Subject"] for mail in delivered(post))
    assert all(
        f"http://localhost:5000/technical-issues/{ticket.number}\n" in mail.part("plain") for mail in delivered(post)
    )
    assert all("<b>" not in mail.part("html") for mail in delivered(post))


def test_nobody_hears_of_what_they_did_themselves_but_the_receipt(on_both: Flask) -> None:
    owner, team = person(), colleague()
    ticket = submitted(owner)
    assert [mail.kind for mail in rows()] == ["ticket_submitted"]

    act(ticket, service.request_information, "Which?", by=team)
    act(ticket, service.reply_as_owner, "This.", by=owner, reopen_days=30)
    act(ticket, service.close, by=owner)
    act(ticket, service.thank, "Thanks!", by=owner)
    act(ticket, service.reply_as_owner, "Again.", by=owner, reopen_days=30)

    assert [mail.kind for mail in rows()] == ["ticket_submitted", "ticket_requested_information"]
    assert {mail.user_id for mail in rows()} == {owner.id}


def test_what_the_team_does_among_itself_is_not_told(app_context: Flask, post: PostOffice) -> None:
    owner, team = person(), colleague()
    ticket = submitted(owner)
    before = len(rows())

    act(ticket, service.add_note, "A secret of the team.", by=team)
    act(ticket, service.assign, None, by=team)

    assert len(rows()) == before
    act(ticket, service.close, by=team)
    worker.send_due(app_context)
    assert len(delivered(post)) == 2 and not any(b"secret" in mail.content for mail in delivered(post))


def test_a_form_that_is_sent_twice_is_told_once(on_both: Flask) -> None:
    owner, team, token = person(), colleague(), builders.token()
    ticket = submitted(owner)
    for _ in range(2):
        act(ticket, service.reply_as_agent, "Hello", by=team, submission=token)

    assert [mail.kind for mail in rows()] == ["ticket_submitted", "ticket_replied"]


@pytest.mark.parametrize("facts", [{"rank": "Premier"}, {"disabled_at": NOON}])
def test_whoever_may_no_longer_see_their_tickets_gets_none(
    app_context: Flask, post: PostOffice, facts: dict[str, object]
) -> None:
    owner = person()
    submitted(owner)
    change(owner, **facts)
    worker.send_due(app_context)

    assert delivered(post) == [] and rows()[0].failed_at is not None


def test_nobody_gets_the_ticket_of_somebody_else(app_context: Flask, post: PostOffice) -> None:
    ticket, other = submitted(person()), person("other", email="other@members.example")
    db.session.rollback()
    intend_to_write()
    db.session.get_one(Ticket, ticket.id).owner_id = other.id
    db.session.commit()
    worker.send_due(app_context)

    assert delivered(post) == [] and rows()[0].why == "not theirs"


@pytest.mark.parametrize("settings", [{}])
def test_without_a_mail_server_nothing_is_queued(app_context: Flask) -> None:
    whole_life(person(), colleague())
    assert rows() == []
