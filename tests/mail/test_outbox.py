"""The outbox, on both databases: queued with what it tells of, taken by one worker, tried again ever more seldom."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from helpdesk.accounts.models import User
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.mail import outbox
from helpdesk.mail.models import MailChoice
from tests import builders
from tests.builders import NOON
from tests.mail.conftest import person, row, rows


def put(key: str = "one", *, to: int, at=NOON) -> bool:
    intend_to_write()
    return outbox.put("chat_transcript", to=to, facts={"chat": 7}, key=key, at=at)


def test_a_mail_is_queued_with_what_it_tells_of(on_both: Flask) -> None:
    member = person()
    assert put(to=member.id)
    db.session.commit()

    assert (row().user_id, row().kind, row().facts, row().queued_at) == (
        member.id,
        "chat_transcript",
        {"chat": 7},
        NOON,
    )
    assert len(row().token) == 32 and row().tries == 0


def test_what_is_rolled_back_is_not_told(on_both: Flask) -> None:
    assert put(to=person().id)
    db.session.rollback()

    assert rows() == []


def test_the_same_mail_is_queued_once(on_both: Flask) -> None:
    member = person()
    assert put(to=member.id)
    assert not put(to=member.id)
    db.session.commit()
    assert not put(to=member.id)
    assert put("another", to=member.id)
    db.session.commit()

    assert [mail.key for mail in rows()] == ["one", "another"]
    assert len({mail.token for mail in rows()}) == 2


@pytest.mark.parametrize("settings", [{}])
def test_without_a_mail_server_nothing_is_queued(app_context: Flask) -> None:
    assert not outbox.in_use() and not put(to=person().id)
    db.session.commit()

    assert rows() == []


def test_a_mail_goes_with_its_account(on_both: Flask) -> None:
    member = person()
    put(to=member.id)
    db.session.commit()
    intend_to_write()
    db.session.delete(db.session.get_one(User, member.id))
    db.session.commit()

    assert rows() == []


def test_whoever_takes_a_mail_has_it_alone_for_a_while(on_both: Flask) -> None:
    put(to=person().id)
    db.session.commit()
    (mail_id,) = outbox.due(at=NOON, most=10)

    first = outbox.lease(mail_id, at=NOON)
    second = outbox.lease(mail_id, at=NOON)
    db.session.commit()

    assert first is not None and second is None
    almost, over = NOON + outbox.LEASE - timedelta(seconds=1), NOON + outbox.LEASE
    assert outbox.due(at=almost, most=10) == [] and outbox.lease(mail_id, at=almost) is None
    assert outbox.due(at=over, most=10) == [mail_id]
    third = outbox.lease(mail_id, at=over)
    assert third is not None and third.tries == 2


def test_whoever_comes_too_late_changes_nothing_but_that_it_was_sent(on_both: Flask) -> None:
    put(to=person().id)
    db.session.commit()
    (mail_id,) = outbox.due(at=NOON, most=10)
    slow = outbox.lease(mail_id, at=NOON)
    assert slow is not None
    db.session.commit()
    db.session.refresh(slow)
    db.session.expunge(slow)
    over = NOON + outbox.LEASE
    assert outbox.lease(mail_id, at=over) is not None

    outbox.put_off(slow, "unreachable", at=over)
    outbox.set_aside(slow, "refused 550", at=over)
    db.session.commit()
    assert (row().why, row().failed_at, row().leased_until) == (None, None, over + outbox.LEASE)

    outbox.mark_sent(slow, at=over)
    db.session.commit()
    assert row().sent_at == over, "it was taken: nobody sends it again"


def test_it_is_tried_again_after_a_minute_and_then_ever_more_seldom(on_both: Flask) -> None:
    put(to=person().id)
    db.session.commit()
    at, waits = NOON, []
    for _ in range(12):
        (mail_id,) = outbox.due(at=at, most=10)
        mail = outbox.lease(mail_id, at=at)
        assert mail is not None
        outbox.put_off(mail, "later 451", at=at)
        db.session.commit()
        waits.append(row().next_try_at - at)
        assert outbox.due(at=row().next_try_at - timedelta(seconds=1), most=10) == []
        at = row().next_try_at

    minutes = [wait / timedelta(minutes=1) for wait in waits]
    assert minutes == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]


def test_those_that_wait_longest_leave_first(on_both: Flask) -> None:
    member = person()
    for key, minutes in (("b", 2), ("a", 1), ("c", 3)):
        put(key, to=member.id, at=NOON + timedelta(minutes=minutes))
    db.session.commit()

    by_id = {mail.id: mail.key for mail in rows()}
    assert [by_id[mail_id] for mail_id in outbox.due(at=NOON + timedelta(hours=1), most=2)] == ["a", "b"]


def test_what_was_set_aside_can_be_tried_again(on_both: Flask) -> None:
    put(to=person().id)
    db.session.commit()
    (mail_id,) = outbox.due(at=NOON, most=10)
    mail = outbox.lease(mail_id, at=NOON)
    assert mail is not None
    outbox.set_aside(mail, "refused 550", at=NOON)
    db.session.commit()
    assert outbox.due(at=now(), most=10) == []

    assert outbox.try_again(at=NOON) == 1
    db.session.commit()

    assert outbox.due(at=NOON, most=10) == [mail_id] and row().tries == 0
    assert outbox.try_again(at=NOON) == 0


def test_what_is_over_is_forgotten_after_a_month_and_what_waits_is_not(on_both: Flask) -> None:
    member = person()
    for key in ("sent", "aside", "waits"):
        put(key, to=member.id)
    db.session.commit()
    by_key = {mail.key: mail for mail in rows()}
    outbox.mark_sent(by_key["sent"], at=NOON)
    outbox.set_aside(by_key["aside"], "refused 550", at=NOON)

    outbox.forget(older_than=NOON)
    db.session.commit()
    assert len(rows()) == 3
    outbox.forget(older_than=NOON + timedelta(seconds=1))
    db.session.commit()

    assert [mail.key for mail in rows()] == ["waits"]


def test_a_key_with_signs_of_a_pattern_is_no_pattern(on_both: Flask) -> None:
    member = person()
    put("chat:1%:x", to=member.id)
    db.session.commit()

    def is_queued(begins: str) -> bool:
        return outbox.is_queued("chat_transcript", to=member.id, key_begins=begins, since=NOON - timedelta(minutes=1))

    assert is_queued("chat:1%:") and not is_queued("chat:_%:") and not is_queued("%")


def disable(account: int) -> None:
    intend_to_write()
    db.session.get_one(User, account).disabled_at = NOON
    db.session.commit()


def choose(member: int, kind: str, wanted: bool) -> None:
    intend_to_write()
    db.session.merge(MailChoice(user_id=member, kind=kind, wanted=wanted))
    db.session.commit()


def test_many_are_told_by_one_statement_and_those_who_do_not_want_it_are_not(on_both: Flask) -> None:
    here, also, off, gone = (builders.agent().id for _ in range(4))
    choose(off, "agent_new_ticket", False)
    choose(also, "agent_assigned", False)  # another kind says nothing about this one
    disable(gone)
    facts = {"ticket": 7, "seq": 1}
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    intend_to_write()
    event.listen(db.engine, "before_cursor_execute", note)
    queued = outbox.put_all(
        "agent_new_ticket", to=[here, also, off, gone, here], facts=facts, key="ticket:7:1", at=NOON
    )
    event.remove(db.engine, "before_cursor_execute", note)
    again = outbox.put_all("agent_new_ticket", to=[here, also], facts=facts, key="ticket:7:1", at=NOON)
    db.session.commit()

    assert (queued, again, len(statements)) == (2, 0, 1)
    assert [(mail.user_id, mail.key, mail.ticket_id) for mail in rows()] == [
        (here, f"ticket:7:1:{here}", 7),
        (also, f"ticket:7:1:{also}", 7),
    ]
    assert len({mail.token for mail in rows()}) == 2 and all(len(mail.token) == 32 for mail in rows())
    assert outbox.put_all("agent_new_ticket", to=[], facts=facts, key="nobody", at=NOON) == 0


@pytest.mark.parametrize(
    ("kind", "queued"), [("ticket_closed", False), ("ticket_replied", True), ("reset_password", True)]
)
def test_what_somebody_has_switched_off_is_not_queued(on_both: Flask, kind: str, queued: bool) -> None:
    member = person()
    for one in ("ticket_closed", "reset_password"):  # the second cannot be switched off, whatever a row says
        choose(member.id, one, False)
    choose(member.id, "ticket_replied", True)

    intend_to_write()
    assert outbox.put(kind, to=member.id, facts={"ticket": 1, "seq": 2}, key="one", at=NOON) is queued
    db.session.commit()
    assert len(rows()) == queued


def test_an_account_that_is_not_there_gets_nothing(on_both: Flask) -> None:
    assert not put(to=999_999)


def test_how_often_somebody_was_written_to_is_known(on_both: Flask) -> None:
    member = person()
    for minutes in (0, 10, 20):
        put(f"{minutes}", to=member.id, at=NOON + timedelta(minutes=minutes))
    db.session.commit()

    def times(kind: str, minutes: int) -> int:
        return outbox.times(kind, to=member.id, since=NOON + timedelta(minutes=minutes))

    assert [times("chat_transcript", minutes) for minutes in (-1, 0, 15, 20)] == [3, 2, 1, 0]
    assert times("reset_password", -1) == 0
