"""Searching finds the same on both databases, for each reader only what they may read, whatever was typed."""

from datetime import UTC, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.desk.lists import queries as desk
from helpdesk.desk.lists.filters import Filter
from helpdesk.extensions import db
from helpdesk.tickets import queries, search, service
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Ticket
from tests import builders
from tests.builders import NOON

FOLDED = [
    ("Résolue", "resolue"), ("ÅÄÖ åäö", "aao aao"), ("Straße", "strasse"), ("¿Señor?", "senor"), ("ﬁle", "file"),
    ("a_b-c.d@e", "a b c d e"), ("  x\t\ny  ", "x y"),
    ("№ 7", "no 7"), ("", ""), ("\x00\x1f", ""), ("日本語", "日本語"),
    ("İstanbul", "istanbul"), ("e\u0301", "e"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "folded"), FOLDED)
def test_text_is_folded_to_bare_words(typed: str, folded: str) -> None:
    assert search.fold(typed) == folded


def found_by(owner: Person, typed: str, status: Status = Status.OPEN) -> list[int]:
    return [row.id for row in queries.section(owner, status, typed=typed).rows]


def found_at_the_desk(agent: Person, typed: str) -> list[int]:
    wanted = Filter(status="any", typed=typed)
    return [row.id for row in desk.page(agent, wanted, None, at=NOON, zone=UTC).page.rows]


@pytest.fixture
def owner(on_both: Flask) -> Person:
    return builders.member(name="Åsa Müller", email="asa.muller@example.net", member_id="7788123")


@pytest.fixture
def team(on_both: Flask) -> Person:
    return builders.agent()


@pytest.fixture
def ticket(owner: Person) -> Ticket:
    return builders.ticket(
        owner, title="La commande ne peut pas être traitée", language="fr", description="L’écran s’arrête à 42\u00a0%."
    )


FINDING = [
    "être", "etre", "ETRE", "commande traitée", "traitee commande", "comm", "trait", "ne", "42", "1001", "ecran",
    "l’écran", "être?!", "«traitée»", "  peut   pas ", "command",
]  # fmt: skip


def test_words_find_a_ticket_in_any_order_with_or_without_accents(owner: Person, ticket: Ticket) -> None:
    assert {typed: found_by(owner, typed) for typed in FINDING} == {key: [ticket.id] for key in FINDING}


def test_words_that_are_not_there_find_nothing(owner: Person, ticket: Ticket) -> None:
    absent = ("mande", "e", "commande absente", "1002", "fr", "Français", "traitées")
    assert {typed: found_by(owner, typed) for typed in absent} == {key: [] for key in absent}


def test_accents_that_were_typed_find_what_was_written_without(owner: Person) -> None:
    made = builders.ticket(owner, title="La pagina esta vacia")
    assert found_by(owner, "página está vacía") == [made.id]


def test_no_word_at_all_shows_the_whole_list(owner: Person, ticket: Ticket) -> None:
    nothing = ("", "   ", "?", "\x00", "*", '"', "''", "-", "()", "\u200b")
    assert {typed: found_by(owner, typed) for typed in nothing} == {key: [ticket.id] for key in nothing}


HOSTILE = [
    'commande"', '"commande', "commande*", "*commande*", "commande AND", "AND", "OR", "NOT", "NEAR",
    "NEAR(commande, 2)",
    "commande OR absent", "public : commande", "internal:x", "-commande", "^commande", "{public} : commande",
    "commande & !x", "commande | x", "!commande", "commande <-> x", "commande:*", "commande:A", "'commande'", "\\",
    "\\'", "%", "_", "(((((", "'; DROP TABLE ticket; --", '" OR "1"="1', "commande\x00", "commande\ud800",
    "commande " * 2000, "a" * 10_000, "é" * 10_000, "㌖" * 10_000, "ﷺ" * 10_000, '"' * 10_000, "🙂" * 10_000,
    "\u202ecommande", "x" * 199 + " y", "owner : m1", "m1", "m2",
]  # fmt: skip


def test_nothing_that_is_typed_breaks_the_search_or_widens_it(owner: Person, team: Person, ticket: Ticket) -> None:
    stranger = builders.member()
    for typed in HOSTILE:
        assert set(found_by(owner, typed)) <= {ticket.id}, typed[:40]
        assert found_by(stranger, typed) == [], typed[:40]
        assert set(found_at_the_desk(team, typed)) <= {ticket.id}, typed[:40]


def test_words_of_operators_are_only_words(owner: Person) -> None:
    made = builders.ticket(owner, title="This and that or near not")
    for typed in ("AND", "or", "Not", "near", "that AND this", "not and or"):
        assert found_by(owner, typed) == [made.id]


def test_a_member_never_finds_what_belongs_to_another(owner: Person, ticket: Ticket) -> None:
    stranger = builders.member()
    own = builders.ticket(stranger, title="Something else", description="Something else")

    for typed in ("1001", "commande", "Åsa", "asa.muller@example.net", "7788123"):
        assert found_by(stranger, typed) == []
    assert found_by(stranger, "something") == [own.id]


def test_agents_find_a_ticket_by_who_sent_it_too(team: Person, ticket: Ticket) -> None:
    builders.ticket(builders.member())
    for typed in ("Åsa", "muller", "asa.muller@example.net", "7788123", "asa commande", "1001"):
        assert found_at_the_desk(team, typed) == [ticket.id], typed


def test_a_member_does_not_search_the_teams_part(owner: Person, ticket: Ticket) -> None:
    assert found_by(owner, "muller") == []
    assert found_by(owner, "7788123") == []


def test_replies_are_found_by_both_and_notes_by_the_team_only(owner: Person, team: Person, ticket: Ticket) -> None:
    intend_to_write()
    row, words = db.session.get_one(Ticket, ticket.id), {"by": team, "at": NOON}
    service.reply_as_agent(row, "Essayez le bouton vert", submission=builders.token(), **words)
    service.add_note(row, "Doublon de Zanzibar", submission=builders.token(), **words)
    db.session.commit()

    assert found_by(owner, "bouton vert") == [ticket.id]
    assert found_at_the_desk(team, "bouton vert") == [ticket.id]
    assert found_at_the_desk(team, "zanzibar") == [ticket.id]
    assert found_at_the_desk(team, "zanzibar bouton asa") == [ticket.id]
    assert found_by(owner, "zanzibar") == []
    assert found_by(owner, "bouton zanzibar") == []


def test_a_search_stays_in_its_section_and_pages(owner: Person, team: Person) -> None:
    closed = builders.closed(owner, team, title="Needle one")
    for place in range(12):
        builders.ticket(owner, title="Needle", at=NOON + timedelta(minutes=place))

    first = queries.section(owner, Status.OPEN, typed="needle")
    second = queries.section(owner, Status.OPEN, first.older, typed="needle")

    assert (len(first.rows), len(second.rows)) == (10, 2)
    assert closed.id not in {row.id for row in (*first.rows, *second.rows)}
    assert found_by(owner, "needle", Status.CLOSED) == [closed.id]


def test_a_ticket_of_very_many_words_can_still_be_answered_and_found(owner: Person, team: Person) -> None:
    made = builders.ticket(owner)
    for round_ in range(3):
        intend_to_write()
        words = " ".join(f"{round_:x}w{place:05x}" for place in range(1250))
        row = db.session.get_one(Ticket, made.id)
        service.reply_as_agent(row, words, submission=builders.token(), by=team, at=NOON)
        db.session.commit()

    assert found_by(owner, "2w004e1") == [made.id]
    assert db.session.scalars(select(Ticket.id)).all() == [made.id]
