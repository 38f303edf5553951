"""Saved replies through their doors: written once in up to four languages, inserted with what belongs into them."""

from collections.abc import Callable

import pytest

from helpdesk.accounts.person import Person
from helpdesk.desk.replies import queries
from tests import builders
from tests.chat.talking import chat_of
from tests.conftest import Client, Make
from tests.web.page import read

SignedIn = Callable[[Person], Client]
NO_ENGLISH = "Enter the English text: it is used where another language has none."


@pytest.fixture
def desk(as_person: SignedIn, make: Make) -> Client:
    return as_person(make.agent("maja", name="Maja"))


def texts(make: Make) -> dict[str, dict[str, str]]:
    def look() -> dict[str, dict[str, str]]:
        return {one.title: {code: text.body for code, text in one.texts.items()} for one in queries.all_replies()}

    return make.look(look)  # type: ignore[return-value]


def test_a_desk_begins_with_three_replies_in_every_language(desk: Client, make: Make) -> None:
    assert {title: sorted(variants) for title, variants in texts(make).items()} == {
        title: ["en", "es", "fr", "sv"] for title in ("Greeting", "Please submit a ticket", "Anything else?")
    }
    page = read(desk.get("/desk/replies"))
    assert "Please submit a ticket" in page.html and "is missing" not in page.html


def test_a_reply_is_written_changed_and_deleted(desk: Client, make: Make) -> None:
    answer = desk.post("/desk/replies/new", data={"title": "Cache", "en": "Clear your cache, {name}.", "sv": "Töm."})
    assert (answer.status_code, answer.location) == (303, "/desk/replies")
    assert texts(make)["Cache"] == {"en": "Clear your cache, {name}.", "sv": "Töm."}
    listed = read(desk.get("/desk/replies"))
    assert "The saved reply has been saved." in listed.said
    assert "Français is missing" in " ".join(listed.by_id("main").text.split())
    (address,) = [one.attributes["href"] for one in listed.all("a", class_="row-title") if one.text == "Cache"]

    assert read(desk.get(address)).value("title") == "Cache"
    desk.post(address, data={"title": "Cache", "en": "Clear it.", "fr": "Videz-le.", "sv": ""})
    assert texts(make)["Cache"] == {"en": "Clear it.", "fr": "Videz-le."}

    assert desk.post(f"{address}/removal").location == "/desk/replies"
    assert "Cache" not in texts(make)
    assert desk.get(address).status_code == 404


def test_a_text_that_is_older_than_the_english_says_so_until_it_is_changed_or_found_right(
    desk: Client, make: Make
) -> None:
    words = {"title": "Cache", "en": "Clear your cache.", "fr": "Videz le cache.", "sv": "Töm cacheminnet."}
    desk.post("/desk/replies/new", data=words)
    number = make.look(lambda: next(one.id for one in queries.all_replies() if one.title == "Cache"))

    def marked(**changes: str) -> tuple[list[str], list[str]]:
        """Which languages the list marks as older, and at which the reply's own page asks whether they are right."""
        if changes:
            assert desk.post(f"/desk/replies/{number}", data=words | changes).status_code == 303
        rows = read(desk.get("/desk/replies")).all("li", class_="code is-stale")
        asked = [one.attributes["name"] or "" for one in read(desk.get(f"/desk/replies/{number}")).all("input")]
        return [row.text[:2] for row in rows], [name for name in asked if name.endswith("_right")]

    assert marked() == ([], [])
    words["en"] = "Clear your cache, please."
    assert marked(title="Cache 2") == (["FR", "SV"], ["fr_right", "sv_right"])
    page = read(desk.get(f"/desk/replies/{number}")).html
    assert page.count("older than the English text") == 2 and page.count("is missing") == 1
    assert marked(title="Cache 3") == (["FR", "SV"], ["fr_right", "sv_right"]), "another title makes nothing right"
    assert marked(fr_right="y") == (["SV"], ["sv_right"])
    assert marked(sv="Töm cacheminnet, tack.") == ([], [])


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ({"title": "", "en": "Hello"}, "Enter a title."),
        ({"title": "T", "en": " "}, NO_ENGLISH),
        ({"title": "T", "en": "", "fr": "Bonjour"}, NO_ENGLISH),
        ({"title": "x" * 81, "en": "Hello"}, "The title must be 80 characters or fewer."),
        ({"title": "T", "en": "x" * 4001}, "The message must be 4000 characters or fewer."),
    ],
)  # fmt: skip
def test_a_reply_that_cannot_be_used_is_not_kept(desk: Client, make: Make, words: dict[str, str], problem: str) -> None:
    before = texts(make)
    for path in ("/desk/replies/new", "/desk/replies/1"):
        answer = desk.post(path, data=words)
        assert (answer.status_code, read(answer).problems) == (422, [problem])
        assert read(answer).value("title") == words["title"]
    assert texts(make) == before


@pytest.mark.parametrize("path", ["/desk/replies/99", "/desk/replies/0", "/desk/replies/99999999999"])
def test_a_reply_that_is_not_there_is_not_found(desk: Client, path: str) -> None:
    assert desk.get(path).status_code == 404
    assert desk.post(path, data={"title": "T", "en": "x"}).status_code == 404
    assert desk.post(f"{path}/removal").status_code == 404


def test_a_reply_is_offered_in_english_and_in_the_members_language(desk: Client, make: Make) -> None:
    member = make.member(name="Camille")
    chat = make.look(lambda: chat_of(member, "Bonjour, ma commande ne passe pas depuis ce matin.").id)
    desk.post(f"/desk/chats/{chat}/claim")
    page = read(desk.get(f"/desk/chats/{chat}"))
    assert [one.attributes["label"] for one in page.all("optgroup")] == ["English", "Français"]
    offered = [one.attributes["data-text"] or "" for one in page.all("option") if one.attributes.get("data-text")]
    assert "Hello Camille, my name is Maja. I am looking at your question now." in offered
    assert any(text.startswith("Bonjour Camille, je m’appelle Maja.") for text in offered)


def test_without_script_a_reply_goes_behind_what_is_written(desk: Client, make: Make) -> None:
    member = make.member(name="Ben")
    chat = make.look(lambda: chat_of(member).id)
    desk.post("/desk/replies/new", data={"title": "Odd", "en": "{name}, {who}, {agent}"})
    number = make.look(lambda: next(one.id for one in queries.all_replies() if one.title == "Odd"))
    desk.post(f"/desk/chats/{chat}/claim")
    words = {"body": "One moment.", "insert": "yes", "client_id": builders.token()}
    answer = desk.post(f"/desk/chats/{chat}/messages", data={**words, "reply": f"{number}.en"})
    assert answer.status_code == 200
    assert read(answer).by_id("body").text.strip() == "One moment.\nBen, {who}, Maja", "what is not known stays"
    for odd in ("", "x", "99.fr", f"{number}.xx", "9" * 12):
        answer = desk.post(f"/desk/chats/{chat}/messages", data={**words, "reply": odd})
        assert answer.status_code == 200 and "One moment." in read(answer).by_id("body").text
