"""What time does by itself, with the clock in our hands: reminders and closing."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select

from helpdesk import work
from helpdesk.accounts import sessions
from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.mail import outbox
from helpdesk.mail.models import Mail
from helpdesk.site import service as site
from helpdesk.tickets import service, unanswered
from helpdesk.tickets.models import Ticket, TicketEvent
from helpdesk.tickets.unanswered import closes_at
from tests import builders
from tests.builders import NOON
from tests.conftest import Make
from tests.together import at_once

DAY = timedelta(days=1)
Asked = Callable[..., int]
# Of who is to be reminded, of who was told no day, of whose day has come.
INDEXES = ("ix_ticket_asked", "ix_ticket_reminded", "ix_ticket_reminded")


@pytest.fixture
def app(either: Flask) -> Flask:
    """On both databases."""
    return either


@pytest.fixture
def mail(app: Flask) -> None:
    """A mail server, to which nothing is sent here."""
    with app.app_context():
        outbox.use(db.engine)


@pytest.fixture
def asked(make: Make) -> Asked:
    """Makes a ticket whose owner was asked at NOON."""
    owner, team = make.member("maja"), make.agent("kim")

    def ask(**facts: object) -> int:
        return make.awaiting(owner, team, **facts).id

    return ask


def state(make: Make, ticket_id: int) -> tuple[str, list[str]]:
    """The ticket's state, and what time has done to it."""

    def look() -> tuple[str, list[str]]:
        by_time = (TicketEvent.ticket_id == ticket_id) & TicketEvent.actor_id.is_(None)
        events = list(db.session.scalars(select(TicketEvent.what).where(by_time).order_by(TicketEvent.seq)))
        return db.session.get_one(Ticket, ticket_id).status, events

    return make.look(look)


def set_days(make: Make, **days: int) -> None:
    for key, value in days.items():
        make.change(lambda key=key, value=value: site.set_value(key, value, by=None, at=NOON))


def closing_day(make: Make, ticket_id: int) -> datetime | None:
    return make.look(lambda: closes_at(db.session.get_one(Ticket, ticket_id)))


def mails(make: Make) -> list[tuple[str, int]]:
    rows = select(Mail.kind, Mail.user_id).order_by(Mail.id)
    return [tuple(row) for row in make.look(lambda: db.session.execute(rows).all())]


def test_who_does_not_answer_is_reminded_and_told_the_day_and_then_the_ticket_closes(
    app: Flask, make: Make, mail: None, asked: Asked
) -> None:
    ticket = asked()
    assert closing_day(make, ticket) == NOON + 14 * DAY, "it is said before anything happens"
    for passed, expected in (
        (6.99, ("awaiting_feedback", [])),
        (7, ("awaiting_feedback", ["reminded"])),
        (7.01, ("awaiting_feedback", ["reminded"])),
        (13.99, ("awaiting_feedback", ["reminded"])),
        (14, ("closed", ["reminded", "auto_closed"])),
        (30, ("closed", ["reminded", "auto_closed"])),
    ):
        work.go_round(app, at=NOON + passed * DAY)
        assert state(make, ticket) == expected, passed

    assert closing_day(make, ticket) is None
    told = [kind for kind, _to in mails(make) if not kind.startswith("agent_")]
    assert told == ["ticket_submitted", "ticket_requested_information", "ticket_reminder", "ticket_auto_closed"]


def test_an_answer_in_time_keeps_it_open_and_a_new_question_begins_anew(app: Flask, make: Make, asked: Asked) -> None:
    ticket = asked()
    work.go_round(app, at=NOON + 7 * DAY)
    owner, team = (make.look(lambda name=name: person(name)) for name in ("maja", "kim"))

    def answer_and_ask() -> None:
        row = db.session.get_one(Ticket, ticket)
        words = {"submission": builders.token(), "at": NOON + 10 * DAY}
        service.reply_as_owner(row, "Firefox.", by=owner, reopen_days=30, **words)
        assert (row.reminded_at, row.closes_at) == (None, None)
        service.request_information(row, "Which version?", by=team, **words)

    make.change(answer_and_ask)
    work.go_round(app, at=NOON + 16 * DAY)
    assert state(make, ticket) == ("awaiting_feedback", ["reminded"])
    work.go_round(app, at=NOON + 17 * DAY)
    assert state(make, ticket) == ("awaiting_feedback", ["reminded", "reminded"])
    work.go_round(app, at=NOON + 24 * DAY)
    assert state(make, ticket)[0] == "closed"


def person(username: str) -> Person:
    return sessions.person_of(db.session.scalars(select(User).where(User.username == username)).one())


def test_after_a_standstill_or_a_clock_that_jumped_nobody_is_closed_untold(
    app: Flask, make: Make, asked: Asked
) -> None:
    ticket = asked()
    for passed in (400, 400.5, 406.9):
        work.go_round(app, at=NOON + passed * DAY)
        assert state(make, ticket) == ("awaiting_feedback", ["reminded"]), passed
    assert closing_day(make, ticket) == NOON + 407 * DAY

    work.go_round(app, at=NOON + DAY)
    assert state(make, ticket) == ("awaiting_feedback", ["reminded"]), "the clock is right again"
    work.go_round(app, at=NOON + 407 * DAY)
    assert state(make, ticket) == ("closed", ["reminded", "auto_closed"])


def test_the_day_that_was_told_holds_when_the_site_changes_its_mind(app: Flask, make: Make, asked: Asked) -> None:
    ticket, later = asked(), asked(at=NOON + 5 * DAY)
    work.go_round(app, at=NOON + 7 * DAY)
    set_days(make, reminder_days=2, auto_close_days=4)

    work.go_round(app, at=NOON + 12 * DAY)
    assert [state(make, one) for one in (ticket, later)] == [("awaiting_feedback", ["reminded"])] * 2
    work.go_round(app, at=NOON + 14 * DAY)
    assert state(make, ticket)[0] == "closed" and state(make, later)[0] == "closed", "the other was told two days"


def test_what_is_switched_off_does_not_happen(app: Flask, make: Make, asked: Asked) -> None:
    ticket = asked()
    set_days(make, reminder_days=0, auto_close_days=0)
    work.go_round(app, at=NOON + 20 * DAY)
    assert state(make, ticket) == ("awaiting_feedback", []) and closing_day(make, ticket) is None

    set_days(make, reminder_days=7)
    work.go_round(app, at=NOON + 20 * DAY)
    work.go_round(app, at=NOON + 50 * DAY)
    assert state(make, ticket) == ("awaiting_feedback", ["reminded"])

    set_days(make, auto_close_days=14)
    work.go_round(app, at=NOON + 50 * DAY)
    assert state(make, ticket) == ("awaiting_feedback", ["reminded", "reminded"]), "the first one told no day"
    assert closing_day(make, ticket) == NOON + 57 * DAY
    set_days(make, auto_close_days=0)
    work.go_round(app, at=NOON + 60 * DAY)
    assert state(make, ticket)[0] == "awaiting_feedback"


class Killed(BaseException):
    """What kill -9 is to the program: nothing after it happens."""


def test_a_round_that_is_killed_between_two_tickets_goes_on_with_the_rest(
    app: Flask, make: Make, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = [asked() for _ in range(4)]
    remind, done = unanswered.remind, []

    def die_at_the_third(ticket_id: int, *, at: datetime) -> bool:
        done.append(remind(ticket_id, at=at))
        if len(done) == 3:
            raise Killed
        return done[-1]

    with monkeypatch.context() as crash:
        crash.setattr(unanswered, "remind", die_at_the_third)
        with pytest.raises(Killed):
            work.go_round(app, at=NOON + 8 * DAY)
    assert [state(make, ticket)[1] for ticket in tickets] == [["reminded"], ["reminded"], [], []]

    work.go_round(app, at=NOON + 8 * DAY)
    assert [state(make, ticket)[1] for ticket in tickets] == [["reminded"]] * 4


def test_one_that_cannot_be_done_holds_up_no_other(
    app: Flask, make: Make, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = [asked() for _ in range(3)]
    remind = unanswered.remind

    def fail_at_the_first(ticket_id: int, *, at: datetime) -> bool:
        if ticket_id == tickets[0]:
            raise RuntimeError("it cannot be done")
        return remind(ticket_id, at=at)

    monkeypatch.setattr(work, "BATCH", 1)
    with monkeypatch.context() as broken:
        broken.setattr(unanswered, "remind", fail_at_the_first)
        work.go_round(app, at=NOON + 8 * DAY)
    assert [state(make, ticket)[1] for ticket in tickets] == [[], ["reminded"], ["reminded"]]
    work.go_round(app, at=NOON + 8 * DAY)
    assert state(make, tickets[0])[1] == ["reminded"]


def test_of_several_processes_one_does_each_thing(app: Flask, make: Make, asked: Asked) -> None:
    tickets = [asked() for _ in range(6)]
    for passed in (8, 15):
        assert at_once(app, *[lambda passed=passed: work.go_round(app, at=NOON + passed * DAY)] * 4) == []
    assert {state(make, ticket)[0] for ticket in tickets} == {"closed"}
    assert [state(make, ticket)[1] for ticket in tickets] == [["reminded", "auto_closed"]] * 6


def test_what_is_due_is_found_by_indexes_of_its_own(app: Flask, make: Make) -> None:
    asked: list[tuple[str, object]] = []

    def note(connection: object, cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith("SELECT ticket.id"):
            asked.append((statement, parameters))

    def look() -> list[str]:
        event.listen(db.engine, "before_cursor_execute", note)
        unanswered.to_remind(NOON, but=(), most=50)
        unanswered.to_close(NOON, but=(), most=50)
        event.remove(db.engine, "before_cursor_execute", note)
        explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
        driver = db.session.connection()
        driver.exec_driver_sql("SELECT 1" if db.engine.dialect.name == "sqlite" else "SET enable_seqscan = off")
        return [" ".join(map(str, driver.exec_driver_sql(explain + sql, given).all())) for sql, given in asked]

    plans = make.look(look)
    assert [name in plan for name, plan in zip(INDEXES, plans, strict=True)] == [True] * 3, plans
