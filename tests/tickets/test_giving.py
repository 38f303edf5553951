"""New tickets are given by turns, exactly, however many are submitted at once; on both databases."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts import agents
from helpdesk.accounts import service as accounts
from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.site import service as site
from helpdesk.tickets import counts, queries, service
from helpdesk.tickets.models import Ticket, TicketEvent
from tests import builders
from tests.builders import NOON


def given_to(ticket: Ticket) -> int | None:
    return ticket.assignee_id


@pytest.fixture
def site_gives(on_both: Flask) -> None:
    _change(lambda: site.set_value("auto_assign", True, by=None, at=NOON))


def taker(username: str, *languages: str, takes: bool = True) -> Person:
    agent = builders.agent(username)
    _change(lambda: agents.set_profile(agent.id, languages=languages, takes_tickets=takes))
    return agent


def _change(do) -> None:
    db.session.rollback()
    intend_to_write()
    do()
    db.session.commit()


def test_tickets_go_round_those_who_write_the_language(site_gives: None) -> None:
    owner = builders.member()
    ada, bo, cleo = taker("ada", "en", "fr"), taker("bo", "en"), taker("cleo", "fr", "sv", takes=False)

    given = [given_to(builders.ticket(owner, at=NOON + timedelta(minutes=place))) for place in range(4)]
    assert given == [ada.id, bo.id, ada.id, bo.id]
    assert given_to(builders.ticket(owner, language="fr")) == ada.id
    assert given_to(builders.ticket(owner, language="sv")) is None, "who writes it does not take tickets"
    assert given_to(builders.ticket(owner)) == bo.id, "who has fewer"
    kept = counts.read([counts.of_assignee(one.id) for one in (ada, bo, cleo)] + [counts.UNASSIGNED])
    assert [sum(kept[scope].values()) for scope in kept] == [3, 3, 0, 1]


def test_whoever_has_gone_gets_nothing_and_neither_does_anybody_unless_the_site_wants_it(on_both: Flask) -> None:
    owner, ada = builders.member(), taker("ada", "en")
    assert given_to(builders.ticket(owner)) is None, "nobody has switched it on"

    _change(lambda: site.set_value("auto_assign", True, by=None, at=NOON))
    assert given_to(builders.ticket(owner)) == ada.id
    _change(lambda: accounts.disable(db.session.get_one(User, ada.id), at=NOON))
    assert given_to(builders.ticket(owner)) is None


def test_the_history_says_that_nobody_did_it(site_gives: None) -> None:
    owner, ada = builders.member(), taker("ada", "en")
    ticket = builders.ticket(owner)

    (_submitted, given) = queries.history(ada, ticket)
    assert (given.what, given.actor, given.about) == ("assigned", None, "Ada")
    assert [event.what for event in queries.history(owner, ticket)] == ["submitted"], "their owner need not know"


def test_two_at_once_go_to_two_agents(site_gives: None, on_both: Flask) -> None:
    owner = builders.member()
    team = [taker(name, "en") for name in ("ada", "bo", "cleo", "dan")]
    together, faults = threading.Barrier(4), []

    def submit_three() -> None:
        together.wait()
        for _ in range(3):
            try:
                with on_both.app_context():
                    intend_to_write()
                    service.submit(
                        submission=builders.token(), language="en", title="It stops", description="Here.", by=owner,
                        at=NOON,
                    )  # fmt: skip
                    db.session.commit()
            except Exception as fault:
                faults.append(fault)

    threads = [threading.Thread(target=submit_three) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    given = db.session.scalars(select(Ticket.assignee_id)).all()
    assert sorted(given) == sorted([one.id for one in team] * 3)
    assert len(db.session.scalars(select(TicketEvent.id).where(TicketEvent.what == "assigned")).all()) == 12
