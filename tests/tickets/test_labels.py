"""What a ticket says of time, in the reader's words: until when the team is to answer, and when it closes by itself."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.site import service as site
from helpdesk.tickets import labels
from helpdesk.tickets.models import Ticket
from helpdesk.web.language import read_by
from tests.builders import NOON
from tests.conftest import Client, Make
from tests.web.page import read

SignedIn = Callable[[Person], Client]
HOUR = timedelta(hours=1)
A_BIT = timedelta(seconds=30)


@pytest.mark.parametrize(
    ("left", "warned", "kind", "text"),
    [
        (3 * HOUR, False, "due", "Answer due in 3 hours"),
        (25 * HOUR, False, "due", "Answer due in 25 hours"),
        (40 * HOUR, False, "due", "Answer due in 2 days"),
        (2 * HOUR, True, "near", "Answer due in 2 hours"),
        (timedelta(minutes=5), True, "near", "Answer due in 5 minutes"),
        (timedelta(), True, "near", "Answer due in 1 minute"),
        (-HOUR, True, "overdue", "Overdue by 59 minutes"),
        (-49 * HOUR, True, "overdue", "Overdue by 2 days"),
    ],
)
def test_a_deadline_says_how_long_is_left(app: Flask, left: timedelta, warned: bool, kind: str, text: str) -> None:
    with app.app_context(), read_by("en", "UTC"):
        due_at = now() + left + A_BIT
        found = labels.deadline(due_at, now() + (-HOUR if warned else HOUR))
        assert found == labels.DeadlineLabel(kind, text, due_at)
        assert labels.deadline(None, None) is None


@pytest.mark.parametrize(
    ("language", "due", "overdue", "closes"),
    [
        ("fr", "Réponse attendue dans 2 heures", "En retard de 3\N{NO-BREAK SPACE}heures", "le 3 août 2026."),
        ("sv", "Svar senast om 2 timmar", "Försenat med 3 timmar", "den 3 augusti 2026."),
        ("es", "Respuesta prevista dentro de 2 horas", "Con 3 horas de retraso", "el 3 de agosto de 2026."),
    ],
)
def test_it_says_so_in_every_language(app: Flask, language: str, due: str, overdue: str, closes: str) -> None:
    with app.app_context(), read_by(language, "America/Lima"):
        soon, late = labels.deadline(now() + 2 * HOUR + A_BIT, None), labels.deadline(now() - 3 * HOUR - A_BIT, None)
        assert (soon and soon.text, late and late.text) == (due, overdue)
        assert labels.closing(datetime.fromisoformat("2026-08-04T04:00+00:00")).endswith(closes), "in the reader's zone"
        assert labels.closing(None) == ""


def test_an_agent_reads_the_deadline_and_the_member_does_not(as_person: SignedIn, make: Make) -> None:
    owner = make.member()
    ticket = make.ticket(owner)
    late = {"due_at": now() - 3 * HOUR - A_BIT, "warn_at": now() - 5 * HOUR}
    make.change(lambda: db.session.execute(update(Ticket).where(Ticket.id == ticket.id).values(**late)))

    assert "Overdue by 3 hours" in as_person(make.agent()).get(f"/desk/tickets/{ticket.number}").text
    assert "Overdue" not in as_person(owner).get(f"/technical-issues/{ticket.number}").text


def test_who_is_asked_reads_when_the_ticket_closes_without_an_answer(as_person: SignedIn, make: Make) -> None:
    owner = make.member()
    ticket = make.awaiting(owner, make.agent(), at=NOON)
    browser = as_person(owner)

    def said() -> str:
        return " ".join(read(browser.get(f"/technical-issues/{ticket.number}")).by_id("main").text.split())

    assert "If you do not reply, the ticket closes automatically on 20 March 2026." in said()
    make.change(lambda: site.set_value("auto_close_days", 0, by=None, at=NOON))
    assert "closes automatically" not in said()
