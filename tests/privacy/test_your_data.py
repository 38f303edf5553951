"""One's own data through its doors: a copy that holds what is one's own and nothing else, and the end of an account."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from helpdesk.accounts.models import User, UserSession
from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.mail import outbox
from helpdesk.mail.models import Mail
from helpdesk.privacy import rounds
from helpdesk.privacy.exporting import building, facts
from helpdesk.privacy.models import DataExport, Erasure, LegalHold
from helpdesk.site.models import AuditEntry
from tests.conftest import Client, Make
from tests.privacy import canaries
from tests.web.page import read

PAGE = "/profile/your-data"
SignIn = Callable[[Person], Client]
NOT_IN_IT = {"note", "unsent", "parkedteam", "view"}  # the team's own


@pytest.fixture
def ada(app: Flask, make: Make) -> Person:
    """A member with something everywhere; the desk has two others like her."""
    agent, people = make.agent("kim", name="Kim"), {}
    for who in ("one", "two", "three"):
        people[who] = make.look(lambda who=who: canaries.member(who))
        make.look(lambda who=who: canaries.leave_everywhere(app, people[who], agent, at=now(), who=who))
    return people["one"]


def asked(browser: Client) -> None:
    """Asks for a copy, as the page does."""
    browser.get(PAGE)
    assert browser.post(f"{PAGE}/copy").status_code == 303


def address(page: TestResponse) -> str:
    """Where the page says that the copy is."""
    return str(next(one.attributes["href"] for one in read(page).all("a") if one.id == "download"))


def test_a_copy_holds_what_is_ones_own_and_nothing_of_others(app: Flask, as_person: SignIn, ada: Person) -> None:
    browser = as_person(ada)
    asked(browser)
    assert "Your copy is being made." in browser.get(PAGE).text
    rounds.go_round(app, at=now(), with_retention=False)
    page = browser.get(PAGE)
    assert "Your copy is ready." in page.text

    answer = browser.get(address(page))

    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as copy:
        found = json.loads(copy.read("data.json"))
        names = copy.namelist()
        everything = b"".join([*(copy.read(name) for name in names), *(name.encode() for name in names)]).decode()
    own = canaries.words("one")
    for place, word in own.items():
        assert (word in everything) is (place not in NOT_IN_IT), place
    assert not [word for who in ("two", "three") for word in canaries.words(who).values() if word in everything]
    assert "@example.org" not in everything.replace(f"{own['email']}@example.org", "").replace(
        f"{own['chatemail']}@example.org", ""
    ), "of the team only names"
    assert [one["number"] for one in found["tickets"]] == [1001, 1002]
    assert [name for name in names if name.endswith(f"{own['filename']}.txt")]


def test_a_copy_is_for_its_owner_alone_and_for_a_week(
    app: Flask, as_person: SignIn, ada: Person, make: Make, client: Client
) -> None:
    browser = as_person(ada)
    asked(browser)
    rounds.go_round(app, at=now(), with_retention=False)
    link = address(browser.get(PAGE))
    stranger = as_person(make.member("mo"))

    foreign, missing = stranger.get(link), stranger.get(f"{PAGE}/copy/{'0' * 32}")

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.text == missing.text.replace("0" * 32, link.rsplit("/")[-1])
    assert client.get(link).location.startswith("/sign-in")
    folder = app.config["HELPDESK"].instance / "exports"
    assert [path.stat().st_mode & 0o777 for path in folder.iterdir()] == [0o600]
    rounds.go_round(app, at=now() + timedelta(days=6, hours=23), with_retention=False)
    assert browser.get(link).status_code == 200
    rounds.go_round(app, at=now() + timedelta(days=7, hours=1), with_retention=False)
    assert browser.get(link).status_code == 404 and list(folder.iterdir()) == []


def test_a_copy_and_an_erasure_are_asked_for_only_by_who_has_shown_that_it_is_them(
    app: Flask, as_person: SignIn, ada: Person, make: Make
) -> None:
    browser = as_person(ada)
    browser.get(PAGE)
    make.change(lambda: db.session.execute(update(UserSession).values(proved_at=now() - timedelta(minutes=16))))

    answers = [browser.post(f"{PAGE}/copy"), browser.post(f"{PAGE}/erasure", data={"username": ada.username})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert make.look(lambda: db.session.scalars(select(DataExport)).all()) == []
    assert make.look(lambda: db.session.scalars(select(Erasure)).all()) == []


def test_one_copy_at_a_time_and_a_killed_one_is_begun_anew(
    app: Flask, as_person: SignIn, ada: Person, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = as_person(ada)
    asked(browser)
    asked(browser)
    assert len(make.look(lambda: db.session.scalars(select(DataExport)).all())) == 1
    real = facts.chat

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(facts, "chat", killed)
    with pytest.raises(KeyboardInterrupt):
        building.build(app, ada.id)
    monkeypatch.setattr(facts, "chat", real)
    folder = app.config["HELPDESK"].instance / "exports"
    assert list(folder.iterdir()) == [], "nothing half made is left"
    building.build(app, ada.id)
    assert not make.look(lambda: db.session.get_one(DataExport, ada.id).ready_at), "the lease is still somebody's"

    building.build(app, ada.id, clock=lambda: now() + timedelta(minutes=11))

    row = make.look(lambda: db.session.get_one(DataExport, ada.id))
    assert row.ready_at and row.tries == 2 and row.done == row.parts


def test_a_copy_that_fails_three_times_is_given_up_and_says_so(
    app: Flask, as_person: SignIn, ada: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    browser = as_person(ada)
    asked(browser)
    monkeypatch.setattr(facts, "chat", lambda *_: 1 / 0)
    for hours in range(1, 5):
        building.build_due(app, clock=lambda hours=hours: now() + timedelta(hours=hours))

    assert "The copy could not be made." in browser.get(PAGE).text
    assert not any(word in caplog.text for word in canaries.words("one").values())


def test_an_account_goes_after_the_days_in_which_it_can_be_taken_back(
    app: Flask, as_person: SignIn, ada: Person, make: Make
) -> None:
    make.look(lambda: outbox.use(db.engine))
    browser = as_person(ada)
    browser.get(PAGE)
    wrong = browser.post(f"{PAGE}/erasure", data={"username": "somebody"})
    assert wrong.status_code == 422 and "to confirm." in wrong.text
    assert browser.post(f"{PAGE}/erasure", data={"username": ada.username.upper()}).status_code == 303
    assert "Your account will be erased on" in browser.get(PAGE).text
    kinds = make.look(lambda: db.session.scalars(select(Mail.kind).where(Mail.user_id == ada.id)).all())
    assert "erasure_asked" in kinds

    rounds.go_round(app, at=now() + timedelta(days=6, hours=23))
    assert browser.get(PAGE).status_code == 200
    assert browser.post(f"{PAGE}/erasure/withdrawal").status_code == 303
    rounds.go_round(app, at=now() + timedelta(days=8))
    assert browser.get(PAGE).status_code == 200, "it was taken back"

    browser.post(f"{PAGE}/erasure", data={"username": ada.username})
    rounds.go_round(app, at=now() + timedelta(days=7, minutes=1))

    assert browser.get(PAGE).location.startswith("/sign-in")
    user = make.look(lambda: db.session.get_one(User, ada.id))
    assert (user.name, user.origin, user.password_hash) == (f"Former member {ada.id}", "erased", None)


def test_what_the_law_keeps_is_not_erased(app: Flask, as_person: SignIn, ada: Person, make: Make) -> None:
    make.change(lambda: db.session.add(LegalHold(user_id=ada.id, made_at=now())))
    browser = as_person(ada)
    browser.get(PAGE)

    answer = browser.post(f"{PAGE}/erasure", data={"username": ada.username})

    assert answer.status_code == 409 and "The law obliges us" in answer.text
    rounds.go_round(app, at=now() + timedelta(days=365 * 5))
    assert make.look(lambda: db.session.get_one(User, ada.id)).name == ada.name


def test_an_administrator_erases_a_member_at_once_and_no_colleague(
    app: Flask, as_person: SignIn, ada: Person, make: Make
) -> None:
    boss, browser = as_person(make.admin("sam")), as_person(ada)
    path = f"/desk/members/{ada.id}/erasure"
    assert as_person(make.agent()).get(path).status_code == 403
    assert boss.post(path, data={"username": "wrong"}).status_code == 422
    assert browser.get(PAGE).status_code == 200

    assert boss.post(path, data={"username": ada.username}).status_code == 303

    assert browser.get(PAGE).location.startswith("/sign-in"), "the account is closed at once"
    rounds.go_round(app, at=now())
    assert make.look(lambda: canaries.found_in_tables(canaries.words("one").values())) == []
    whats = make.look(lambda: db.session.scalars(select(AuditEntry.what).where(AuditEntry.about_id == ada.id)).all())
    assert {"erasure_asked", "account_erased"} <= set(whats)
    kim = make.agent("noor")
    answer = boss.post(f"/desk/members/{kim.id}/erasure", data={"username": "noor"})
    assert answer.status_code == 409 and "belongs to the team" in answer.text


def test_the_command_erases_and_holds(app: Flask, ada: Person, make: Make) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["hold-member", ada.username]).exit_code == 0
    held = runner.invoke(args=["erase-member", ada.username, "--yes"])
    assert held.exit_code == 1 and "held" in held.output
    assert runner.invoke(args=["hold-member", ada.username, "--release"]).exit_code == 0

    done = runner.invoke(args=["erase-member", ada.username, "--yes"])

    assert done.exit_code == 0 and done.output.startswith("Erased.")
    assert make.look(lambda: canaries.found_in_tables(canaries.words("one").values())) == []
    assert runner.invoke(args=["erase-member", "nobody", "--yes"]).exit_code == 1


def test_the_page_about_privacy_names_the_times_that_also_delete(app: Flask, client: Client) -> None:
    page = client.get("/privacy").text
    for time in ("24 months after the ticket was closed", "12 months after the chat ended", "30 days after"):
        assert time in page
    assert 'href="/privacy"' in client.get("/help").text
