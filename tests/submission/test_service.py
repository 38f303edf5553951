"""Drafts and submitting, on both databases: one draft a member, one ticket a draft, with its files or not at all."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.files.models import StoredFile
from helpdesk.refusals import Invalid, NotFound
from helpdesk.submission import queries, service
from helpdesk.submission.models import Draft
from helpdesk.tickets import service as tickets
from helpdesk.tickets.models import Ticket, TicketMessage
from tests import builders
from tests.builders import NOON


@pytest.fixture
def owner(on_both: Flask) -> Person:
    return builders.member()


def begin(person: Person, **facts: object) -> Draft:
    intend_to_write()
    draft = service.begin(by=person, language="en", at=NOON, **facts)
    db.session.commit()
    return draft


def filled(person: Person) -> Draft:
    draft = begin(person)
    service.save_title(draft, language="fr", title="Le panier est vide", at=NOON)
    service.save_description(draft, "Rien ne s’affiche.", at=NOON)
    db.session.commit()
    return draft


def stage(person: Person, submission: str) -> StoredFile:
    file = StoredFile(
        owner_id=person.id, submission=submission, name="a.txt", media_type="text/plain", kind="text", size=1,
        sha256="0" * 64, key=builders.token(),
    )  # fmt: skip
    db.session.add(file)
    db.session.commit()
    return file


def number_of(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_member_has_one_draft_however_often_they_begin(owner: Person) -> None:
    first = begin(owner)
    assert begin(owner).submission == first.submission
    assert begin(builders.member()).submission != first.submission
    assert len(first.submission) == 32


def test_a_draft_is_its_members_only(owner: Person) -> None:
    submission = begin(owner).submission
    assert queries.visible_draft(owner, submission).member_id == owner.id
    for person, token in ((builders.member(), submission), (owner, "0" * 32), (owner, ""), (owner, submission[:31])):
        with pytest.raises(NotFound):
            queries.visible_draft(person, token)


def test_a_draft_counts_as_unfinished_once_something_is_in_it(owner: Person) -> None:
    draft = begin(owner)
    assert queries.unfinished(owner) is None
    service.save_title(draft, language="fr", title="Le panier", at=NOON)
    db.session.commit()
    assert queries.unfinished(owner) == draft.submission


def test_submitting_makes_the_ticket_with_its_files_and_no_draft_stays(owner: Person) -> None:
    draft = filled(owner)
    submission, file = draft.submission, stage(owner, draft.submission)

    intend_to_write()
    ticket = service.submit(draft, by=owner, at=NOON)
    db.session.commit()

    assert (ticket.title, ticket.language, ticket.submission) == ("Le panier est vide", "fr", submission)
    assert db.session.scalar(select(TicketMessage.body)) == "Rien ne s’affiche."
    assert file.message_id == db.session.scalar(select(TicketMessage.id))
    assert number_of(Draft) == 0


@pytest.mark.parametrize("missing", ["title", "description", "language"])
def test_an_unanswered_question_keeps_the_draft_a_draft(owner: Person, missing: str) -> None:
    draft = filled(owner)
    setattr(draft, missing, None if missing == "language" else "")
    with pytest.raises(Invalid, match="draft_incomplete"):
        service.submit(draft, by=owner, at=NOON)
    db.session.rollback()
    assert (number_of(Ticket), number_of(Draft)) == (0, 1)


def test_when_submitting_fails_there_is_no_ticket_and_the_files_stay_with_the_draft(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = filled(owner)
    file = stage(owner, draft.submission)

    def fault(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(tickets.search, "index", fault)
    intend_to_write()
    with pytest.raises(OSError, match="no space"):
        service.submit(draft, by=owner, at=NOON)
    db.session.rollback()

    assert (number_of(Ticket), number_of(TicketMessage), number_of(Draft)) == (0, 0, 1)
    assert db.session.get_one(StoredFile, file.id).message_id is None


def test_the_same_draft_is_never_two_tickets(owner: Person) -> None:
    draft = filled(owner)
    words = {
        "submission": draft.submission,
        "language": "fr",
        "title": "A",
        "description": "B",
        "by": owner,
        "at": NOON,
    }
    intend_to_write()
    tickets.submit(**words)
    db.session.commit()
    with pytest.raises(IntegrityError):
        tickets.submit(**words)
    db.session.rollback()
    assert number_of(Ticket) == 1


def test_discarding_takes_the_draft_and_its_files(owner: Person) -> None:
    draft = filled(owner)
    stage(owner, draft.submission)
    kept = stage(owner, builders.token())

    intend_to_write()
    service.discard(draft, by=owner)
    db.session.commit()

    assert number_of(Draft) == 0
    assert db.session.scalars(select(StoredFile.id)).all() == [kept.id]


def test_a_follow_up_begins_with_what_is_known(owner: Person) -> None:
    first = builders.closed(owner, builders.agent(), title="La page est vide", language="fr")
    draft = begin(owner, follows=first)
    assert (draft.follows_id, draft.language, draft.title, draft.description) == (
        first.id, "fr", "La page est vide", ""
    )  # fmt: skip


def test_a_follow_up_does_not_take_what_a_draft_already_says(owner: Person) -> None:
    first = builders.closed(owner, builders.agent(), title="La page est vide", language="fr")
    begun = begin(owner)
    service.save_title(begun, language="sv", title="Min egen titel", at=NOON)
    db.session.commit()

    draft = begin(owner, follows=first)

    assert (draft.follows_id, draft.language, draft.title) == (first.id, "sv", "Min egen titel")
