"""Every kind of mail in every language, whole: its headers, its text and its HTML, against what is stored."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask, g
from sqlalchemy import delete, update

from helpdesk.accounts.person import Person
from helpdesk.chat.models import Chat, ChatMessage
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.mail import compose, digest, outbox, worker
from helpdesk.mail.kinds import KINDS
from helpdesk.mail.models import Mail
from helpdesk.privacy.models import DataExport, Erasure
from helpdesk.ranks import Role
from helpdesk.site import service as site
from helpdesk.tickets import counts
from helpdesk.tickets.models import Ticket, TicketEvent, TicketMessage
from tests import builders
from tests.builders import NOON
from tests.mail.conftest import change, ended_chat, person
from tests.mail.post_office import PostOffice, Taken
from tests.mail.test_transcript import READERS, expected

TITLE = "Kan inte <b>logga in</b>"
WORDS = "Vilken webbläsare?\nSe https://example.org/?a=1&b=2"
BROWSER = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
ASKED = {"at": int(NOON.timestamp()), "browser": BROWSER, "which": "app", "left": 9}
# What happened for each kind about a ticket: the event, and the kind of message that was written with it.
EVENTS = {
    "ticket_submitted": ("submitted", ""),
    "ticket_requested_information": ("requested_information", "request"),
    "ticket_replied": ("replied", "reply"),
    "ticket_reminder": ("reminded", ""),
    "ticket_closed": ("closed", "reply"),
    "ticket_auto_closed": ("auto_closed", ""),
    "ticket_reopened": ("reopened", "reply"),
    "ticket_merged": ("merged", ""),
    "agent_assigned": ("assigned", ""),
    "agent_member_replied": ("replied", "reply"),
    "agent_mentioned": ("mentioned", "note"),
}


class World:
    """A member and an agent who read the same language, a colleague of theirs, and a ticket with a chat."""

    def __init__(self, language: str | None, zone: str | None) -> None:
        self.member = person(language=language, time_zone=zone)
        self.agent = builders.agent("noor", name="Noor Haddad", email="noor@team.example", language=language)
        change(self.agent, time_zone=zone)
        self.colleague = builders.agent("kim", name="Kim Andersson", language="fr")
        self.ticket = builders.ticket(self.member, TITLE, language="sv", description="Sidan är tom.\nHela dagen.")
        self.other = builders.ticket(self.member, "Samma sak", language="sv")
        self._seq = 100

    def facts(self, kind: str) -> dict[str, int | str]:
        """Has happen what this kind tells of."""
        if kind == "chat_transcript":
            return {"chat": ended_chat(self.member, self.colleague)}
        if kind == "agent_chat_waiting":
            return {"chat": self._waiting_chat()}
        if kind == "agent_new_ticket":
            return {"ticket": self.ticket.id, "seq": 2}
        if kind in EVENTS:
            return {"ticket": self.ticket.id, "seq": self._happen(kind)}
        if kind in {"export_ready", "erasure_asked", "account_unused"}:
            return self._data(kind)
        return {} if kind in {"set_password", "agent_digest"} else ASKED

    def _data(self, kind: str) -> dict[str, int | str]:
        """Has a copy of the member's data be ready, or their account wait for its erasure."""
        due = NOON + timedelta(days=7)
        if kind == "export_ready":
            times = {"asked_at": NOON, "ready_at": NOON, "ends_at": due}
            db.session.merge(DataExport(user_id=self.member.id, token=builders.token(), **times))
        else:
            why = "member" if kind == "erasure_asked" else "inactive"
            db.session.merge(Erasure(user_id=self.member.id, why=why, asked_at=NOON, due_at=due))
        return {"ends": int(due.timestamp()), "due": int(due.timestamp())}

    def _happen(self, kind: str) -> int:
        what, written = EVENTS[kind]
        self._seq += 2
        owner = kind in {"agent_member_replied"}
        by = None if kind in {"ticket_reminder", "ticket_auto_closed"} else self.member if owner else self.colleague
        at = NOON + timedelta(minutes=self._seq)
        if written:
            message = {"kind": written, "body": WORDS, "submission": builders.token(), "written_at": at}
            db.session.add(
                TicketMessage(ticket_id=self.ticket.id, seq=self._seq, author_id=by.id if by else None, **message)
            )
        event = {"what": what, "status": "open", "at": at}
        db.session.add(
            TicketEvent(ticket_id=self.ticket.id, seq=self._seq + 1, actor_id=by.id if by else None, **event)
        )
        self._settle(kind)
        return self._seq + 1

    def _settle(self, kind: str) -> None:
        awaits = kind in {"ticket_requested_information", "ticket_reminder"}
        facts = {
            "status": "awaiting_feedback" if awaits else "open", "status_since": NOON,
            "reminded_at": NOON if kind == "ticket_reminder" else None,
            "closes_at": datetime(2026, 3, 20, 12, tzinfo=UTC) if kind == "ticket_reminder" else None,
            "merged_into_id": self.other.id if kind == "ticket_merged" else None,
            "due_at": NOON + timedelta(hours=8), "assignee_id": self.agent.id, "waiting_since": NOON,
        }  # fmt: skip
        ticket = db.session.get_one(Ticket, self.ticket.id)
        with counts.kept(ticket):
            for name, value in facts.items():
                setattr(ticket, name, value)

    def _waiting_chat(self) -> int:
        chat = Chat(
            member_id=self.member.id, name=self.member.name, email=self.member.email, state="waiting", began_at=NOON,
            seen_at=NOON, last_seq=1,
        )  # fmt: skip
        db.session.add(chat)
        db.session.flush()
        line = {"seq": 1, "client_id": "line-0001", "author_id": self.member.id, "kind": "text", "at": NOON}
        db.session.add(ChatMessage(chat_id=chat.id, body="My page is <b>blank</b>.", **line))
        return chat.id


def sent(app: Flask, post: PostOffice, kind: str, to: Person, facts: dict[str, int | str]) -> Taken:
    """Queues one mail, has it sent, and forgets that it was."""
    intend_to_write()
    db.session.execute(delete(Mail))
    assert outbox.put(kind, to=to.id, facts=facts, key="one", at=NOON), kind
    db.session.commit()
    db.session.remove()
    g.intends_to_write = False
    worker.send_due(app)
    assert len(post.mails) == 1, (kind, db.session.scalar(db.select(Mail.why)))
    return post.mails.pop()


def whole(mail: Taken) -> str:
    """The mail as it is compared: with what is random in it taken out."""
    head = "\n".join(f"{name}: {value}" for name, value in mail.message.items())
    text = f"{head}\n\n{mail.part('plain')}\n{mail.part('html')}"
    text = re.sub(r"<[0-9a-f]{32}@", "<MESSAGE@", text)
    text = re.sub(r'boundary="[^"]+"', 'boundary="BOUNDARY"', text)
    return re.sub(r"/set-password/[\w-]{43}", "/set-password/TOKEN", text)


@pytest.mark.parametrize(("language", "catalogue", "zone"), READERS[:4], ids=[str(one[0]) for one in READERS[:4]])
def test_every_mail_reads_as_it_was_approved(
    app_context: Flask, post: PostOffice, monkeypatch, language: str | None, catalogue: str, zone: str | None
) -> None:
    assert compose.WRITERS.keys() == KINDS.keys() and EVENTS.keys() <= KINDS.keys()
    monkeypatch.setattr(digest, "now", lambda: NOON + timedelta(days=1))
    world = World(language, zone)
    intend_to_write()
    site.set_text("footer", catalogue, f"The desk of Example ({catalogue})\nTown street 1", by=world.agent.id, at=NOON)
    db.session.commit()
    for kind, about in KINDS.items():
        intend_to_write()
        facts = world.facts(kind)
        db.session.commit()
        to = world.agent if about.action == "work_desk" else world.member
        mail = sent(app_context, post, kind, to, facts)

        message, text, html = mail.message, mail.part("plain"), mail.part("html")
        assert mail.recipients == [to.email] and message["Content-Language"] == catalogue
        assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
        assert not any(words in message["Subject"] for words in ("logga", "Samma", "Öberg", "blank"))
        optional = about.wanted is not None
        assert ("List-Unsubscribe" in message) is optional and b"Unsubscribe: =?" not in mail.content
        assert ("/profile/mail" in text and "/profile/mail" in html) is optional
        assert f'<html lang="{catalogue}">' in html and "<b>" not in html and "<img" not in html
        addresses = re.findall(r"https?://[^\s\"<>]+", text.replace(WORDS, "")) + re.findall(r'href="([^"]+)"', html)
        assert all(one.startswith(("http://localhost:5000/", "https://example.org/")) for one in addresses), kind
        assert not list(message.iter_attachments())
        assert f"The desk of Example ({catalogue})\nTown street 1" in text
        expected(f"{kind}.{language}.mail", whole(mail))


def test_a_reader_who_is_no_agent_any_more_gets_nothing_from_the_desk(app_context: Flask, post: PostOffice) -> None:
    world = World("en", None)
    intend_to_write()
    db.session.execute(delete(Mail))
    facts = world.facts("agent_mentioned")
    outbox.put("agent_mentioned", to=world.agent.id, facts=facts, key="one", at=NOON)
    db.session.commit()
    change(world.agent, role=Role.MEMBER.value, rank="Gold")
    worker.send_due(app_context)

    assert post.mails == [] and db.session.scalar(db.select(Mail.why)) == "not allowed"


@pytest.mark.parametrize("kind", ["ticket_reminder", "agent_chat_waiting", "agent_digest"])
def test_what_has_passed_by_the_time_it_leaves_is_not_told(app_context: Flask, post: PostOffice, kind: str) -> None:
    world = World("en", None)
    intend_to_write()
    facts = world.facts(kind)
    db.session.execute(delete(Mail))
    db.session.execute(update(Ticket).values(status="open", due_at=None, waiting_since=None, assignee_id=None))
    db.session.execute(update(Chat).values(state="left"))
    to = world.member if kind == "ticket_reminder" else world.agent
    outbox.put(kind, to=to.id, facts=facts, key="one", at=NOON)
    db.session.commit()
    worker.send_due(app_context)

    assert post.mails == [] and db.session.scalar(db.select(Mail.why)) == "over"


def test_the_manual_names_every_kind() -> None:
    manual = (Path(__file__).resolve().parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", manual, re.MULTILINE) == [*KINDS]
