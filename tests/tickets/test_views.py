"""A member's tickets through their doors: what they can do, what they cannot, and that strangers see nothing at all."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.files.models import StoredFile
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket, TicketMessage
from tests import builders
from tests.builders import NOON
from tests.conftest import Client, Make
from tests.web.page import read

SignedIn = Callable[[Person], Client]
LIST = "/technical-issues"
PAGE = f"{LIST}/1001"


@pytest.fixture
def anna(make: Make) -> Person:
    return make.member("anna")


@pytest.fixture
def team(make: Make) -> Person:
    return make.agent("maja", name="Maja")


@pytest.fixture
def tab(as_person: SignedIn, anna: Person) -> Client:
    return as_person(anna)


def write(tab: Client, verb: str = "reply", body: str = "Here it is.", *, path: str = PAGE, **options: object):
    words = {"body": body, "verb": verb, "submission": builders.token(), **dict(options.pop("data", {}))}
    opening = tab.fragment if options.pop("fragment", False) else tab.open
    return opening(f"{path}/messages", method="POST", data=words, **options)


def state(make: Make, number: int = 1001) -> str:
    return str(make.look(lambda: db.session.get_one(Ticket, number - 1000).status))


def bodies(make: Make) -> list[str]:
    rows = select(TicketMessage.body).order_by(TicketMessage.id)
    return list(make.look(lambda: db.session.scalars(rows).all()))[1:]  # type: ignore[call-overload]


def write_note(make: Make, ticket_id: int, team: Person, body: str = "Only for the team.") -> None:
    def note() -> None:
        intend_to_write()
        row = db.session.get_one(Ticket, ticket_id)
        service.add_note(row, body, submission=builders.token(), by=team, at=now())
        db.session.commit()

    make.look(note)


# --- The lists ---


def test_the_page_has_the_three_lists_with_their_counts(tab: Client, make: Make, anna: Person, team: Person) -> None:
    make.ticket(anna, title="First")
    make.awaiting(anna, team, title="Second", language="sv")
    make.closed(anna, team, title="Third", language="fr")
    make.ticket(make.member(), title="Foreign")

    page = read(tab.get(LIST))

    assert page.heading == "My Technical Issues"
    shown = {path: page.by_id(path).text for path in ("awaiting", "open", "closed")}
    assert "Svenska - Second" in shown["awaiting"]
    assert "English - First" in shown["open"]
    assert "Français - Third" in shown["closed"]
    assert "Foreign" not in page.html
    assert [one.text for one in page.all("span", class_="count")] == ["1", "1", "1"]


def test_empty_lists_say_so(tab: Client) -> None:
    text = read(tab.get(LIST)).all("main")[0].text
    for sentence in ("Nothing is waiting for you.", "You have no open tickets.", "You have no closed tickets yet."):
        assert sentence in text


def test_lists_that_have_not_changed_are_not_sent_again(tab: Client, make: Make, anna: Person) -> None:
    make.ticket(anna)
    address = read(tab.get(LIST)).by_id("sections").attributes["hx-get"] or ""
    assert "seen=" in address

    same = tab.fragment(address)
    assert (same.status_code, same.text) == (204, "")

    make.ticket(anna, title="Another")
    fresh = tab.fragment(address)
    assert fresh.status_code == 200
    assert not read(fresh).is_whole
    assert "Another" in fresh.text
    assert tab.get(address).status_code == 200, "a browser that asks by itself gets the page"


def test_a_note_of_the_team_is_no_change_of_the_lists(tab: Client, make: Make, anna: Person, team: Person) -> None:
    ticket = make.ticket(anna)
    address = read(tab.get(LIST)).by_id("sections").attributes["hx-get"] or ""
    write_note(make, ticket.id, team)
    assert tab.fragment(address).status_code == 204


def test_a_long_list_has_pages_there_and_back(tab: Client, make: Make, anna: Person) -> None:
    for place in range(23):
        make.ticket(anna, title=f"Number {place:02}", at=NOON + timedelta(minutes=place))
    seen: list[list[str]] = []
    address: str | None = f"{LIST}/open"
    while address:
        answer = tab.get(address)
        seen.append(re.findall(r"Number (\d\d)", answer.text))
        older = pages_of(answer, "older")
        address = older[0] if older else None

    assert [len(rows) for rows in seen] == [10, 10, 3]
    assert [row for rows in seen for row in rows] == [f"{place:02}" for place in reversed(range(23))]
    assert "Page 3 of 3" in answer.text
    assert re.findall(r"Number (\d\d)", tab.get(pages_of(answer, "newer")[0]).text) == seen[1]


def pages_of(answer: TestResponse, direction: str) -> list[str]:
    """Where a list's own links lead; the links of the languages keep the page too."""
    links = [link.attributes.get("href") or "" for link in read(answer).all("a")]
    return [link for link in links if f"page={direction}" in link and "lang=" not in link]


def test_searching_a_list_shows_what_is_found(tab: Client, make: Make, anna: Person) -> None:
    for place in range(11):
        make.ticket(anna, title=f"Ticket {place}")
    make.ticket(anna, title="La résolution")

    page = read(tab.get(f"{LIST}/open?q=resolution"))
    assert "La résolution" in page.html and "Ticket 3" not in page.html
    assert page.value("q") == "resolution"
    nothing = read(tab.get(f"{LIST}/open", query_string={"q": "<b>nothing</b>"}))
    assert "No tickets found." in nothing.html
    assert "<b>nothing" not in nothing.html
    assert not read(tab.fragment(f"{LIST}/open?q=resolution")).is_whole


@pytest.mark.parametrize("query", ["page=x", "page=older.1.2.3", "page=newer.0.0.0", "q=%22", "q=*", "q=" + "a" * 9000])
def test_an_odd_address_of_a_list_is_still_a_list(tab: Client, make: Make, anna: Person, query: str) -> None:
    make.ticket(anna)
    assert tab.get(f"{LIST}/open?{query}").status_code == 200


def test_a_list_that_does_not_exist_is_not_found(tab: Client) -> None:
    for path in ("waiting", "all", "OPEN", "open/1"):
        assert tab.get(f"{LIST}/{path}").status_code == 404


# --- One ticket ---


def test_a_ticket_shows_its_conversation_and_nothing_of_the_team(
    tab: Client, make: Make, anna: Person, team: Person
) -> None:
    ticket = make.awaiting(anna, team, "Which browser?", title="Empty page", language="sv")
    write_note(make, ticket.id, team)

    page = read(tab.get(PAGE))

    assert page.heading == "Svenska - Empty page"
    assert page.title == "Svenska - Empty page - Help Desk"
    assert page.all("h1")[0].attributes["lang"] == "sv"
    assert "Which browser?" in page.by_id("thread").text
    assert "Only for the team." not in page.html
    assert "internal note" not in page.html.lower()


def test_a_reply_is_in_the_thread(tab: Client, make: Make, anna: Person) -> None:
    make.ticket(anna)

    answer = write(tab, body="One\r\ntwo <i>three</i>")

    assert (answer.status_code, answer.location) == (303, PAGE)
    page = read(tab.get(PAGE))
    assert page.said == "Your reply has been sent."
    assert "One\ntwo <i>three</i>" in page.by_id("thread").text
    assert page.value("body") == ""


def test_the_same_form_twice_is_one_reply(tab: Client, make: Make, anna: Person) -> None:
    make.ticket(anna)
    token = builders.token()
    for _ in range(3):
        assert write(tab, data={"submission": token}).status_code == 303
    assert bodies(make) == ["Here it is."]


def test_a_reply_with_a_file_goes_in_one_form(tab: Client, make: Make, anna: Person) -> None:
    make.ticket(anna)

    answer = write(tab, data={"files": (builders.picture(), "screen.png")})

    assert answer.status_code == 303
    page = tab.get(PAGE).text
    address = re.search(r'"(/technical-issues/1001/files/[0-9a-f]{32}/thumb)"', page)
    assert "screen.png" in page and address
    picture = tab.get(address[1])
    assert (picture.status_code, picture.mimetype) == (200, "image/png")
    picture.close()


def test_a_file_that_cannot_be_taken_keeps_the_reply(tab: Client, make: Make, anna: Person) -> None:
    make.ticket(anna)

    answer = write(tab, body="See the file.", data={"files": (builders.picture(), "evil.svg")})

    page = read(answer)
    assert answer.status_code == 422
    assert "evil.svg" in page.problems[0]
    assert page.value("body") == "See the file."
    assert bodies(make) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"body": ""}, "Enter a message."),
        ({"body": " \r\n\t "}, "Enter a message."),
        ({"body": "x" * 10_001}, "The message must be"),
        ({"submission": ""}, "The form has expired"),
        ({"submission": "not a token"}, "The form has expired"),
        ({"verb": "note"}, "What you sent cannot be used"),
        ({"verb": "request_information"}, "What you sent cannot be used"),
        ({"verb": "assign"}, "What you sent cannot be used"),
        ({"verb": ""}, "What you sent cannot be used"),
    ],
)
def test_a_reply_that_cannot_be_is_refused_and_kept(
    tab: Client, make: Make, anna: Person, words: dict[str, str], sentence: str
) -> None:
    make.ticket(anna)

    answer = write(tab, data=words)

    page = read(answer)
    assert answer.status_code == 422
    assert page.title.startswith("Error:")
    assert sentence in page.html
    assert page.value("body") == words.get("body", "Here it is.").strip()
    assert (bodies(make), state(make)) == ([], "open")
    token = page.value("submission") or ""
    assert re.fullmatch(r"[0-9a-f]{32}", token), "the form can be sent again"


def test_a_reply_answers_a_request(tab: Client, make: Make, anna: Person, team: Person) -> None:
    make.awaiting(anna, team)
    write(tab)
    assert state(make) == "open"


def test_closing_asks_first(tab: Client, make: Make, anna: Person) -> None:
    make.ticket(anna)
    page = read(tab.get(f"{PAGE}/closure"))
    assert page.heading == "Close this ticket?"
    assert state(make) == "open"

    answer = tab.post(f"{PAGE}/closure")

    assert (answer.status_code, answer.location) == (303, PAGE)
    assert state(make) == "closed"
    assert read(tab.get(PAGE)).said == "The ticket has been closed."


def test_a_second_click_on_close_is_no_fault(tab: Client, make: Make, anna: Person) -> None:
    make.ticket(anna)
    assert [tab.post(f"{PAGE}/closure").status_code for _ in range(2)] == [303, 303]
    assert make.look(lambda: db.session.get_one(Ticket, 1).last_seq) == 3
    assert tab.get(f"{PAGE}/closure").status_code == 409


def test_a_closed_ticket_reopens_with_a_reply(tab: Client, make: Make, anna: Person, team: Person) -> None:
    make.closed(anna, team)
    assert "Reply to reopen it." in tab.get(PAGE).text

    write(tab)

    assert state(make) == "open"
    assert read(tab.get(PAGE)).said == "The ticket has been reopened."


def test_after_the_reopening_time_a_reply_is_refused_with_a_way_out(
    tab: Client, make: Make, anna: Person, team: Person
) -> None:
    make.closed(anna, team, closed_at=now() - timedelta(days=31))
    page = tab.get(PAGE).text
    assert "closed more than 30 days ago" in page
    assert "/technical-issues/new?follows=1001" in page

    answer = write(tab)

    assert answer.status_code == 409
    assert "Submit a follow-up ticket instead." in answer.text
    assert "Here it is." in answer.text, "what was written is not lost"
    assert (state(make), bodies(make)) == ("closed", [])


def test_thanks_leave_a_ticket_closed(tab: Client, make: Make, anna: Person, team: Person) -> None:
    make.closed(anna, team, closed_at=now() - timedelta(days=31))

    assert write(tab, "thank", "Great!").status_code == 303

    assert (state(make), bodies(make)) == ("closed", ["Great!"])
    assert read(tab.get(PAGE)).said == "Thank you. The ticket stays closed."


def test_thanks_for_an_open_ticket_are_refused_and_kept(tab: Client, make: Make, anna: Person) -> None:
    make.ticket(anna)
    answer = write(tab, "thank", "Great!")
    assert answer.status_code == 409
    assert "Great!" in answer.text
    assert bodies(make) == []


def test_with_script_a_reply_answers_with_the_ticket_only(tab: Client, make: Make, anna: Person) -> None:
    make.ticket(anna)

    wrong = write(tab, body="", fragment=True)
    assert wrong.status_code == 422
    assert not read(wrong).is_whole and read(wrong).by_id("ticket")
    sent = write(tab, fragment=True)
    assert sent.status_code == 303

    page = read(tab.fragment(PAGE))
    assert not page.is_whole
    assert "Here it is." in page.by_id("thread").text
    assert read(tab.get(PAGE, headers={"HX-Request": "true", "HX-Request-Type": "full"})).is_whole


def test_a_thread_that_has_not_changed_is_not_sent_again(tab: Client, make: Make, anna: Person, team: Person) -> None:
    ticket = make.ticket(anna)
    address = read(tab.get(PAGE)).by_id("thread").attributes["hx-get"] or ""
    assert tab.fragment(address).status_code == 204

    write(tab)

    fresh = tab.fragment(address)
    assert fresh.status_code == 200 and "Here it is." in fresh.text
    write_note(make, ticket.id, team)
    assert "Only for the team." not in tab.fragment(address).text
    plain = tab.get(address)
    assert (plain.status_code, plain.location) == (303, PAGE)


# --- Strangers ---


def addresses(number: int, token: str) -> list[tuple[str, str]]:
    page = f"{LIST}/{number}"
    return [
        ("GET", page), ("GET", f"{page}/messages"), ("POST", f"{page}/messages"), ("GET", f"{page}/closure"),
        ("POST", f"{page}/closure"), ("GET", f"{page}/files/{token}/original"), ("GET", f"{page}/files/{token}/view"),
        ("GET", f"{page}/files/{token}/thumb"), ("GET", f"{LIST}/new?follows={number}"),
    ]  # fmt: skip


def without_address(html: str, number: int, token: str) -> str:
    """A page without its own address and its secrets: what is left must not tell anything."""
    html = html.replace(token, "TOKEN").replace(str(number), "NUMBER")
    return re.sub(r"(csrf_token\" value=\"|X-CSRFToken[^:]*: \W*)[\w.\-]+", r"\1", html)


@pytest.mark.parametrize("fragment", [False, True])
def test_a_foreign_ticket_and_a_missing_one_are_the_same_to_the_byte(
    make: Make, as_person: SignedIn, anna: Person, tab: Client, fragment: bool
) -> None:
    make.ticket(anna)
    write(tab, data={"files": (builders.picture(), "screen.png")})
    token = str(make.look(lambda: db.session.scalar(select(StoredFile.token))))
    stranger = as_person(make.member("stranger"))
    assert stranger.get(LIST).status_code == 200, "this stranger may have tickets of their own"
    assert tab.get(PAGE).status_code == 200, "and this ticket is there"
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"} if fragment else {}
    words = {"body": "Hello", "verb": "reply", "submission": builders.token()}

    for (method, foreign), (_, missing) in zip(addresses(1001, token), addresses(2002, "0" * 32), strict=True):
        data = {"data": words} if method == "POST" else {}
        theirs = stranger.open(foreign, method=method, headers=headers, **data)
        nobodys = stranger.open(missing, method=method, headers=headers, **data)
        assert (theirs.status_code, nobodys.status_code) == (404, 404), foreign
        assert without_address(theirs.text, 1001, token) == without_address(nobodys.text, 2002, "0" * 32), foreign
        assert same_headers(theirs) == same_headers(nobodys), foreign
    assert (state(make), bodies(make)) == ("open", ["Here it is."])


def same_headers(answer) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in {"Set-Cookie", "Content-Length"}}


def test_a_file_is_only_reached_through_its_own_ticket(tab: Client, make: Make, anna: Person) -> None:
    make.ticket(anna)
    make.ticket(anna)
    write(tab, data={"files": (builders.picture(), "screen.png")})
    token = make.look(lambda: db.session.scalar(select(StoredFile.token)))

    own = tab.get(f"{PAGE}/files/{token}/view")
    assert own.status_code == 200
    own.close()
    assert tab.get(f"{LIST}/1002/files/{token}/view").status_code == 404
    for variant in ("full", "", "..", "VIEW", "original/x"):
        assert tab.get(f"{PAGE}/files/{token}/{variant}").status_code == 404


def test_the_file_of_a_note_is_not_there_for_the_member(
    tab: Client, make: Make, anna: Person, team: Person, as_person: SignedIn
) -> None:
    make.ticket(anna)
    agent = as_person(team)
    words = {"body": "Look", "verb": "note", "submission": builders.token(), "files": (builders.picture(), "a.png")}
    assert agent.post("/desk/tickets/1001/messages", data=words).status_code == 303
    token = make.look(lambda: db.session.scalar(select(StoredFile.token)))
    shown = agent.get(f"/desk/tickets/1001/files/{token}/view")
    assert shown.status_code == 200
    shown.close()

    assert tab.get(f"{PAGE}/files/{token}/view").status_code == 404
    assert token not in tab.get(PAGE).text and "a.png" not in tab.get(PAGE).text


NO_NUMBERS = [
    "0", "-1", "1e0", "01001", "1001.0", "true", "9" * 10, "9" * 30, "%00", "１００１", "1001%00", "1001 ", "+1001",
    "1",     "1000", "0x3e9", "1001/..", "[1001]", "%F0%9F%99%82", "1001;1", "null",
]  # fmt: skip


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_a_number_that_is_none_is_not_found(tab: Client, make: Make, anna: Person, number: str) -> None:
    make.ticket(anna)
    assert tab.get(f"{LIST}/{number}").status_code in {400, 404}
    assert tab.post(f"{LIST}/{number}/closure").status_code in {400, 404}
    assert state(make) == "open"


# --- Ranks ---


def test_below_the_rank_every_address_shows_the_start_page(make: Make, as_person: SignedIn) -> None:
    alice = make.member("alice", name="Alice", rank="Premier", language="fr")
    make.ticket(alice)
    low = as_person(alice)

    for method, address in [("GET", LIST), ("GET", f"{LIST}/open"), ("GET", "/chat"), *addresses(1001, "0" * 32)]:
        answer = low.open(address, method=method)
        page = read(answer)
        assert answer.status_code == 403, address
        assert (page.language, page.heading) == ("fr", "Bonjour Alice"), address
        assert "au niveau Silver" in page.html or "Silver" in page.html
        links = [link.attributes.get("href") or "" for link in page.all("a")]
        assert not [link for link in links if link.startswith((LIST, "/chat")) and "lang=" not in link], address


def test_a_change_of_rank_counts_from_the_next_request_on(make: Make, as_person: SignedIn, anna: Person) -> None:
    make.ticket(anna)
    tab = as_person(anna)
    for rank, status in (
        ("Gold", 200),
        ("Premier", 403),
        ("Silver", 200),
        (None, 403),
        ("Copper", 403),
        ("Elite", 403),
    ):

        def change(rank: str | None = rank) -> None:
            intend_to_write()
            db.session.execute(update(User).where(User.id == anna.id).values(rank=rank))
            db.session.commit()

        make.look(change)
        assert tab.get(PAGE).status_code == status, rank
        assert write(tab).status_code == {200: 303}.get(status, status)
    assert bodies(make) == ["Here it is."] * 2


def test_below_the_rank_a_fragment_is_not_a_whole_page(make: Make, as_person: SignedIn) -> None:
    low = as_person(make.member(rank="Premier"))
    answer = low.fragment(LIST)
    assert answer.status_code == 403
    assert not read(answer).is_whole
    assert "Silver" in answer.text


def test_agents_have_the_desk_and_not_the_members_pages(make: Make, as_person: SignedIn, anna: Person) -> None:
    make.ticket(anna)
    for agent in (as_person(make.agent()), as_person(make.admin())):
        for method, address in [("GET", LIST), *addresses(1001, "0" * 32)]:
            assert agent.open(address, method=method).status_code == 403, address
    assert make.look(lambda: db.session.scalar(select(func.count()).select_from(TicketMessage))) == 1
