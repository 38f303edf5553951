"""From a chat to a ticket draft: what is in it, and what of the member's own it leaves alone."""

import pytest
from flask import Flask

from helpdesk.accounts.person import Person
from helpdesk.chat import handover, service
from helpdesk.chat.handover import TITLE_SIGNS, as_title
from helpdesk.chat.models import Chat
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.submission import queries as drafts
from helpdesk.submission import service as submission
from helpdesk.submission.models import Draft
from helpdesk.submission.steps import DESCRIPTION_SIGNS, Step, first_open
from tests import builders

QUESTION = "Ma commande ne peut pas être traitée depuis hier"


def waiting(member: Person, question: str = QUESTION) -> Chat:
    chat = service.begin(
        name=member.name, member_ref="", email=member.email, question=question, client_id=builders.token(), by=member,
        at=now(),
    )  # fmt: skip
    db.session.commit()
    return chat


def say(chat: Chat, body: str, by: Person) -> None:
    service.say(chat, body, client_id=builders.token(), by=by, at=now())
    db.session.commit()


def handed_over(chat: Chat, member: Person, language: str = "fr") -> Draft:
    handover.fill_draft(chat, language, member=member, at=now())
    db.session.commit()
    draft = drafts.draft_of(member)
    assert draft is not None
    return draft


def test_the_draft_holds_language_title_and_what_both_said_and_can_be_submitted_at_once(on_both: Flask) -> None:
    member, agent = builders.member(name="Claire Laurent"), builders.agent(name="Alex")
    chat = waiting(member)
    service.claim(chat, by=agent, at=now())
    say(chat, "Which browser?", agent)

    draft = handed_over(chat, member)

    assert (draft.language, draft.title) == ("fr", QUESTION)
    assert draft.description == f"Claire Laurent: {QUESTION}\n\nAlex: Which browser?"
    assert chat.submission == draft.submission
    assert first_open(submission.answers_of(draft)) is Step.SUBMIT


def test_what_is_said_in_the_same_breath_does_not_undo_the_link(on_both: Flask) -> None:
    member = builders.member()
    chat = waiting(member)

    handover.fill_draft(chat, "fr", member=member, at=now())
    service.say(chat, "One more.", client_id=builders.token(), by=member, at=now())
    db.session.commit()

    draft = drafts.draft_of(member)
    assert draft is not None and chat.submission == draft.submission


def test_asked_again_the_transcript_in_the_draft_has_grown(on_both: Flask) -> None:
    member = builders.member(name="Claire")
    chat = waiting(member)
    handed_over(chat, member)
    say(chat, "Toujours rien.", member)

    assert handed_over(chat, member).description == f"Claire: {QUESTION}\n\nClaire: Toujours rien."


def test_what_the_member_had_begun_stays_theirs_and_the_chat_stands_behind_it(on_both: Flask) -> None:
    member = builders.member(name="Claire")
    begun = submission.begin(by=member, language="en", at=now())
    submission.save_title(begun, language="en", title="My own title", at=now())
    submission.save_description(begun, "My own words.", at=now())
    db.session.commit()

    chat = waiting(member)
    draft = handed_over(chat, member)

    assert (draft.language, draft.title) == ("en", "My own title")
    assert draft.description == f"My own words.\n\nClaire: {QUESTION}"
    say(chat, "Toujours rien.", member)
    assert handed_over(chat, member).description == f"My own words.\n\nClaire: {QUESTION}\n\nClaire: Toujours rien."


def test_a_question_that_no_chat_was_there_for_becomes_a_draft(on_both: Flask) -> None:
    member = builders.member()

    draft = handover.keep_question("Hola.\nNo puedo procesar el pedido", "es", by=member, at=now())

    assert (draft.language, draft.title) == ("es", "Hola. No puedo procesar el pedido")
    assert draft.description == "Hola.\nNo puedo procesar el pedido"


def test_a_very_long_chat_still_fits_a_description(on_both: Flask) -> None:
    member = builders.member(name="Claire")
    chat = waiting(member)
    for _ in range(4):
        say(chat, "mot " * 999, member)
    say(chat, "Le dernier.", member)

    draft = handed_over(chat, member)

    assert len(draft.description) <= DESCRIPTION_SIGNS
    assert draft.description.startswith(f"Claire: {QUESTION}")
    assert draft.description.endswith("Claire: Le dernier.")


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Français - Bonjour", "Bonjour"),
        ("Two\nlines", "Two lines"),
        ("word " * 40, "word " * 14 + "word…"),
        ("x" * 200, "x" * 79 + "…"),
    ],
)
def test_a_title_is_the_first_words_of_the_question(question: str, title: str) -> None:
    assert as_title(question) == title
    assert len(as_title(question)) <= TITLE_SIGNS
