"""The test data: the same for the same seed, and in all that is kept as if the desk itself had kept it."""

import shutil
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from bench.data import filling, people, rows, words
from helpdesk.accounts.models import User
from helpdesk.extensions import db
from helpdesk.reports.models import ReportCell
from helpdesk.tickets import counts
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Ticket, TicketCount, TicketEvent, TicketMessage, TicketTag
from tests.finding import ids_found

PLAN = rows.Plan(tickets=1_000, members=60, seed=7, until=datetime(2026, 11, 1, 12, tzinfo=UTC))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An instance with a thousand tickets."""
    instance = tmp_path_factory.mktemp("filled")
    filling.fill(instance, PLAN)
    return filling.make_app(instance)


def test_the_same_seed_gives_the_same_rows_and_another_one_others(tmp_path: Path, prepared_sqlite: Path) -> None:
    small = replace(PLAN, tickets=50, members=20)
    prints = []
    for place, plan in enumerate((small, small, replace(small, seed=8))):
        instance = tmp_path / str(place)
        instance.mkdir()
        shutil.copy(prepared_sqlite, instance / "helpdesk.sqlite")
        filling.fill(instance, plan)
        prints.append(filling.fingerprint(filling.make_app(instance)))
    assert prints[0] == prints[1] != prints[2]


def test_an_instance_with_accounts_is_left_as_it_is(filled: Flask) -> None:
    before = filling.fingerprint(filled)
    with pytest.raises(filling.NotEmpty, match="holds accounts already"):
        filling.fill(filled.config["HELPDESK"].instance, PLAN)
    assert filling.fingerprint(filled) == before


def test_the_kept_counts_are_those_of_the_rows(filled: Flask) -> None:
    with filled.app_context():
        counted: Counter[tuple[str, str]] = Counter()
        for owner, assignee, status in db.session.execute(select(Ticket.owner_id, Ticket.assignee_id, Ticket.status)):
            counted.update((scope, status) for scope in ("all", f"owner:{owner}", counts.of_assignee(assignee)))
        kept = {(row.scope, row.status): row.tickets for row in db.session.scalars(select(TicketCount))}
        assert kept == counted and counted["all", "closed"] > 500


def test_the_reports_have_each_ticket_on_its_day(filled: Flask) -> None:
    with filled.app_context():
        days = select(ReportCell.measure, func.sum(ReportCell.times)).where(ReportCell.grain == "day")
        days = days.where(ReportCell.dimension == "all")
        counted = {row[0]: row[1] for row in db.session.execute(days.group_by(ReportCell.measure))}
        closed = db.session.scalar(select(func.count(TicketEvent.id)).where(TicketEvent.what == "closed"))
        assert (counted["opened"], counted["closed"]) == (PLAN.tickets, closed)


def test_the_copies_that_triggers_keep_are_right(filled: Flask) -> None:
    with filled.app_context():
        ranks = db.session.execute(select(Ticket.owner_rank, User.rank).join(User, User.id == Ticket.owner_id)).all()
        assert len({rank for rank, _ in ranks}) > 5 and all(kept == rank for kept, rank in ranks)
        tags = select(TicketTag.status, TicketTag.updated_at, Ticket.status, Ticket.updated_at)
        found = db.session.execute(tags.join(Ticket, Ticket.id == TicketTag.ticket_id)).all()
        assert len(found) > 200 and all(row[:2] == row[2:] for row in found)


def test_a_ticket_is_as_its_events_say(filled: Flask) -> None:
    with filled.app_context():
        seqs, events, tags = (
            defaultdict(list),
            defaultdict(list),
            Counter(db.session.scalars(select(TicketTag.ticket_id))),
        )
        for ticket_id, seq in db.session.execute(select(TicketMessage.ticket_id, TicketMessage.seq)):
            seqs[ticket_id].append(seq)
        for event in db.session.scalars(select(TicketEvent).order_by(TicketEvent.seq)):
            seqs[event.ticket_id].append(event.seq)
            events[event.ticket_id].append(event)
        for ticket in db.session.scalars(select(Ticket)):
            assert sorted(seqs[ticket.id]) == list(range(1, ticket.last_seq + 1))
            last = events[ticket.id][-1]
            assert (last.status, last.at) == (ticket.status, ticket.updated_at)
            assert (ticket.closed_at is not None) is (ticket.status == Status.CLOSED)
            assert (ticket.waiting_since is None) is (ticket.due_at is None)
            assert sum(event.what == "tagged" for event in events[ticket.id]) == tags[ticket.id]


@pytest.mark.parametrize("word", words.ONE_IN)
def test_a_known_word_is_in_as_many_tickets_as_it_says(filled: Flask, word: str) -> None:
    if PLAN.tickets < words.ONE_IN[word]:
        pytest.skip("rarer than these tickets have it")
    with filled.app_context():
        found = ids_found(word)
    assert len(found) == PLAN.tickets // words.ONE_IN[word]


def test_the_index_holds_what_everybody_would_have_written_into_it(filled: Flask) -> None:
    with filled.app_context():
        owner = db.session.get_one(User, 7)
        own = db.session.scalars(select(Ticket.id).where(Ticket.owner_id == owner.id)).all()
        assert set(ids_found(owner.username)) == set(own) != set()
        french = db.session.scalars(select(Ticket.id).where(Ticket.title.like("La commande%"))).all()
        assert set(ids_found("commande traitee")) >= set(french) != set()


def test_measured_members_have_the_same_tickets_at_every_size() -> None:
    for tickets in (1_000, 2_500):
        made = {row.ticket["id"]: row.ticket for row in rows.tickets(replace(PLAN, tickets=tickets))}
        for member in range(people.MEASURED):
            own = [ticket for ticket in made.values() if ticket["owner_id"] == member + 1]
            placed = [made[rows.own_ticket(member, place, tickets)] for place in range(people.TICKETS_EACH)]
            assert own == placed
            assert Counter(ticket["status"] for ticket in own) == {"closed": 20, "open": 15, "awaiting_feedback": 5}
