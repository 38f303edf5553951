"""Whatever an account holds as its language and time zone, and whatever language the team works in."""

import pytest
from flask import Flask
from sqlalchemy import update

from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.mail import worker
from helpdesk.tickets.models import TicketEvent, TicketMessage
from tests import builders
from tests.mail.conftest import change, person
from tests.mail.post_office import PostOffice
from tests.mail.test_transcript import READERS

# The reader's account, the language of whoever acts: every one of the four, never the reader's own.
TEAM = ("fr", "sv", "es", "en", "sv", "fr")
# What is read at 12:05 UTC on 6 March 2026: the opening, and when it was written.
READ = {
    "en": ("There is a new reply in your ticket.", "6 Mar 2026, 12:05"),
    "fr-CA": ("Il y a une nouvelle réponse dans votre ticket.", "6 mars 2026, 07:05"),
    "sv-FI": ("Det finns ett nytt svar i ditt ärende.", "6 mars 2026, 14:05"),
    "es-419": ("Hay una nueva respuesta en tu ticket.", "6 mar 2026, 06:05"),
    None: ("There is a new reply in your ticket.", "6 Mar 2026, 17:35"),
    "tlh": ("There is a new reply in your ticket.", "6 Mar 2026, 12:05"),
}


@pytest.mark.parametrize(
    ("reader", "works_in"), list(zip(READERS, TEAM, strict=True)), ids=[str(one[0]) for one in READERS]
)
def test_a_mail_is_for_its_reader_whoever_has_made_it(
    app: Flask, as_person, post: PostOffice, reader: tuple[str | None, str, str | None], works_in: str
) -> None:
    language, catalogue, zone = reader
    with app.app_context():
        owner = person(language=language, time_zone=zone)
        kim = builders.agent("kim", name="Kim Andersson", language=works_in)
        change(kim, time_zone="Pacific/Auckland")
        ticket = builders.ticket(owner, "Nothing works")
    browser = as_person(kim)
    answer = browser.post(
        f"/desk/tickets/{ticket.number}/messages",
        data={"verb": "reply", "body": "Bonjour ! Hola. Hej.", "submission": builders.token()},
        headers={"Accept-Language": works_in},
    )
    assert answer.status_code == 303
    with app.app_context():
        intend_to_write()
        at = builders.NOON.replace(minute=5)
        db.session.execute(update(TicketMessage).values(written_at=at))
        db.session.execute(update(TicketEvent).values(at=at))
        db.session.commit()
    worker.send_due(app)

    mail = next(mail for mail in post.mails if "Bonjour ! Hola. Hej." in mail.part("plain"))
    opening, when = READ[language]
    assert mail.recipients == ["asa@members.example"] and mail.message["Content-Language"] == catalogue
    assert f'<html lang="{catalogue}">' in mail.part("html")
    assert opening in mail.part("plain") and f"Kim Andersson, {when}" in mail.part("plain")
