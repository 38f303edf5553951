"""The steps A to D through their doors, without script: what is kept, what is refused, and that none can be skipped."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.files.models import StoredFile
from helpdesk.submission.models import Draft
from helpdesk.tickets.models import Ticket, TicketMessage
from tests import builders
from tests.conftest import Client, Make
from tests.web.page import read

SignedIn = Callable[[Person], Client]
NEW = "/technical-issues/new"
TITLE = {"language": "fr", "title": "Le panier est vide"}
TEXT = {"description": "Rien ne s’affiche."}


@pytest.fixture
def anna(make: Make) -> Person:
    return make.member("anna")


@pytest.fixture
def tab(as_person: SignedIn, anna: Person) -> Client:
    return as_person(anna)


def begin(tab: Client) -> str:
    """Begins a draft and gives the address of its steps."""
    answer = tab.get(NEW)
    assert answer.status_code == 302
    return answer.location.rsplit("/", 1)[0]


def fill(tab: Client) -> str:
    base = begin(tab)
    assert tab.post(f"{base}/a", data=TITLE).location == f"{base}/b"
    assert tab.post(f"{base}/b", data=TEXT).location == f"{base}/c"
    return base


def count(make: Make, model: type) -> int:
    return int(make.look(lambda: db.session.scalar(select(func.count()).select_from(model))))  # type: ignore[call-overload]


HEADINGS = {
    "a": "A. Ticket title", "b": "B. Detailed description of the problem", "c": "C. Upload files (optional)",
    "d": "D. Submit the technical issue",
}  # fmt: skip


def test_a_member_goes_from_a_to_d_and_has_a_ticket(tab: Client, make: Make) -> None:
    base = begin(tab)
    assert re.fullmatch(NEW + "/[0-9a-f]{32}", base)
    steps = [("a", TITLE), ("b", TEXT), ("c", None), ("d", {})]

    for letter, words in steps:
        page = read(tab.get(f"{base}/{letter}"))
        assert page.heading == HEADINGS[letter]
        assert page.title == f"{HEADINGS[letter].removesuffix(' (optional)')} - Help Desk"
        assert f"Step {'abcd'.index(letter) + 1} of 4" in page.all("main")[0].text
        if words is not None:
            answer = tab.post(f"{base}/{letter}", data=words)
            assert answer.status_code == 303

    assert answer.location == f"{base}/submitted"
    page = read(tab.get(answer.location))
    assert page.heading == "Ticket submitted"
    assert "Your ticket number is 1001." in page.all("main")[0].text
    assert "Français - Le panier est vide" in page.all("main")[0].text
    assert read(tab.get("/technical-issues/1001")).heading == "Français - Le panier est vide"
    assert count(make, Draft) == 0


def test_the_last_step_shows_every_answer(tab: Client) -> None:
    base = fill(tab)
    page = read(tab.get(f"{base}/d")).all("main")[0].text
    for words in ("Français - Le panier est vide", TEXT["description"], "Not provided"):
        assert words in page


@pytest.mark.parametrize("step", "abcd")
def test_a_new_draft_starts_at_a_whatever_was_asked_for(tab: Client, step: str) -> None:
    base = begin(tab)
    answer = tab.get(f"{base}/{step}")
    if step == "a":
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.location) == (302, f"{base}/a")


def test_no_step_can_be_skipped(tab: Client, make: Make) -> None:
    base = begin(tab)
    assert tab.post(f"{base}/d").location == f"{base}/a"

    tab.post(f"{base}/a", data=TITLE)
    for step in "cd":
        assert tab.get(f"{base}/{step}").location == f"{base}/b"
    assert tab.post(f"{base}/d").location == f"{base}/b"

    assert count(make, Ticket) == 0


WRONG_TITLES = [
    ({"language": "fr", "title": ""}, ["Enter a title."]),
    ({"language": "fr", "title": " \t "}, ["Enter a title."]),
    ({"language": "fr", "title": "Français - "}, ["Enter a title."]),
    ({"language": "fr", "title": "x" * 121}, ["The title must be 120 characters or fewer."]),
    ({"language": "", "title": "Fine"}, ["Choose the language of the ticket."]),
    ({"language": "de", "title": "Fine"}, ["Choose the language of the ticket."]),
    ({"title": ""}, ["Choose the language of the ticket.", "Enter a title."]),
]


@pytest.mark.parametrize(("words", "problems"), WRONG_TITLES)
def test_a_title_that_cannot_be_is_refused_and_kept_in_its_field(
    tab: Client, make: Make, words: dict[str, str], problems: list[str]
) -> None:
    base = begin(tab)

    answer = tab.post(f"{base}/a", data=words)

    page = read(answer)
    assert (answer.status_code, page.problems) == (422, problems)
    assert page.title.startswith("Error: A. Ticket title")
    if words["title"].startswith(("x", "Fine")):
        assert page.value("title") == words["title"]
    assert make.look(lambda: db.session.scalar(select(Draft.title))) == ""


@pytest.mark.parametrize(
    ("description", "sentence"),
    [("", "Describe the problem."), (" \n ", "Describe the problem."), ("x" * 10_001, "The description must be 10")],
)
def test_a_description_that_cannot_be_is_refused_and_kept_in_its_field(
    tab: Client, description: str, sentence: str
) -> None:
    base = begin(tab)
    tab.post(f"{base}/a", data=TITLE)

    answer = tab.post(f"{base}/b", data={"description": description})

    page = read(answer)
    assert answer.status_code == 422
    assert page.problems[0].startswith(sentence)
    assert page.value("description") == description.strip()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Français - Le panier est vide", "Le panier est vide"),
        ("FRANCAIS : Le panier", "Le panier"),
        ("English - Français - Le panier", "Le panier"),
        ("  Le   panier\t est\u202e vide ", "Le panier est vide"),
        ("x" * 120, "x" * 120),
        ("Français - " + "x" * 120, "x" * 120),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("{{ 7 * 7 }} {% raw %} ${7}", "{{ 7 * 7 }} {% raw %} ${7}"),
    ],
)
def test_a_title_is_kept_without_its_prefix_and_shown_with_it_once(
    tab: Client, make: Make, typed: str, kept: str
) -> None:
    base = begin(tab)
    assert tab.post(f"{base}/a", data={"language": "fr", "title": typed}).status_code == 303
    tab.post(f"{base}/b", data=TEXT)

    assert make.look(lambda: db.session.scalar(select(Draft.title))) == kept
    assert read(tab.get(f"{base}/a")).value("title") == kept
    page = tab.get(f"{base}/d")
    assert f"Français - {kept}" in read(page).all("dl")[0].text
    assert "<script>alert" not in page.text and "49" not in read(page).all("dl")[0].text
    tab.post(f"{base}/d")
    assert read(tab.get("/technical-issues/1001")).heading == f"Français - {kept}"


def test_a_description_keeps_its_lines_and_is_shown_as_it_was_typed(tab: Client) -> None:
    base = begin(tab)
    tab.post(f"{base}/a", data=TITLE)
    tab.post(f"{base}/b", data={"description": "\r\n one\r\ntwo\x07\r three <b>&amp;</b>\n\n"})
    assert read(tab.get(f"{base}/b")).value("description") == "one\ntwo\n three <b>&amp;</b>"


@pytest.mark.parametrize("step", "ab")
def test_who_came_to_change_one_answer_goes_back_to_the_last_step(tab: Client, step: str) -> None:
    base = fill(tab)
    page = read(tab.get(f"{base}/d"))
    links = [link.attributes["href"] for link in page.all("a") if "checking=1" in (link.attributes["href"] or "")]
    assert links == [f"{base}/{letter}?checking=1" for letter in "abc"]

    page = read(tab.get(f"{base}/{step}?checking=1"))
    action = next(form.attributes["action"] for form in page.all("form", id="step-form"))
    wrong = tab.post(action, data={"title": "", "description": ""})
    assert wrong.status_code == 422
    assert read(wrong).all("form", id="step-form")[0].attributes["action"] == action
    answer = tab.post(action, data=TITLE if step == "a" else TEXT)

    assert answer.location == f"{base}/d"


def test_submitting_twice_is_one_ticket(tab: Client, make: Make) -> None:
    base = fill(tab)
    answers = [tab.post(f"{base}/d") for _ in range(3)]

    assert [answer.location for answer in answers] == [f"{base}/submitted"] * 3
    assert count(make, Ticket) == 1


def test_back_after_submitting_leads_to_the_ticket(tab: Client, make: Make) -> None:
    base = fill(tab)
    tab.post(f"{base}/d")
    for step in "abcd":
        assert tab.get(f"{base}/{step}").location == f"{base}/submitted"
    for step in "ab":
        assert tab.post(f"{base}/{step}", data={**TITLE, **TEXT}).location == f"{base}/submitted"
    assert tab.post(f"{base}/discard").status_code == 404
    assert (count(make, Ticket), count(make, Draft)) == (1, 0)


def test_a_draft_is_there_again_on_another_device(tab: Client, anna: Person, as_person: SignedIn) -> None:
    base = fill(tab)
    other = as_person(anna)
    assert other.get(NEW).location == f"{base}/d"
    assert read(other.get(f"{base}/b")).value("description") == TEXT["description"]


def test_saving_for_later_keeps_even_an_empty_description(tab: Client) -> None:
    base = begin(tab)
    tab.post(f"{base}/a", data=TITLE)
    answer = tab.post(f"{base}/b", data={"description": "", "then": "later"})
    assert (answer.status_code, answer.location) == (303, "/technical-issues")
    page = read(tab.get("/technical-issues"))
    assert page.said == "Your draft has been saved."
    assert "You have an unfinished ticket." in page.all("main")[0].text
    assert tab.get(NEW).location == f"{base}/b"


def test_typing_is_saved_while_it_goes_on(tab: Client, make: Make) -> None:
    base = begin(tab)
    tab.post(f"{base}/a", data=TITLE)

    answer = tab.fragment(f"{base}/b/autosave", method="POST", data={"description": "Half a sen"})

    assert answer.status_code == 200 and not read(answer).is_whole
    assert "Draft saved at" in answer.text
    assert make.look(lambda: db.session.scalar(select(Draft.description))) == "Half a sen"
    tab.fragment(f"{base}/b/autosave", method="POST", data={"description": "x" * 10_001})
    assert make.look(lambda: db.session.scalar(select(Draft.description))) == "Half a sen"


def test_discarding_takes_the_draft_and_its_files(tab: Client, make: Make) -> None:
    base = fill(tab)
    upload(tab, base)
    assert count(make, StoredFile) == 1

    answer = tab.post(f"{base}/discard")

    assert (answer.status_code, answer.location) == (303, "/technical-issues")
    assert (count(make, Draft), count(make, StoredFile), count(make, Ticket)) == (0, 0, 0)
    assert tab.get(f"{base}/a").status_code == 404


def upload(tab: Client, base: str, name: str = "screen.png"):
    submission = base.rsplit("/", 1)[1]
    return tab.post(f"/files/{submission}", data={"files": (builders.picture(), name), "back": f"{base}/c"})


def test_a_file_that_was_added_comes_with_the_ticket(tab: Client, make: Make) -> None:
    base = fill(tab)
    answer = upload(tab, base)
    assert (answer.status_code, answer.location) == (303, f"{base}/c")
    assert "screen.png" in tab.get(f"{base}/d").text

    tab.post(f"{base}/d")

    assert "screen.png" in tab.get("/technical-issues/1001").text
    message = make.look(lambda: db.session.scalar(select(StoredFile.message_id)))
    assert message == make.look(lambda: db.session.scalar(select(TicketMessage.id)))


def test_a_draft_of_somebody_else_is_not_there(tab: Client, make: Make, as_person: SignedIn) -> None:
    base = fill(tab)
    stranger = as_person(make.member())
    assert stranger.get(f"{base}/submitted").status_code == 404
    for path in (*(f"/{step}" for step in "abcd"), "/b/autosave", "/discard"):
        answer = stranger.post(base + path, data={**TITLE, **TEXT})
        assert answer.status_code in {404, 405} if path == "/c" else answer.status_code == 404, path
        assert stranger.get(f"{base}{path}").status_code in {404, 405}
    assert upload(stranger, base).status_code == 303, "it is put to a form of the stranger's own"
    assert "screen.png" not in tab.get(f"{base}/c").text

    tab.post(f"{base}/d")
    assert stranger.get(f"{base}/submitted").status_code == 404
    assert read(tab.get("/technical-issues/1001")).heading == "Français - Le panier est vide"
    assert "screen.png" not in tab.get("/technical-issues/1001").text


@pytest.mark.parametrize("token", ["x", "0" * 32, "0" * 31, "%00", "..", "A" * 32, "a" * 5000, "é"])
def test_a_token_of_no_draft_is_not_found(tab: Client, token: str) -> None:
    begin(tab)
    assert tab.get(f"{NEW}/{token}/a").status_code in {400, 404}


def test_a_draft_survives_losing_the_rank(tab: Client, make: Make, anna: Person) -> None:
    base = fill(tab)
    rank(make, anna, "Premier")

    assert tab.get(f"{base}/d").status_code == 403
    assert tab.post(f"{base}/d").status_code == 403
    assert tab.post(f"{base}/discard").status_code == 403
    assert count(make, Ticket) == 0

    rank(make, anna, "Silver")
    assert tab.post(f"{base}/d").location == f"{base}/submitted"


def rank(make: Make, person: Person, rank: str) -> None:
    def change() -> None:
        intend_to_write()
        db.session.execute(update(User).where(User.id == person.id).values(rank=rank))
        db.session.commit()

    make.look(change)


def test_a_follow_up_names_its_forerunner(tab: Client, make: Make, anna: Person) -> None:
    make.closed(anna, make.agent(), title="Old trouble", language="sv")
    base = tab.get(f"{NEW}?follows=1001").location.rsplit("/", 1)[0]
    page = read(tab.get(f"{base}/a"))
    assert (page.value("title"), page.value("language")) == ("Old trouble", "sv")
    tab.post(f"{base}/b", data=TEXT)
    tab.post(f"{base}/d")

    assert "Ticket no. 1001" in read(tab.get("/technical-issues/1002")).by_id("ticket").text
    assert "Ticket no. 1002" in read(tab.get("/technical-issues/1001")).by_id("ticket").text


@pytest.mark.parametrize("follows", ["1001", "1002", "0", "-1", "x", "9" * 30, "1e3", "１００１"])
def test_a_follow_up_of_a_foreign_ticket_is_not_found_and_begins_nothing(tab: Client, make: Make, follows: str) -> None:
    make.closed(make.member(), make.agent())
    assert tab.get(NEW, query_string={"follows": follows}).status_code == 404
    assert count(make, Draft) == 0


def test_a_form_sets_nothing_that_is_not_on_it(tab: Client, make: Make, anna: Person) -> None:
    other = make.member()
    extra = {
        "owner_id": str(other.id), "member_id": str(other.id), "status": "closed", "assignee_id": str(other.id),
        "follows_id": "1", "id": "77", "submission": "0" * 32, "last_seq": "9", "opened_at": "2000-01-01",
        "created_at": "2000-01-01", "kind": "note", "is_internal": "1",
    }  # fmt: skip
    base = begin(tab)
    tab.post(f"{base}/a", data={**TITLE, **extra})
    tab.post(f"{base}/b", data={**TEXT, **extra})
    tab.post(f"{base}/d", data=extra)

    def look() -> tuple[object, ...]:
        row = db.session.scalars(select(Ticket)).one()
        return row.id, row.owner_id, row.status, row.assignee_id, row.follows_id, row.last_seq, row.submission

    assert make.look(look) == (1, anna.id, "open", None, None, 2, base.rsplit("/", 1)[1])
    assert make.look(lambda: db.session.scalar(select(TicketMessage.kind))) == "description"


def test_with_script_a_step_is_a_fragment_and_the_end_a_page(tab: Client) -> None:
    base = begin(tab)
    for step, words in (("a", TITLE), ("b", TEXT)):
        page = read(tab.fragment(f"{base}/{step}"))
        assert not page.is_whole and page.by_id("step")
        assert page.title == f"{HEADINGS[step]} - Help Desk"
        wrong = tab.fragment(f"{base}/{step}", method="POST", data={"title": "", "description": ""})
        assert wrong.status_code == 422 and not read(wrong).is_whole and read(wrong).problems
        assert tab.fragment(f"{base}/{step}", method="POST", data=words).status_code == 303
    assert read(tab.fragment(f"{base}/d")).by_id("step")
    assert read(tab.get(f"{base}/d", headers={"HX-Request": "true", "HX-Request-Type": "full"})).is_whole
