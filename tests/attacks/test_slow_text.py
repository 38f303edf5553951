"""T48: text that makes a careless reader slow goes through everything that reads people's words, in no time."""

import io
import time
from collections.abc import Callable

import pytest

from helpdesk import languages
from helpdesk.accounts import directory, finding, throttle
from helpdesk.chat import detect
from helpdesk.desk.lists import snippets
from helpdesk.files import policy
from helpdesk.reports import spreadsheet
from helpdesk.tickets import search, teamwork
from helpdesk.web import forms, fragments, links, numbers
from tests.conftest import Client

# As long as the longest description.
SIGNS = 10_000
MOST_SECONDS = 0.2  # of this thread alone, on a slow machine: what is quadratic takes seconds
PIECES = (
    "<", "(", "[", " ", "\t", "\n", ".", "a@", "a.", "-", "'", '"', "\\", "/", "//", "&#0", "http://", "https://a.",
    "http://a(", "www.", "français - ", "Svenska -", "English", "1", "=", "+;", "\u200b", "e\u0301", "🙂", "{", "%",
    "_", "A ", "ÅÄ", "@a", "@", "mon-fri ", "a-", "a ",
)  # fmt: skip
READERS: dict[str, Callable[[str], object]] = {
    "links": links.linked,
    "words of a search": search.fold,
    "a search": search.phrases,
    "a title's language": languages.without_prefix,
    "a file's name": policy.display_name,
    "a cell": spreadsheet.safe,
    "an address to go on to": fragments.local_path,
    "parts of an address": fragments.split_address,
    "a number": numbers.typed_number,
    "a username": directory.username_key,
    "a source": throttle.network,
    "one line": forms.one_line,
    "several lines": forms.many_lines,
    "who is called in a note": lambda text: teamwork.called(text, []),
    "what a person is found by": lambda text: finding.words_of(text, [text]),
    "where a search has found it": lambda text: snippets.Finder('"a a b" a http').piece(text),
    "a search for it": lambda text: snippets.Finder(text).piece(text),
    "a chat's language": detect.detect,
}
# In front and behind, so that what is looked for begins and then does not end.
ENDS = (("", "!"), ("http://a", "x"))


@pytest.mark.parametrize("reader", READERS)
def test_no_text_takes_long(reader: str) -> None:
    """T48: each reader with each piece, again and again until the field is full."""
    slow, read = {}, READERS[reader]
    read("warm up")
    for piece in PIECES:
        for before, behind in ENDS:
            words = before + (piece * SIGNS)[:SIGNS] + behind
            begun = time.thread_time()
            read(words)
            taken = time.thread_time() - begun
            if taken > MOST_SECONDS:
                slow[before + piece + "…" + behind] = round(taken, 3)
    assert slow == {}


# Each sign has to be sorted before all those in front of it: half a million, as many as a form takes, stop everybody
# for minutes. No language puts more than a few signs on a letter.
ENDLESS = "e" + "\u0301\u0323" * 60_000


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/sign-in", {"username": ENDLESS, "password": "x"}),
        ("/sign-in", {"username": "a", "password": ENDLESS}),
        ("/set-password/" + "a" * 43, {"new_password": ENDLESS}),
        ("/sign-in", {"files": (io.BytesIO(b"x"), ENDLESS[:20_000] + ".txt")}),
    ],
    ids=["username", "password", "new password", "file name"],
)
def test_a_letter_with_signs_without_end_is_refused_at_once(client: Client, path: str, data: dict[str, object]) -> None:
    """T48: nobody needs to be signed in for it."""
    client.get("/sign-in")
    begun = time.thread_time()
    answer = client.post(path, data=data)
    assert answer.status_code == 400
    assert time.thread_time() - begun < 1


@pytest.mark.parametrize("name", ["Zo\u0308e\u0301", "ฐื่อ", "Nguye\u0302\u0303n", "क्षि", "e" + "\u0301\u0323" * 15])
def test_signs_on_letters_as_people_write_them_are_taken(client: Client, name: str) -> None:
    """T48: the refusal beside it is for nobody's language."""
    client.get("/sign-in")
    assert client.post("/sign-in", data={"username": name, "password": "not this one"}).status_code == 422
