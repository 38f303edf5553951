"""What has been kept long enough goes, on the day after and not on the day before; a killed round goes on later."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.chat.models import Chat
from helpdesk.database import intend_to_read, intend_to_write, now
from helpdesk.extensions import db
from helpdesk.mail.models import Mail
from helpdesk.privacy import retention, rounds
from helpdesk.privacy.erasing import service as erasing
from helpdesk.privacy.models import Erasure, LegalHold
from helpdesk.site.models import AuditEntry
from helpdesk.tickets.models import Ticket, TicketMessage
from tests import builders
from tests.privacy import canaries

ENDED = datetime.fromisoformat("2026-03-06T12:00:00+00:00")
DAY = timedelta(days=1)


@pytest.fixture
def ada(on_both: Flask) -> Person:
    person, kim = canaries.member("one"), builders.agent("kim")
    canaries.leave_everywhere(on_both, person, kim, at=ENDED, who="one")
    builders.closed(person, kim, closed_at=ENDED, title=f"Closed {canaries.word('title')}", at=ENDED)
    return person


def titles() -> list[str]:
    found = list(db.session.scalars(select(Ticket.title).order_by(Ticket.id)))
    db.session.rollback()
    return found


def test_a_closed_ticket_loses_its_words_after_two_years_and_an_open_one_never(on_both: Flask, ada: Person) -> None:
    before = canaries.counts_of_desk()
    rounds.clean(on_both, ENDED.replace(year=2028) - DAY)
    assert titles() == [canaries.word("title"), "Second", f"Closed {canaries.word('title')}"]

    rounds.clean(on_both, ENDED.replace(year=2028) + DAY)

    assert titles() == [canaries.word("title"), "[Deleted]", "[Deleted]"]
    gone = select(TicketMessage.body).where(TicketMessage.ticket_id != 1)
    assert set(db.session.scalars(gone)) == {"[Deleted]"}
    assert canaries.counts_of_desk() == before


@pytest.mark.parametrize("settings", [{"mode": "demo"}])
def test_the_tickets_of_the_demo_stay(on_both: Flask, ada: Person) -> None:
    rounds.clean(on_both, ENDED.replace(year=2030))

    assert "[Deleted]" not in titles()


def test_a_chat_goes_after_a_year_and_an_abandoned_one_after_a_month(on_both: Flask, ada: Person) -> None:
    def name() -> str | None:
        found = db.session.scalar(select(Chat.name))
        db.session.rollback()
        return found

    rounds.clean(on_both, ENDED.replace(year=2027) - DAY)
    assert name() == canaries.word("chatname")
    rounds.clean(on_both, ENDED.replace(year=2027) + DAY)
    assert name() == "[Deleted]"
    assert canaries.found_in_tables([canaries.word(one) for one in ("chatname", "chatsaid", "rating")]) == []


def test_a_round_that_is_killed_is_gone_on_with(on_both: Flask, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    monkeypatch.setattr(rounds, "MOST_BATCHES", 1)
    late = ENDED.replace(year=2028) + DAY
    rounds.clean(on_both, late)
    assert titles().count("[Deleted]") == 1
    rounds.clean(on_both, late)
    assert titles().count("[Deleted]") == 2


def test_what_the_law_keeps_stays(on_both: Flask, ada: Person) -> None:
    intend_to_write()
    db.session.add(LegalHold(user_id=ada.id, made_at=ENDED))
    db.session.commit()
    db.session.remove()
    rounds.clean(on_both, ENDED.replace(year=2035))
    assert "[Deleted]" not in titles()


def test_lines_of_the_log_drafts_and_sessions_go(on_both: Flask, ada: Person) -> None:
    intend_to_write()
    db.session.add(AuditEntry(what="rank_set", facts={}, at=ENDED))
    db.session.commit()
    db.session.remove()
    intend_to_read()
    rounds.clean(on_both, ENDED.replace(year=2027) + DAY)
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0
    assert canaries.found_in_tables([canaries.word("draft")]) == []


def test_whoever_was_not_there_for_three_years_is_told_first_and_stays_by_signing_in(
    on_both: Flask, ada: Person
) -> None:
    intend_to_write()
    db.session.execute(update(User).values(last_seen_at=ENDED))
    db.session.commit()
    db.session.remove()
    late = ENDED.replace(year=2029) + DAY
    rounds.go_round(on_both, at=late)
    waiting = db.session.get_one(Erasure, ada.id)
    assert (waiting.why, waiting.due_at) == ("inactive", late + timedelta(days=30))
    assert db.session.scalar(select(Mail.kind).where(Mail.kind == "account_unused")) == "account_unused"
    db.session.rollback()
    intend_to_write()
    db.session.get_one(User, ada.id).last_seen_at = late + DAY
    db.session.commit()
    db.session.remove()
    intend_to_read()

    rounds.go_round(on_both, at=late + timedelta(days=31))

    assert db.session.get(Erasure, ada.id) is None
    assert db.session.get_one(User, ada.id).origin != erasing.ERASED


def test_old_copies_of_upgrades_go_with_what_was_erased_since(on_both: Flask, ada: Person, tmp_path: Path) -> None:
    copy = tmp_path / "backups" / "helpdesk-20260306-120000-000000.sqlite"
    copy.parent.mkdir(exist_ok=True)
    copy.write_bytes(b"old")
    rounds.clean(on_both, now() + timedelta(days=29))
    assert copy.exists()
    rounds.clean(on_both, now() + timedelta(days=31))
    assert not copy.exists()


def test_every_row_that_names_somebody_is_theirs_or_has_a_reason_to_stay(on_both: Flask) -> None:
    """A new table must say what becomes of its rows when an account is erased: ON DELETE CASCADE, or a line here."""
    stays = {
        "ticket.owner_id", "ticket.assignee_id", "ticket_message.author_id", "ticket_event.actor_id",
        "ticket_event.about_id", "ticket_link.made_by", "stored_file.owner_id", "chat.member_id", "chat.agent_id",
        "chat_message.author_id", "notice.actor_id", "saved_reply.changed_by", "site_setting.changed_by",
        "site_text.changed_by", "audit_entry.actor_id", "audit_entry.about_id", "erasure.user_id", "erasure.asked_by",
        "removal.by_id", "legal_hold.user_id",
    }  # fmt: skip
    own = {f"{table.name}.{column.name}" for table, column in erasing.own_rows()}
    named = {
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "user"
    }
    assert named - own == stays, "the number stays with what others need; the words in the row must be emptied"
