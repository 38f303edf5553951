"""What an agent does through the desk's doors: the verbs, who may be assigned, what stays when it cannot be done."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from helpdesk.accounts import service as accounts
from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.tickets.models import Ticket, TicketEvent, TicketMessage
from tests import builders
from tests.conftest import Client, Make
from tests.web.page import read

SignedIn = Callable[[Person], Client]
PAGE = "/desk/tickets/1001"


@pytest.fixture
def owner(make: Make) -> Person:
    return make.member("anna", name="Anna", member_id="4711", rank="Silver", language="sv")


@pytest.fixture
def maja(make: Make) -> Person:
    return make.agent("maja", name="Maja")


@pytest.fixture
def desk(as_person: SignedIn, maja: Person) -> Client:
    return as_person(maja)


def write(desk: Client, verb: str, body: str = "Some words.", **options: object):
    words = {"body": body, "verb": verb, "submission": builders.token(), **dict(options.pop("data", {}))}
    opening = desk.fragment if options.pop("fragment", False) else desk.open
    return opening(f"{PAGE}/messages", method="POST", data=words, **options)


def ticket(make: Make) -> dict[str, object]:
    def look() -> dict[str, object]:
        row = db.session.get_one(Ticket, 1)
        return {"status": row.status, "assignee": row.assignee_id, "waiting": row.waiting_since is not None}

    return make.look(look)  # type: ignore[return-value]


def kinds(make: Make) -> list[str]:
    rows = select(TicketMessage.kind).order_by(TicketMessage.id)
    return list(make.look(lambda: db.session.scalars(rows).all()))[1:]  # type: ignore[call-overload]


def test_the_dashboard_counts_and_lists_what_waits(desk: Client, make: Make, owner: Person) -> None:
    make.ticket(owner, title="Waiting here")
    page = read(desk.get("/desk"))
    assert page.heading == "Agent dashboard"
    assert "English - Waiting here" in page.by_id("dashboard").text
    figures = [one.text for one in page.all("span", class_="figure-value")]
    assert figures == ["0", "–", "1", "0", "1", "0"], (
        "no chat, no wait; one overdue, none soon; one open, none awaiting"
    )
    assert not read(desk.fragment("/desk")).is_whole


def test_the_list_has_filters_that_stay(desk: Client, make: Make, owner: Person) -> None:
    make.ticket(owner, title="Alpha", language="sv")
    make.ticket(owner, title="Beta", language="fr")
    page = read(desk.get("/desk/tickets?language=sv&status=open&q=alpha&view=all"))
    assert "Alpha" in page.html and "Beta" not in page.html
    assert page.value("q") == "alpha"
    assert desk.get("/desk/tickets?view=x&status=y&language=z&page=w&sort=password_hash").status_code == 200
    fragment = desk.fragment("/desk/tickets?q=alpha")
    assert not read(fragment).is_whole and "1 result" in fragment.text


def test_an_agent_sees_the_member_and_the_notes(desk: Client, make: Make, owner: Person) -> None:
    make.ticket(owner)
    write(desk, "note", "Known to us.")
    page = read(desk.get(PAGE))
    for words in ("Anna", "4711", "Silver", "Svenska", "anna@example.org", "Known to us."):
        assert words in page.by_id("ticket").text


VERBS = [
    ("reply", "reply", {"status": "open", "waiting": False}, "Your reply has been sent."),
    ("note", "note", {"status": "open", "waiting": True}, "The note has been added."),
    ("request_information", "request", {"status": "awaiting_feedback", "waiting": False}, "The request has been sent."),
    ("close", "reply", {"status": "closed", "waiting": False}, "The ticket has been closed."),
]


@pytest.mark.parametrize(("verb", "kind", "after", "sentence"), VERBS)
def test_each_button_does_what_it_says(
    desk: Client, make: Make, owner: Person, verb: str, kind: str, after: dict[str, object], sentence: str
) -> None:
    make.ticket(owner)
    token = builders.token()

    answers = [write(desk, verb, data={"submission": token}) for _ in range(2)]

    assert [(answer.status_code, answer.location) for answer in answers] == [(303, PAGE)] * 2
    assert kinds(make) == [kind], "sent twice it is one message"
    assert {name: value for name, value in ticket(make).items() if name != "assignee"} == after
    assert sentence in read(desk.get(PAGE)).said


@pytest.mark.parametrize("verb", ["reply", "note", "request_information"])
def test_a_message_must_say_something(desk: Client, make: Make, owner: Person, verb: str) -> None:
    make.ticket(owner)
    answer = write(desk, verb, " \n ")
    assert (answer.status_code, read(answer).problems) == (422, ["Enter a message."])
    assert kinds(make) == []


def test_closing_needs_no_words(desk: Client, make: Make, owner: Person) -> None:
    make.ticket(owner)
    assert write(desk, "close", "").status_code == 303
    assert (ticket(make)["status"], kinds(make)) == ("closed", [])


@pytest.mark.parametrize("verb", ["thank", "assign", "", "delete", "Reply"])
def test_a_button_that_is_not_there_does_nothing_and_keeps_the_words(
    desk: Client, make: Make, owner: Person, verb: str
) -> None:
    make.ticket(owner)
    answer = write(desk, verb)
    assert answer.status_code == 422
    assert read(answer).value("body") == "Some words."
    assert kinds(make) == []


@pytest.mark.parametrize("verb", ["reply", "request_information", "close"])
@pytest.mark.parametrize("fragment", [False, True])
def test_when_the_ticket_has_changed_the_words_stay(
    desk: Client, make: Make, owner: Person, maja: Person, verb: str, fragment: bool
) -> None:
    make.closed(owner, maja)

    answer = write(desk, verb, fragment=fragment)

    page = read(answer)
    assert answer.status_code == 409
    assert page.problems == ["This can no longer be done: the ticket has changed in the meantime."]
    assert page.value("body") == "Some words."
    assert page.is_whole is not fragment
    assert kinds(make) == []


def test_a_note_can_be_added_to_a_closed_ticket(desk: Client, make: Make, owner: Person, maja: Person) -> None:
    make.closed(owner, maja)
    assert write(desk, "note").status_code == 303
    assert (ticket(make)["status"], kinds(make)) == ("closed", ["note"])


def assign(desk: Client, agent: object):
    return desk.post(f"{PAGE}/assignment", data={"agent": str(agent)})


def test_a_ticket_is_assigned_and_given_back(desk: Client, make: Make, owner: Person) -> None:
    make.ticket(owner)
    colleague = make.agent(name="Alex")

    assert assign(desk, colleague.id).location == PAGE
    assert ticket(make)["assignee"] == colleague.id
    assert "Assigned to Alex." in read(desk.get(PAGE)).said

    assert assign(desk, "").status_code == 303
    assert ticket(make)["assignee"] is None


def test_only_somebody_of_the_team_can_look_after_a_ticket(desk: Client, make: Make, owner: Person) -> None:
    make.ticket(owner)
    gone = make.agent("gone")

    def leave() -> None:
        intend_to_write()
        accounts.disable(db.session.get_one(User, gone.id), at=now())
        db.session.commit()

    make.look(leave)
    for wrong in (owner.id, gone.id, 0, 999, -1, "x", "1e0", "9" * 30, "１", "1; DROP TABLE ticket", "None", "+1"):
        assert assign(desk, wrong).status_code == 404, wrong
    assert ticket(make)["assignee"] is None
    page = read(desk.get(PAGE))
    assert "gone" not in [one.text.lower() for one in page.all("option")]


def test_the_slower_of_two_agents_is_told(desk: Client, make: Make, owner: Person, as_person: SignedIn) -> None:
    make.ticket(owner)
    faster = make.agent(name="Alex")
    assert as_person(faster).post(f"{PAGE}/taking").status_code == 303

    answer = desk.post(f"{PAGE}/taking")

    assert answer.status_code == 409
    assert ticket(make)["assignee"] == faster.id
    events = select(TicketEvent.what).where(TicketEvent.about_id.is_not(None) | TicketEvent.what.in_(("taken",)))
    assert len(make.look(lambda: db.session.scalars(events).all())) == 1  # type: ignore[arg-type]


def test_taking_twice_is_no_fault(desk: Client, make: Make, owner: Person, maja: Person) -> None:
    make.ticket(owner)
    assert [desk.post(f"{PAGE}/taking").status_code for _ in range(2)] == [303, 303]
    assert ticket(make)["assignee"] == maja.id


def test_a_closed_ticket_cannot_be_assigned(desk: Client, make: Make, owner: Person, maja: Person) -> None:
    make.closed(owner, maja)
    assert assign(desk, maja.id).status_code == 409
    assert desk.post(f"{PAGE}/taking").status_code == 409
    assert ticket(make)["assignee"] is None


@pytest.mark.parametrize("number", ["1002", "0", "-1", "9" * 10, "9" * 30, "01001", "x", "%00"])
def test_a_ticket_that_is_not_there_is_not_found(desk: Client, make: Make, owner: Person, number: str) -> None:
    make.ticket(owner)
    for path in ("", "/messages"):
        assert desk.get(f"/desk/tickets/{number}{path}").status_code in {400, 404}
    for path in ("/messages", "/assignment", "/taking"):
        assert desk.post(f"/desk/tickets/{number}{path}").status_code in {400, 404}


def test_members_have_no_desk(make: Make, owner: Person, as_person: SignedIn) -> None:
    make.ticket(owner)
    member = as_person(owner)
    for method, path in (
        ("GET", "/desk"), ("GET", "/desk/tickets"), ("GET", PAGE), ("GET", f"{PAGE}/messages"),
        ("POST", f"{PAGE}/messages"), ("POST", f"{PAGE}/assignment"), ("POST", f"{PAGE}/taking"),
    ):  # fmt: skip
        answer = member.open(path, method=method)
        assert answer.status_code == 403, path
        assert "It stops at the payment page." not in answer.text
    assert ticket(make) == {"status": "open", "assignee": None, "waiting": True}


def test_the_words_for_an_agent_are_there_again_after_signing_in(
    desk: Client, make: Make, owner: Person, maja: Person
) -> None:
    from tests.accounts.test_parking import let_sessions_end, sign_in_again

    make.ticket(owner)
    desk.get(PAGE)
    let_sessions_end(make)
    answer = write(desk, "note", "Long words.", headers={"Referer": f"http://localhost{PAGE}"})
    assert answer.location == f"/sign-in?next={PAGE}"
    sign_in_again(desk, answer.location, maja.username)
    assert read(desk.get(PAGE)).value("body") == "Long words."
