"""What agents search for: the same on both databases, and where it was found is shown."""

from datetime import UTC

import pytest
from flask import Flask

from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.desk.lists import queries, snippets
from helpdesk.desk.lists.filters import Filter
from helpdesk.desk.lists.snippets import Finder, Snippet
from helpdesk.extensions import db
from helpdesk.tickets import search, service
from helpdesk.tickets.models import Ticket
from tests import builders
from tests.builders import NOON

FRENCH, SWEDISH, SPANISH = 1, 2, 3
# What is typed, and which of three tickets it finds.
CASES: list[tuple[str, set[int]]] = [
    ("1001", {FRENCH}), ("traitée", {FRENCH}), ("TRAITEE", {FRENCH}), ("trait", {FRENCH}), ("résolue", {FRENCH}),
    ("resolue", {FRENCH}), ("beställning", {SWEDISH}), ("bestallning", {SWEDISH}), ("contraseña", {SPANISH}),
    ("contrasena olvide", {SPANISH}), ("olvide contrasena", {SPANISH}), ('"olvidé mi contraseña"', {SPANISH}),
    ('"mi olvidé"', set()), ('"olvidé mi contras"', set()), ("olvidé mi contras", {SPANISH}),
    ("“olvide mi”", {SPANISH}), ("1001 t", set()), ("traitee n", {FRENCH}),
    ("maja@example.org", {SWEDISH}), ("maja@example", {SWEDISH}),
    ("example.org", {SWEDISH}),
    ("example.net", {FRENCH, SPANISH}), ("maja@example.net", set()), ("MÜLLER", {FRENCH, SPANISH}),
    ("muller resolue", {FRENCH}), ("7788123", {FRENCH, SPANISH}), ("77881", {FRENCH, SPANISH}), ('"77881"', set()),
    ("grenouille", {FRENCH}), ("grenouille muller 1001", {FRENCH}), ("bouton vert", {FRENCH}),
    ("vert bouton", {FRENCH}),
    ('"bouton vert"', {FRENCH}), ('"vert bouton"', set()), ("traitée maja", set()), ("l’écran", {FRENCH}),
    ("ecran", {FRENCH}), ('"', {FRENCH, SWEDISH, SPANISH}), ('trait"', {FRENCH}), ('""', {FRENCH, SWEDISH, SPANISH}),
]  # fmt: skip


@pytest.fixture
def agent(on_both: Flask) -> Person:
    """An agent with three tickets in three languages, one of which has been answered and annotated."""
    agent = builders.agent()
    asa = builders.member(name="Åsa Müller", email="asa@example.net", member_id="7788123")
    maja = builders.member(name="Maja Svensson", email="maja@example.org")
    builders.ticket(asa, "La commande n’est pas traitée", language="fr", description="Déjà résolue ? L’écran est noir.")
    builders.ticket(maja, "Fel på min beställning", language="sv", description="Sidan är tom.")
    builders.ticket(asa, "No puedo entrar", language="es", description="Olvidé mi contraseña.")
    intend_to_write()
    row = db.session.get_one(Ticket, FRENCH)
    words = {"by": agent, "at": NOON}
    service.reply_as_agent(row, "Essayez le bouton vert.", submission=builders.token(), **words)
    service.add_note(row, "Voir la grenouille", submission=builders.token(), **words)
    db.session.commit()
    return agent


def found(agent: Person, typed: str, **wanted: str) -> dict[int, Snippet]:
    shown = Filter(status=wanted.pop("status", "any"), typed=typed, **wanted)
    rows = queries.page(agent, shown, None, at=NOON, zone=UTC).page.rows
    return {row.id: snippet for row in rows if (snippet := snippets.of_rows(typed, rows).get(row.id, NOTHING))}


NOTHING = Snippet((), (), (), "", ())


def test_the_same_is_found_on_both_databases(agent: Person) -> None:
    assert {typed: set(found(agent, typed)) for typed, _ in CASES} == dict(CASES)


def test_what_is_found_is_narrowed_by_the_filter_too(agent: Person) -> None:
    assert set(found(agent, "muller", language="es")) == {SPANISH}
    assert set(found(agent, "muller", status="closed")) == set()
    assert set(found(agent, "muller", sort="opened")) == {FRENCH, SPANISH}


def test_it_is_shown_where_something_was_found(agent: Person) -> None:
    title = found(agent, "TRAITEE")[FRENCH]
    assert ("traitée", True) in title.title
    assert (title.kind, title.piece, title.member) == ("", (), ())

    thread = found(agent, "resolue")[FRENCH]
    assert (thread.kind, thread.piece) == (
        "description",
        (("Déjà ", False), ("résolue", True), (" ? L’écran est noir.", False)),
    )
    assert found(agent, "grenouille")[FRENCH].kind == "note"
    assert found(agent, "bouton vert")[FRENCH].kind == "reply"

    member = found(agent, "maja@example.org")[SWEDISH]
    assert member.member == (("Maja Svensson · ", False), ("maja@example.org", True))
    assert found(agent, "1002")[SWEDISH].number == (("1002", True),)


def test_a_search_that_finds_very_many_looks_through_the_newest(agent: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_FOUND", 1)
    monkeypatch.setattr(search, "MOST_NARROWED", 2)

    def listed(typed: str, **wanted: str) -> tuple[list[int], int]:
        shown = queries.page(agent, Filter(typed=typed, **wanted), None, at=NOON, zone=UTC)
        return [row.id for row in shown.page.rows], shown.cut

    assert listed("example.net", status="any") == ([SPANISH], 1)
    assert listed("example.org", status="any") == ([SWEDISH], 0)
    # Through a filter fewer are left, so more are looked through.
    assert listed("example.net", status="any", language="fr") == ([FRENCH], 0)
    assert listed("example", language="fr") == ([], 2)


def test_a_word_that_very_many_hold_as_it_was_typed_is_no_beginning_as_well(
    agent: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    maja = builders.member(username="rabbit", email="rabbit@example.org")
    for title in ("Blue dune", "Blue dunes", "Blue dune", "Blue duneside"):
        builders.ticket(maja, title)

    def listed(typed: str) -> tuple[list[str], int]:
        shown = queries.page(agent, Filter(typed=typed, status="any"), None, at=NOON, zone=UTC)
        return sorted(row.title for row in shown.page.rows), shown.cut

    everything = ["Blue dune", "Blue dune", "Blue dunes", "Blue duneside"]
    assert (listed("dune"), listed('blue "dune"')) == ((everything, 0), (everything[:2], 0))
    monkeypatch.setattr(search, "MOST_FOUND", 1)
    assert (listed("dune"), listed("blue dune")) == ((["Blue dune"], 1), (["Blue dune"], 1))
    assert listed("dun") == (["Blue duneside"], 1), "nobody has typed that word: whatever begins so is found"


# A text, what is searched for in it, and what is marked.
MARKS = [
    ("The order stops", "order", ["order"]), ("Ordering orders", "order", ["Ordering", "orders"]),
    ("reorder", "order", []), ("La commande traitée", "traitee", ["traitée"]),
    ("LA COMMANDE TRAITÉE", "traitée", ["TRAITÉE"]),
    ("Straße 5", "strasse", ["Straße"]), ("ﬁle ﬁle", "file", ["ﬁle", "ﬁle"]), ("e\u0301cran", "ecran", ["e\u0301cran"]),
    ("two words here", '"two words"', ["two words"]), ("two wordsmiths", '"two words"', []),
    ("maja@example.org!", "maja@example.org", ["maja@example.org"]), ("<b>bold</b>", "bold", ["bold"]),
    ("a_b", "b", ["b"]), ("x" * 5000, "xx", ["x" * 5000]), ("xy x", "x", ["x"]),
    ("日本語", "日本", ["日本語"]), ("", "x", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "typed", "marks"), MARKS, ids=lambda value: str(value)[:20])
def test_what_was_found_is_marked_in_the_text_as_it_was_written(text: str, typed: str, marks: list[str]) -> None:
    parts = Finder(typed).marked(text)
    assert "".join(part for part, _ in parts) == text
    assert [part for part, hit in parts if hit] == marks


def test_a_piece_of_a_long_text_is_short_and_holds_what_was_found() -> None:
    text = "word " * 400 + "Nadel " + "straw " * 400
    piece = Finder("nadel").piece(text)
    assert ("Nadel", True) in piece
    assert (piece[0], piece[-1]) == (("…", False), ("…", False))
    assert len("".join(part for part, _ in piece)) < 200
    assert Finder("absent").piece(text) == ()
