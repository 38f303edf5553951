"""Sending: once, whatever the mail server does, and without anything else noticing."""

import logging
import sqlite3
import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from helpdesk.config import Config
from helpdesk.mail import compose, outbox, smtp, worker
from helpdesk.mail.worker import Outcome
from tests import builders, processes
from tests.mail import post_office
from tests.mail.conftest import change, ended_chat, later, person, queue, queued, row, rows
from tests.mail.post_office import PostOffice, open_post_office, pretend


def test_a_mail_leaves_once(app_context: Flask, post: PostOffice) -> None:
    queued()

    for _ in range(3):
        assert worker.send_due(app_context, clock=later(hours=7)) is False

    mail = post.only()
    assert (mail.sender, mail.recipients) == ("support@help.example", ["asa@members.example"])
    assert row().sent_at is not None and row().tries == 1 and row().leased_until is None


def test_of_several_workers_at_once_none_sends_what_another_has(on_both: Flask, post: PostOffice) -> None:
    queued(24)
    together = threading.Barrier(4)

    def work() -> None:
        together.wait()
        worker.send_due(on_both)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()

    assert len(post.mails) == 24 and all(mail.sent_at for mail in rows())
    assert len({mail.message["Message-ID"] for mail in post.mails}) == 24
    assert sum(mail.tries for mail in rows()) == 24


REFUSALS = [
    ("RCPT", "450 4.2.1 try later", "later 450", True),
    ("RCPT", "550 5.1.1 <asa@members.example> no such user", "refused 550", False),
    ("DATA", "451 4.3.0 try later", "later 451", True),
    ("DATA", "554 5.7.1 we do not want this", "refused 554", False),
    ("MAIL", "421 4.3.2 closing", "unreachable", True),
    ("MAIL", "550 5.7.1 not from you", "unreachable", True),
]


@pytest.mark.parametrize(("command", "answer", "why", "waits"), REFUSALS)
def test_a_refusal_delays_a_mail_or_ends_it(
    app_context: Flask, post: PostOffice, command: str, answer: str, why: str, waits: bool
) -> None:
    queued()
    post.answers[command] = answer
    worker.send_due(app_context)

    assert post.mails == [] and row().sent_at is None
    assert row().why == why and (row().failed_at is None) is waits

    post.answers.clear()
    worker.send_due(app_context, clock=later(seconds=50))
    assert post.mails == [], "not before its minute is over"
    worker.send_due(app_context, clock=later(seconds=70))
    assert len(post.mails) == (1 if waits else 0)


def test_one_that_is_refused_does_not_hold_up_the_others(app_context: Flask, post: PostOffice) -> None:
    for name in ("bo", "cia", "dan"):
        member = person(name, email=f"{name}@members.example")
        queue(member, ended_chat(member, builders.agent()))
    post.answers = {"RCPT bo@members.example": "550 no", "RCPT cia@members.example": "450 later"}

    assert worker.send_due(app_context) is False

    assert post.only().recipients == ["dan@members.example"]
    assert [mail.why for mail in rows()] == ["refused 550", "later 450", None]


def test_while_the_mail_server_is_away_one_mail_is_tried_and_the_others_wait(app_context: Flask) -> None:
    queued(3)
    config: Config = app_context.config["HELPDESK"]
    object.__setattr__(config, "mail_port", processes.free_port())

    assert worker.send_due(app_context) is True

    assert [mail.tries for mail in rows()] == [1, 0, 0]
    with open_post_office(port=config.mail_port) as back:
        assert worker.send_due(app_context) is False
        assert len(back.mails) == 2
        assert worker.send_due(app_context) is False, "the one that was tried need not wait for its minute"
        assert len(back.mails) == 3


@pytest.mark.parametrize(
    ("talk", "away"), [(post_office.black_hole, True), (post_office.dies_in_data, False)], ids=["silent", "dies"]
)
def test_a_broken_mail_server_delays_the_mail(app_context: Flask, monkeypatch, talk, away: bool) -> None:
    queued()
    monkeypatch.setattr(smtp, "ANSWER_SECONDS", 0.5)
    config: Config = app_context.config["HELPDESK"]
    with pretend(talk) as (port, came):
        object.__setattr__(config, "mail_port", port)
        assert worker.send_due(app_context) is away
        assert len(came) == 1
    assert row().sent_at is None and row().failed_at is None

    with open_post_office() as back:
        object.__setattr__(config, "mail_port", back.port)
        worker.send_due(app_context, clock=later(minutes=2))
        assert back.only().message["Message-ID"] == f"<{row().token}@help.example>"


class Killed(BaseException):
    """What kill -9 is to the program: nothing after it happens."""


def test_a_crash_before_it_is_marked_repeats_it_once_under_the_same_name(
    app_context: Flask, post: PostOffice, monkeypatch
) -> None:
    queued()

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as crash:
        crash.setattr(outbox, "mark_sent", die)
        with pytest.raises(Killed):
            worker.send_due(app_context)
    assert len(post.mails) == 1 and row().sent_at is None, "the fault happened: it has left and nobody knows"

    worker.send_due(app_context, clock=later(minutes=4))
    assert len(post.mails) == 1, "somebody may still be at it"
    for _ in range(3):
        worker.send_due(app_context, clock=later(minutes=6))

    first, second = post.mails
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert (first.part("plain"), first.recipients) == (second.part("plain"), second.recipients)


def test_a_database_that_is_locked_when_it_has_left_does_not_send_it_twice(
    app_context: Flask, post: PostOffice, monkeypatch
) -> None:
    queued()
    mark, locked = outbox.mark_sent, []

    def refuse_twice(mail, *, at) -> None:
        if len(locked) < 2:
            locked.append(at)
            raise OperationalError("UPDATE", None, sqlite3.OperationalError("database is locked"))
        mark(mail, at=at)

    monkeypatch.setattr(worker, "WAITS_FOR_DATABASE", (0, 0, 0))
    monkeypatch.setattr(outbox, "mark_sent", refuse_twice)
    worker.send_due(app_context)
    worker.send_due(app_context, clock=later(minutes=6))

    assert len(locked) == 2 and len(post.mails) == 1 and row().sent_at is not None


def test_a_mail_that_cannot_be_made_is_moved_aside_after_five_tries(
    app_context: Flask, post: PostOffice, monkeypatch
) -> None:
    member = queued()
    chat = ended_chat(member, builders.agent())

    def poison(*_: object) -> None:
        raise RuntimeError("the words “Error 42”")

    monkeypatch.setitem(compose.WRITERS, "chat_transcript", poison)
    for tries in range(1, 6):
        worker.send_due(app_context, clock=later(hours=tries))
        assert row().tries == tries and (row().failed_at is None) is (tries < 5)
    worker.send_due(app_context, clock=later(hours=9))
    assert row().tries == 5 and row().why == "cannot be made"

    monkeypatch.undo()
    queue(member, chat)
    worker.send_due(app_context)
    assert post.only().recipients == ["asa@members.example"], "the others go on"


def test_a_mail_is_given_up_after_many_tries(app_context: Flask, post: PostOffice) -> None:
    queued()
    post.answers["RCPT"] = "450 later"
    for tries in range(worker.MOST_TRIES + 3):
        worker.send_due(app_context, clock=later(hours=7 * tries))

    assert row().tries == worker.MOST_TRIES and row().failed_at is not None


def test_a_mail_that_takes_its_worker_along_is_given_up_too(app_context: Flask, post: PostOffice, monkeypatch) -> None:
    queued()
    monkeypatch.setattr(worker, "MOST_TRIES", 3)

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as crash:
        crash.setattr(smtp, "send", die)
        for tries in range(3):
            with pytest.raises(Killed):
                worker.send_due(app_context, clock=later(minutes=6 * tries))
        worker.send_due(app_context, clock=later(minutes=30))

    assert row().why == "tried too often" and post.mails == []


def test_no_transaction_is_open_while_the_mail_server_works(app: Flask, post: PostOffice) -> None:
    with app.app_context():
        queued()
        file = Path(app.config["HELPDESK"].instance) / "helpdesk.sqlite"
    wrote: list[bool] = []

    def write_meanwhile() -> None:
        other = sqlite3.connect(file, timeout=0, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
        other.close()
        wrote.append(True)

    post.on_data = write_meanwhile
    assert worker.send_due(app) is False

    assert wrote == [True] and len(post.mails) == 1


def test_one_is_enough_to_be_tried_by_itself(app_context: Flask, post: PostOffice) -> None:
    queued()
    assert worker.send_one(app_context, row().id) is Outcome.SENT
    assert worker.send_one(app_context, row().id) is Outcome.NOT_OURS
    assert len(post.mails) == 1


def test_the_log_holds_no_address_and_nothing_that_was_written(
    app_context: Flask, post: PostOffice, caplog: pytest.LogCaptureFixture, monkeypatch
) -> None:
    caplog.set_level(logging.DEBUG)
    member = queued(2)
    post.answers["RCPT"] = "550 5.1.1 <asa@members.example> is unknown here"
    worker.send_due(app_context)
    post.answers["RCPT"] = "450 4.1.1 <asa@members.example> is busy"
    queue(member, ended_chat(member, builders.agent()))
    worker.send_due(app_context)
    post.answers.clear()
    queue(member, ended_chat(member, builders.agent()))
    monkeypatch.setattr(compose, "KINDS", {})
    worker.send_due(app_context)
    monkeypatch.undo()
    worker.send_due(app_context, clock=later(hours=1))
    change(member, email="asa@members.example, eve@evil.example")
    queue(member, ended_chat(member, builders.agent()))
    worker.send_due(app_context, clock=later(hours=2))

    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("mail."))
    assert post.mails and "refused 550" in ours and "cannot be made" in ours and "was sent" in ours
    for secret in ("asa@", "members.example", "evil", "Åsa", "Error 42", "blank", "Kim"):
        assert secret not in ours
