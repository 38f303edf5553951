"""In which language a page answers: the account's, the chosen one, the browser's, English."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from tests.conftest import Client, Make
from tests.web.page import read

SignedIn = Callable[[Person], Client]

ASKED = [
    ("fr-CA", "fr"),
    ("sv-SE", "sv"),
    ("sv-FI,fi;q=0.9", "sv"),
    ("es-419", "es"),
    ("es-MX,es;q=0.9,en;q=0.8", "es"),
    ("zh;q=1,sv;q=0.1", "sv"),
    ("de", "en"),
    ("", "en"),
    ("*", "en"),
    ("fr;q=0, sv;q=0.5", "sv"),
    ("en-GB,fr;q=0.9", "en"),
    ("fr;q=0.3,es;q=0.7", "es"),
    ("de-DE,de;q=0.9,fr;q=0.1", "fr"),
    ("FR", "fr"),
    ("fr_CA", "fr"),
    ("x" * 5000, "en"),
    ("fr;q=nonsense", "en"),
    (";;;,,,===", "en"),
    ("nb-NO,sv;q=0.5,en;q=0.4", "sv"),
]


@pytest.mark.parametrize(("header", "language"), ASKED)
def test_the_browsers_languages_are_looked_at_in_its_order(client: Client, header: str, language: str) -> None:
    page = read(client.get("/sign-in", headers={"Accept-Language": header}))
    assert page.language == language


def test_a_chosen_language_comes_before_the_browsers(client: Client) -> None:
    headers = {"Accept-Language": "es"}
    assert read(client.get("/help", headers=headers)).language == "es"
    client.get("/help?lang=sv", headers=headers)
    assert read(client.get("/help", headers=headers)).language == "sv"


def test_the_accounts_language_comes_before_the_cookies(make: Make, as_person: SignedIn) -> None:
    browser = as_person(make.member(language="fr"))
    browser.set_cookie("lang", "sv")
    assert read(browser.get("/profile", headers={"Accept-Language": "es"})).language == "fr"


def test_an_account_without_a_language_takes_the_chosen_one_when_signing_in(client: Client, make: Make) -> None:
    anna = make.member(language=None)
    client.get("/sign-in?lang=sv")
    client.sign_in(anna)
    assert make.look(lambda: db.session.scalar(select(User.language))) == "sv"


def test_an_account_without_a_language_follows_the_browser(make: Make, as_person: SignedIn) -> None:
    browser = as_person(make.member(language=None))
    assert read(browser.get("/profile", headers={"Accept-Language": "es"})).language == "es"


def test_switching_keeps_the_choice_in_the_account(make: Make, as_person: SignedIn) -> None:
    anna = make.member(language="en")
    browser = as_person(anna)
    answer = browser.get("/technical-issues?lang=es&page=1")

    assert (answer.status_code, answer.location) == (303, "/technical-issues?page=1")
    assert make.look(lambda: db.session.get_one(User, anna.id).language) == "es"
    assert read(as_person(anna).get("/profile")).language == "es"


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("/help?lang=fr", "/help"),
        ("/help?a=1&lang=fr&b=2&a=3", "/help?a=1&a=3&b=2"),
        ("/help?lang=fr&lang=sv", "/help"),
        ("/help?lang=de&x=1", "/help?x=1"),
        ("/help?lang=", "/help"),
        ("/help?lang=<script>", "/help"),
        ("/help?q=%C3%A9%20%26&lang=fr", "/help?q=%C3%A9+%26"),
        ("/sign-in?next=/profile&lang=fr", "/sign-in?next=%2Fprofile"),
        ("/nowhere?lang=fr", "/nowhere"),
        ("/%5cevil.example?lang=fr", "/evil.example"),
        ("/caf%C3%A9?lang=fr", "/caf%C3%A9"),
    ],
)
def test_switching_leads_to_the_same_page_of_this_site(client: Client, asked: str, location: str) -> None:
    answer = client.get(asked)
    assert (answer.status_code, answer.location) == (303, location)


@pytest.mark.parametrize("code", ["de", "", "<script>", "x" * 500, "fr;q=1"])
def test_a_language_that_is_not_ours_is_not_remembered(client: Client, code: str) -> None:
    answer = client.get("/help", query_string={"lang": code})
    assert "lang=" not in answer.headers.get("Set-Cookie", "")


def test_a_variant_is_remembered_as_the_language_it_is(client: Client) -> None:
    assert "lang=sv;" in client.get("/help?lang=sv-FI").headers["Set-Cookie"]


def test_a_form_is_not_turned_into_a_link_by_its_language(client: Client, make: Make) -> None:
    make.member("anna")
    client.get("/sign-in")
    answer = client.post("/sign-in?lang=fr", data={"username": "anna", "password": "wrong password"})
    assert answer.status_code == 422
    links = [one.attributes["href"] for one in read(answer).all("a") if one.attributes.get("hreflang")]
    assert links == ["/sign-in?lang=fr", "/sign-in?lang=sv", "/sign-in?lang=es"]


@pytest.mark.parametrize(("zone", "shown"), [("Europe/Stockholm", "13:00"), ("America/Toronto", "7:00"), ("", "12:00")])
def test_times_are_the_readers(make: Make, as_person: SignedIn, zone: str, shown: str) -> None:
    anna = make.member()
    make.ticket(anna)

    def choose() -> None:
        intend_to_write()
        db.session.execute(update(User).values(time_zone=zone or None))
        db.session.commit()

    make.look(choose)
    assert shown in as_person(anna).get("/technical-issues/1001").text


def test_a_browsers_zone_counts_until_the_person_chooses(make: Make, as_person: SignedIn) -> None:
    anna = make.member()
    make.ticket(anna)
    browser = as_person(anna)
    browser.set_cookie("tz", "Asia/Tokyo")
    assert "21:00" in browser.get("/technical-issues/1001").text
    browser.set_cookie("tz", "Mars/Olympus")
    assert "12:00" in browser.get("/technical-issues/1001").text
