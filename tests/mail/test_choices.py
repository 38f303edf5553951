"""What people want to be written about: their page, the one-click way out, and that both are heeded."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.mail import choices, outbox, unsubscribing, worker
from helpdesk.mail.kinds import KINDS
from helpdesk.mail.models import MailChoice
from tests import builders
from tests.builders import NOON
from tests.conftest import Client, Make
from tests.mail.conftest import change, person, row
from tests.mail.post_office import PostOffice
from tests.web.page import read

AsPerson = Callable[[Person], Client]
OF_MEMBERS = {kind for kind in KINDS if kind.startswith("ticket_")}
OF_AGENTS = {kind for kind in KINDS if kind.startswith("agent_")}


def boxes(browser: Client) -> dict[str, bool]:
    """The kinds on somebody's page, and whether they are ticked."""
    page = read(browser.get("/profile/mail"))
    return {
        one.attributes["value"] or "": "checked" in one.attributes
        for one in page.all("input")
        if one.id.startswith("kind-")
    }


def test_everybody_chooses_among_what_concerns_them_and_all_is_on_at_first(make: Make, as_person: AsPerson) -> None:
    assert boxes(as_person(make.member())) == dict.fromkeys(OF_MEMBERS, True)
    assert boxes(as_person(make.agent())) == boxes(as_person(make.admin())) == dict.fromkeys(OF_AGENTS, True)
    below = as_person(make.member(rank="Premier"))
    assert boxes(below) == {} and "You get only what concerns your password." in below.get("/profile/mail").text
    assert {kind for kind, about in KINDS.items() if about.wanted is None} == set(KINDS) - OF_MEMBERS - OF_AGENTS


def test_what_is_chosen_is_kept_and_nothing_else_can_be(make: Make, as_person: AsPerson) -> None:
    member = make.member()
    browser = as_person(member)
    sent = {"kind": ["ticket_closed", "agent_digest", "reset_password", "nonsense"]}
    answer = browser.post("/profile/mail", data={**sent, "csrf_token": browser.csrf})

    assert (answer.status_code, answer.location) == (303, "/profile/mail")
    assert boxes(browser) == {kind: kind == "ticket_closed" for kind in OF_MEMBERS}
    kept = make.look(lambda: {one.kind for one in db.session.scalars(db.select(MailChoice))})
    assert kept == OF_MEMBERS
    browser.post("/profile/mail", data={"kind": sorted(OF_MEMBERS), "csrf_token": browser.csrf})
    assert boxes(browser) == dict.fromkeys(OF_MEMBERS, True)
    assert 'href="/profile/mail"' in browser.get("/profile").text


def test_what_was_switched_off_after_it_was_queued_does_not_leave(app_context: Flask, post: PostOffice) -> None:
    owner = person()
    builders.ticket(owner)
    intend_to_write()
    choices.choose(owner.id, ["ticket_submitted"], on=())
    db.session.commit()
    worker.send_due(app_context)

    assert post.mails == [] and row().why == "not wanted"


@pytest.fixture
def asa(app: Flask) -> Person:
    with app.app_context():
        return person(language="sv")


@pytest.fixture
def ending(app: Flask, asa: Person) -> str:
    """The way out of a mail, as its reader has it."""
    with app.app_context():
        return f"/unsubscribe/{unsubscribing.token(asa.id, 'ticket_closed')}"


def off(app: Flask, who: Person) -> set[str]:
    with app.app_context():
        return set(KINDS) - choices.wanted(who.id)


def test_looking_changes_nothing_and_a_click_ends_exactly_this(
    app: Flask, client: Client, asa: Person, ending: str
) -> None:
    for method in ("GET", "HEAD"):
        answer = client.open(ending, method=method)
        assert answer.status_code == 200 and off(app, asa) == set()
    page = read(client.get(ending))
    assert (page.language, page.heading) == ("sv", "Sluta få de här mejlen")
    assert "När ett ärende har stängts" in page.html and "asa@" not in page.html
    assert answer.headers["Referrer-Policy"] == "no-referrer"

    ended = client.post(ending, data={"List-Unsubscribe": "One-Click"})

    assert ended.status_code == 200 and read(ended).heading == "Du får inte längre de här mejlen"
    assert off(app, asa) == {"ticket_closed"}


def test_a_mail_program_needs_no_page_no_cookie_and_no_secret(app: Flask, asa: Person, ending: str) -> None:
    program = app.test_client(use_cookies=False)
    form = {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"}
    assert [program.post(ending, **form).status_code for _ in range(2)] == [200, 200]
    assert off(app, asa) == {"ticket_closed"}


def test_the_page_is_in_the_language_that_was_chosen_here_before(app: Flask, client: Client, ending: str) -> None:
    assert client.get(f"{ending}?lang=fr").status_code == 303
    assert read(client.get(ending)).language == "fr"


def test_what_we_have_not_signed_is_nowhere(app: Flask, client: Client, asa: Person, ending: str) -> None:
    token = ending.rpartition("/")[2]
    with app.app_context():
        needed = [unsubscribing.token(asa.id, kind) for kind in ("reset_password", "nonsense")]
        strangers = [unsubscribing.token(999, "ticket_closed"), unsubscribing.token(2**40, "ticket_closed")]
    user, kind, signature = token.split(".")
    forged = [f"2.{kind}.{signature}", f"{user}.ticket_replied.{signature}", token[:-2], token + "A", "x", "..", kind]
    for wrong in (*forged, *needed, *strangers):
        assert client.get(f"/unsubscribe/{wrong}").status_code == 404, wrong
        assert client.post(f"/unsubscribe/{wrong}").status_code == 404, wrong
    assert off(app, asa) == set()


def test_a_closed_account_has_nothing_to_end(app: Flask, client: Client, asa: Person, ending: str) -> None:
    with app.app_context():
        change(asa, disabled_at=NOON)
    assert client.post(ending).status_code == 404


def test_it_is_not_asked_without_end(client: Client, ending: str) -> None:
    answers = [client.get(ending).status_code for _ in range(121)]
    assert answers[:120] == [200] * 120 and answers[120] == 429


def test_the_way_out_in_the_header_is_the_one_in_the_mail(app: Flask, post: PostOffice, asa: Person) -> None:
    with app.app_context():
        builders.ticket(asa)
    worker.send_due(app)
    message, text = post.only().message, post.only().part("plain")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (address,) = re.findall(r"^<(http://localhost:5000/unsubscribe/\S+)>$", message["List-Unsubscribe"])
    assert address in text and address in post.only().part("html")
    raw = [line for line in post.only().content.split(b"\r\n") if line.startswith(b"List-Unsubscribe:")]
    assert raw == [f"List-Unsubscribe: <{address}>".encode()], "one whole line: folded it would be no address"

    assert app.test_client().post(address).status_code == 200
    with app.app_context():
        intend_to_write()
        facts = {"ticket": 1, "seq": 2}
        assert not outbox.put("ticket_submitted", to=asa.id, facts=facts, key="again", at=NOON + timedelta(days=1))
