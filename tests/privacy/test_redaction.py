"""A passage or a file is taken out of a conversation: everywhere it stands, search and a restored backup included."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.chat.models import Chat
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.files.models import StoredFile
from helpdesk.privacy import replaying, rounds
from helpdesk.privacy.erasing import service as erasing
from helpdesk.tickets.models import Ticket, TicketEvent, TicketMessage
from tests.conftest import Client, Make
from tests.finding import ids_found
from tests.privacy import canaries

SignIn = Callable[[Person], Client]


@pytest.fixture
def ada(app: Flask, make: Make) -> Person:
    person: Person = make.look(lambda: canaries.member("one"))
    kim: Person = make.agent("kim", name="Kim")
    make.look(lambda: canaries.leave_everywhere(app, person, kim, at=now(), who="one"))
    return person


@pytest.fixture
def kim(make: Make, ada: Person, as_person: SignIn) -> Client:
    return as_person(make.agent("noor", name="Noor"))


def test_a_passage_goes_from_the_ticket_and_the_search_and_the_history_says_who(
    app: Flask, kim: Client, ada: Person, make: Make, as_person: SignIn
) -> None:
    word, path = canaries.word("description"), "/desk/tickets/1001/removal"
    shown = kim.post(path, data={"passage": word})
    assert shown.status_code == 200 and "stands in 1 text" in shown.text
    assert make.look(lambda: ids_found(word)) == [1], "it is only asked for"

    assert kim.post(path, data={"passage": word, "confirmed": "yes"}).status_code == 303
    rounds.go_round(app, at=now())

    assert make.look(lambda: canaries.found_in_tables([word])) == []
    assert canaries.found_in_files(app.config["HELPDESK"].instance, [word]) == []
    assert make.look(lambda: ids_found(word)) == []
    assert make.look(lambda: ids_found(canaries.word("reply"))) == [1], "all else is found as before"
    day = f"{now():%Y-%m-%d}"
    for page in (kim.get("/desk/tickets/1001").text, as_person(ada).get("/technical-issues/1001").text):
        assert f"[Stycke borttaget {day}]" in page and "Noor removed a passage." in page


def test_a_file_goes_with_its_bytes_and_a_mark_stands_in_its_place(
    app: Flask, kim: Client, ada: Person, make: Make
) -> None:
    sent = select(StoredFile).where(StoredFile.message_id.is_not(None))
    file = make.look(lambda: db.session.scalars(sent).one())

    answer = kim.post("/desk/tickets/1001/removal", data={"files": file.token, "confirmed": "yes"})

    assert answer.status_code == 303
    assert make.look(lambda: db.session.scalars(sent).all()) == []
    wanted = [canaries.word("file"), canaries.word("filename")]
    rounds.go_round(app, at=now())
    assert canaries.found_in_files(app.config["HELPDESK"].instance, wanted) == []
    assert "[Fil borttagen" in kim.get("/desk/tickets/1001").text


def test_a_passage_goes_from_a_chat(app: Flask, kim: Client, ada: Person, make: Make) -> None:
    word, path = (
        canaries.word("chatsaid"),
        f"/desk/chats/{make.look(lambda: db.session.scalars(select(Chat.id)).one())}",
    )
    assert kim.post(f"{path}/removal", data={"passage": word, "confirmed": "yes"}).status_code == 303
    assert make.look(lambda: canaries.found_in_tables([word])) == []
    assert "[Passage removed on" in kim.get(path).text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"passage": "nowhere to be found"}, "stands nowhere here"),
        ({"passage": "x"}, "between 3 and 4000"),
        ({"passage": ""}, "between 3 and 4000"),
        ({"files": "0" * 32}, "Select at least one file"),
    ],
)
def test_what_is_not_there_is_refused_in_words(kim: Client, sent: dict[str, str], sentence: str) -> None:
    answer = kim.post("/desk/tickets/1001/removal", data={**sent, "confirmed": "yes"})
    assert answer.status_code == 422 and sentence in answer.text


def test_members_remove_nothing_and_a_foreign_file_stays(
    app: Flask, kim: Client, ada: Person, make: Make, as_person: SignIn
) -> None:
    assert as_person(ada).post("/desk/tickets/1001/removal", data={"passage": "zqx"}).status_code == 403
    token = make.look(lambda: db.session.scalars(select(StoredFile.token).where(StoredFile.message_id.is_(None))).one())
    assert kim.post("/desk/tickets/1001/removal", data={"files": token, "confirmed": "yes"}).status_code == 422


def test_what_was_removed_is_removed_again_from_an_older_state(
    app: Flask, kim: Client, ada: Person, make: Make
) -> None:
    word, path = canaries.word("description"), "/desk/tickets/1001/removal"
    before = make.look(lambda: db.session.get_one(Ticket, 1).title)
    for passage in (word[:12], word[12:], canaries.word("title")):
        kim.post(path, data={"passage": passage, "confirmed": "yes"})
    after = kim.get("/desk/tickets/1001").text
    assert word not in after and before not in after
    make.change(_as_it_was)
    assert word in kim.get("/desk/tickets/1001").text

    make.change(lambda: replaying.replay(at=now()))
    make.change(lambda: replaying.replay(at=now()))
    rounds.scrub(app, now())

    again = make.look(lambda: canaries.found_in_tables([word[:12], word[12:], canaries.word("title")]))
    assert again == [] and make.look(lambda: ids_found(word)) == []


def _as_it_was() -> None:
    ticket = db.session.get_one(Ticket, 1)
    ticket.title = canaries.word("title")
    first = select(TicketMessage).where(TicketMessage.ticket_id == 1, TicketMessage.kind == "description")
    db.session.scalars(first).one().body = canaries.word("description")


def test_the_history_never_holds_what_it_was(kim: Client, make: Make) -> None:
    kim.post("/desk/tickets/1001/removal", data={"passage": canaries.word("reply"), "confirmed": "yes"})
    event = make.look(
        lambda: db.session.scalars(select(TicketEvent).where(TicketEvent.what == "passage_removed")).one()
    )
    assert (event.detail, event.about_id) == (None, None)


def test_no_piece_of_a_page_that_is_kept_in_memory_holds_what_was_removed(
    app: Flask, kim: Client, ada: Person, make: Make
) -> None:
    def kept(word: str) -> bool:
        kim.get("/desk/tickets?status=any")  # what the list shows now is kept again
        return any(word in text for text in app.extensions["pieces"].made_of)

    word = canaries.word("title")
    assert kept(word), "the search itself finds something"

    assert kim.post("/desk/tickets/1001/removal", data={"passage": word, "confirmed": "yes"}).status_code == 303
    assert not kept(word)

    name = canaries.word("name")
    assert kept(name)
    make.change(lambda: erasing.ask(db.session.get_one(User, ada.id), by=ada, at=now(), at_once=True))
    rounds.go_round(app, at=now())
    assert not kept(name)
