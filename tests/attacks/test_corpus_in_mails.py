"""T31, T72: words that want to run, in every field that a mail can tell of: its reader gets them as words."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from helpdesk.accounts.models import User
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.mail import digest
from helpdesk.mail.kinds import KINDS
from helpdesk.site import service as site
from tests.attacks.corpus import ALL_LINES, HOST, poison
from tests.attacks.reading import came_to_life
from tests.builders import NOON
from tests.mail.conftest import post, settings
from tests.mail.post_office import PostOffice
from tests.mail.test_letters import World, sent

__all__ = ["post", "settings"]


def test_no_mail_runs_or_loads_what_somebody_wrote(
    app_context: Flask, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digest, "now", lambda: NOON + timedelta(days=1))
    world, told = World("en", None), set()
    people = (world.member, world.agent, world.colleague)
    intend_to_write()
    site.set_text("footer", "en", ALL_LINES[:500], by=world.agent.id, at=NOON)
    db.session.commit()
    for kind, about in KINDS.items():
        intend_to_write()
        facts = world.facts(kind)
        db.session.flush()
        poison()
        for person in people:  # an address that is none gets no mail at all: tests/mail/test_sending.py
            db.session.execute(update(User).where(User.id == person.id).values(email=person.email, language="en"))
        db.session.commit()
        mail = sent(app_context, post, kind, world.agent if about.action == "work_desk" else world.member, facts)

        html, text = mail.part("html"), mail.part("plain")
        assert came_to_life(html) == [], kind
        assert HOST not in str(mail.message["Subject"]) and "\n" not in mail.message["Subject"]
        assert "Bcc" not in mail.message and not list(mail.message.iter_attachments())
        told |= {kind} if "EVIL" in text and "EVIL" in html else set()
    assert len(told) > len(KINDS) / 2, "what was written is told, as words"
