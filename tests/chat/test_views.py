"""A member's doors to the chat: whole requests, and beside each success the refusal."""

import html
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from helpdesk import languages
from helpdesk.accounts.person import Person
from helpdesk.chat import messages, service
from helpdesk.chat.models import Chat
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.submission import queries as drafts
from helpdesk.submission.models import Draft
from tests import builders
from tests.browser.words import Words
from tests.conftest import Client, Make
from tests.web.page import read

QUESTION = "My order page stays blank."


@pytest.fixture
def member(make: Make) -> Person:
    return make.member(name="Claire Laurent", member_id="778899")


@pytest.fixture
def browser(member: Person, as_person) -> Client:
    return as_person(member)


@pytest.fixture
def agent(app: Flask, make: Make) -> Person:
    """Somebody of the team who takes chats."""
    agent = make.agent(name="Alex")
    do(app, lambda: service.set_available(agent, True, at=now()))
    return agent


def do(app: Flask, verb) -> None:
    with app.app_context():
        intend_to_write()
        verb()
        db.session.commit()
        db.session.remove()


def words(**changed: str) -> dict[str, str]:
    return {
        "client_id": builders.token(), "name": "Claire", "member_ref": "", "email": "claire@example.org",
        "question": QUESTION, **changed,
    }  # fmt: skip


def chats(make: Make) -> list[Chat]:
    return make.look(lambda: list(db.session.scalars(select(Chat).order_by(Chat.id))))


def texts(make: Make, chat_id: int = 1) -> list[str]:
    return make.look(lambda: [row.body for row in messages.after(chat_id, 0) if row.kind == "text"])


def draft_of(make: Make, member: Person) -> Draft | None:
    return make.look(lambda: drafts.draft_of(member))


def claim(app: Flask, agent: Person) -> None:
    do(app, lambda: service.claim(db.session.get_one(Chat, 1), by=agent, at=now()))


def begun(browser: Client) -> None:
    assert browser.post("/chat", data=words()).location == "/chat"


def test_the_form_is_filled_from_the_account(agent: Person, browser: Client, member: Person) -> None:
    page = read(browser.get("/chat"))

    assert [page.value(name) for name in ("name", "member_ref", "email", "question")] == [
        "Claire Laurent", "778899", member.email, "",
    ]  # fmt: skip
    assert page.title == "Get support with live chat - Help Desk"


@pytest.mark.parametrize("language", languages.CODES)
def test_the_form_says_in_the_members_language_that_the_chat_is_in_english(
    agent: Person, make: Make, as_person, language: str
) -> None:
    said = Words(language)(
        "Please note, this feature is only available in English. If you request support in another language, "
        "our agent will respond, asking you to submit a ticket."
    )

    assert said in html.unescape(as_person(make.member(language=language)).get("/chat").text)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "Enter your name."),
        ({"email": "nobody"}, "Enter an email address in the correct format, like name@example.com."),
        ({"question": "   "}, "Enter your question."),
        ({"question": "x" * 4001}, "The message must be 4000 characters or fewer."),
    ],
)
def test_a_form_with_a_fault_keeps_everything_and_begins_nothing(
    agent: Person, browser: Client, make: Make, changed: dict[str, str], sentence: str
) -> None:
    sent = words(**changed)
    answer = browser.post("/chat", data=sent)
    page = read(answer)

    assert answer.status_code == 422
    assert page.problems == [sentence]
    assert [page.value(name) for name in sent] == [value.strip() for value in sent.values()]
    assert chats(make) == []


def test_a_double_click_is_one_chat_with_one_question(agent: Person, browser: Client, make: Make) -> None:
    sent = words()
    for _ in range(2):
        assert browser.post("/chat", data=sent).status_code == 303

    assert len(chats(make)) == 1
    assert texts(make) == [QUESTION]
    assert "You already have a chat" not in browser.get("/chat").text


def test_a_second_form_says_its_question_in_the_open_chat(agent: Person, browser: Client, make: Make) -> None:
    begun(browser)
    browser.post("/chat", data=words(question="Is anybody there?"))

    assert texts(make) == [QUESTION, "Is anybody there?"]
    assert read(browser.get("/chat")).said == "You already have a chat in another tab."


def test_nobody_there_is_said_and_what_was_typed_becomes_a_ticket(browser: Client, make: Make, member: Person) -> None:
    assert "No team member is available at the moment." in browser.get("/chat").text
    answer = browser.post("/chat", data=words(question="Français - Ma commande reste blanche depuis hier matin."))
    page = read(answer)
    assert answer.status_code == 422
    assert page.problems == []
    assert chats(make) == []

    there = browser.post("/chat/ticket", data={"question": page.value("question") or ""})

    draft = draft_of(make, member)
    assert draft is not None
    assert there.location == f"/technical-issues/new/{draft.submission}/d"
    assert (draft.language, draft.title) == ("fr", "Ma commande reste blanche depuis hier matin.")
    assert browser.post("/chat/ticket", data={"question": " "}).location == "/technical-issues/new"


def test_the_queue_page_is_a_sign_of_life(app: Flask, agent: Person, browser: Client, make: Make) -> None:
    begun(browser)
    long_ago = now() - timedelta(seconds=90)
    do(app, lambda: db.session.execute(update(Chat).values(seen_at=long_ago)))
    stranger = make.member()

    with app.test_client() as other:
        other.sign_in(stranger).get("/chat/1/status")
    assert chats(make)[0].seen_at == long_ago
    browser.get("/chat")

    assert chats(make)[0].seen_at > now() - timedelta(seconds=10)


def test_without_script_the_queue_asks_again_unless_somebody_is_writing(agent: Person, browser: Client) -> None:
    begun(browser)

    assert 'http-equiv="refresh"' in browser.get("/chat").text
    assert 'http-equiv="refresh"' not in browser.get("/chat?write=1").text
    said = browser.post("/chat/1/messages", data={"client_id": builders.token(), "body": "More"})
    assert said.location == "/chat?write=1#composer"


def test_a_message_by_form_is_said_once_and_a_wrong_one_keeps_its_text(
    agent: Person, browser: Client, make: Make
) -> None:
    begun(browser)
    line = {"client_id": builders.token(), "body": "See https://example.org/a?b=1&c=2."}
    for _ in range(2):
        assert browser.post("/chat/1/messages", data=line).status_code == 303
    assert texts(make) == [QUESTION, line["body"]]
    assert 'href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer nofollow"' in browser.get("/chat").text

    answer = browser.post("/chat/1/messages", data={"client_id": builders.token(), "body": "x" * 4001})

    assert answer.status_code == 422
    assert read(answer).value("body") == "x" * 4001
    assert texts(make) == [QUESTION, line["body"]]


def test_what_people_write_is_shown_and_never_run(agent: Person, browser: Client) -> None:
    browser.post("/chat", data=words(question="<img src=x onerror=alert(1)> javascript:alert(1) http://<b>"))

    text = browser.get("/chat").text

    assert "&lt;img src=x onerror=alert(1)&gt; javascript:alert(1) http://&lt;b&gt;" in text


def test_leaving_and_going_back_keeps_the_place(app: Flask, agent: Person, browser: Client, make: Make) -> None:
    begun(browser)
    assert browser.post("/chat/1/leave").location == "/chat#left-title"
    assert "You have left the queue." in browser.get("/chat").text
    assert browser.post("/chat/1/leave").status_code == 303, "pressed twice"

    browser.post("/chat/1/resume")

    assert chats(make)[0].state == "waiting"
    assert read(browser.get("/chat")).by_id("status").attributes["data-place"] == "1"


def test_a_ticket_instead_leaves_the_queue_and_holds_what_was_said(
    agent: Person, browser: Client, make: Make, member: Person
) -> None:
    begun(browser)

    there = browser.post("/chat/1/ticket", data={"unsent": "This did not get through."})

    draft = draft_of(make, member)
    assert draft is not None
    assert there.location == f"/technical-issues/new/{draft.submission}/d"
    assert draft.description == f"Claire Laurent: {QUESTION}\n\nClaire Laurent: This did not get through."
    assert (chats(make)[0].state, chats(make)[0].submission) == ("left", draft.submission)
    browser.post(f"/technical-issues/new/{draft.submission}/d")
    assert browser.post("/chat/1/ticket").location == "/technical-issues/1001", "it has become one"
    assert "Ticket no. 1001" in browser.get("/chat").text


def test_a_ticket_during_the_chat_leaves_the_chat_alone(app: Flask, agent: Person, browser: Client, make: Make) -> None:
    begun(browser)
    claim(app, agent)

    assert browser.post("/chat/1/ticket").status_code == 303
    assert chats(make)[0].state == "active"


def test_the_end_is_rated_once_it_has_come(app: Flask, agent: Person, browser: Client, make: Make) -> None:
    begun(browser)
    assert browser.post("/chat/1/rating", data={"rating": "5"}).status_code == 409
    claim(app, agent)
    assert browser.post("/chat/1/end").location == "/chat#ended-title"

    answer = browser.post("/chat/1/rating", data={"comment": "Quick & kind"})
    assert answer.status_code == 422
    assert read(answer).problems == ["Choose how it was."]
    assert read(answer).value("comment") == "Quick & kind"
    browser.post("/chat/1/rating", data={"rating": "4", "comment": "Quick & kind"})

    assert (chats(make)[0].rating, chats(make)[0].rating_comment) == (4, "Quick & kind")
    assert "Thank you for your answer." in browser.get("/chat").text


@pytest.mark.parametrize("path", ["messages", "leave", "resume", "end", "rating", "ticket"])
def test_a_strangers_chat_is_not_there(agent: Person, browser: Client, make: Make, as_person, path: str) -> None:
    begun(browser)
    stranger = as_person(make.member())

    answer = stranger.post(f"/chat/1/{path}", data={"client_id": builders.token(), "body": "Hi", "rating": "1"})
    missing = stranger.post(f"/chat/999/{path}", data={"client_id": builders.token(), "body": "Hi", "rating": "1"})

    assert answer.status_code == missing.status_code == 404
    assert texts(make) == [QUESTION]
    assert chats(make)[0].state == "waiting"
    assert stranger.get("/chat/1/status").status_code == 404


def test_the_status_is_replaced_only_when_something_has_changed(
    app: Flask, agent: Person, browser: Client, as_person, make: Make
) -> None:
    begun(browser)
    first = read(browser.get("/chat/1/status")).by_id("status").attributes["data-seen"]
    assert read(browser.get("/chat/1/status")).by_id("status").attributes["data-seen"] == first
    claim(app, agent)

    page = read(browser.get("/chat/1/status"))

    assert page.by_id("status").attributes["data-seen"] != first
    assert page.by_id("verbs").name == "div"
    assert "Alex" in page.by_id("status").text


def test_a_long_conversation_is_shown_whole(app: Flask, agent: Person, browser: Client, member: Person) -> None:
    begun(browser)

    def talk() -> None:
        for turn in range(messages.PAGE + 20):
            messages.store(1, f"Line {turn}", author_id=member.id, client_id=builders.token(), at=now())

    do(app, talk)

    text = browser.get("/chat").text
    assert "Line 0<" in text and f"Line {messages.PAGE + 19}<" in text
