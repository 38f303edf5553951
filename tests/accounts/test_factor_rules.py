"""What the site says about second steps: off, offered or required, who may reset them, and at which address."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.mail.models import Mail
from tests.accounts.two_step import PAGE, Key, Phone, add_key, is_signed_in, logged, password_step, set_up_app, since
from tests.builders import PASSWORD
from tests.conftest import Client, Make

SignedIn = Callable[[Person], Client]


def test_an_administrator_resets_a_colleagues_second_step(
    make: Make, as_person: SignedIn, tab: Client, anna: Person, phone: Phone, client: Client
) -> None:
    set_up_app(tab, phone)
    admin = make.admin("admin")
    browser = as_person(admin)
    door = f"/desk/members/{anna.id}/second-step/reset"
    assert as_person(make.agent("agent")).post(door).status_code == 403
    assert since(make, anna) is not None

    assert browser.post(door).status_code == 303

    assert since(make, anna) is None and not is_signed_in(tab)
    assert ("factors_reset", admin.id, anna.id) in logged(make)  # type: ignore[attr-defined]
    assert password_step(client, anna).location == "/"
    own = browser.post(f"/desk/members/{admin.id}/second-step/reset")  # type: ignore[attr-defined]
    assert own.status_code == 422, "nobody does it to their own account without its factors"


def test_the_operator_resets_it_by_a_command(app: Flask, make: Make, tab: Client, anna: Person, phone: Phone) -> None:
    none = app.test_cli_runner().invoke(args=["reset-second-factor", "anna"])
    assert none.exit_code == 1 and "Anna" in none.output and "has no second step" in none.output
    set_up_app(tab, phone)

    done = app.test_cli_runner().invoke(args=["reset-second-factor", "anna"])

    assert done.exit_code == 0 and "signs in with the password alone" in done.output
    assert since(make, anna) is None and ("factors_reset", None, anna.id) in logged(make)


@pytest.mark.parametrize("settings", [{"second_factor": "off"}])
def test_where_it_is_off_it_is_nowhere(tab: Client) -> None:
    assert tab.get(PAGE).status_code == 404 and tab.post(f"{PAGE}/app").status_code == 404
    assert "Two-step" not in tab.get("/profile").text


@pytest.mark.parametrize("settings", [{"public_url": "https://help.example.org"}])
def test_passkeys_belong_to_the_public_address(app: Flask, make: Make) -> None:
    person = make.member("anna")
    browser: Client = app.test_client()
    site = "https://help.example.org"
    here = {"base_url": site, "headers": {"Origin": site, "Referer": f"{site}/"}}
    browser.get("/sign-in", base_url=here["base_url"])
    signed_in = browser.post("/sign-in", data={"username": "anna", "password": PASSWORD}, **here)
    assert signed_in.status_code == 303 and person is not None
    browser.get(PAGE, base_url=here["base_url"])
    options = browser.post(f"{PAGE}/passkeys/options", **here).json
    assert options["rp"] == {"id": "help.example.org", "name": "Help Desk"}


@pytest.mark.parametrize("settings", [{"second_factor": "required"}])
class TestRequired:
    """Where the site demands a second factor of its team."""

    def test_who_works_here_sets_one_up_before_anything_else(self, app: Flask, make: Make, as_person: SignedIn) -> None:
        agent = make.agent("noor")
        browser = as_person(agent)  # type: ignore[arg-type]
        for path in ("/desk", "/desk/tickets", "/profile", "/notices", "/desk/settings"):
            answer = browser.get(path)
            assert (answer.status_code, answer.location) == (303, PAGE), path
        assert browser.post("/profile", data={"name": "Evil"}).location == PAGE
        assert browser.fragment("/notices/unread").status_code == 403
        page = browser.get(PAGE)
        assert "Set one up to go on." in page.text and 'id="bell"' not in page.text
        assert browser.get("/help").status_code == 200

        set_up_app(browser, Phone(app, agent))  # type: ignore[arg-type]

        assert browser.get("/desk").status_code == 200

    def test_the_last_one_stays(self, app: Flask, make: Make, as_person: SignedIn) -> None:
        agent = make.agent("noor")
        browser = as_person(agent)  # type: ignore[arg-type]
        set_up_app(browser, Phone(app, agent))  # type: ignore[arg-type]
        assert browser.post(f"{PAGE}/app/removal").status_code == 409
        add_key(browser, Key())
        assert browser.post(f"{PAGE}/app/removal").status_code == 303

    def test_members_choose_for_themselves(self, tab: Client, phone: Phone) -> None:
        assert tab.get("/profile").status_code == 200
        set_up_app(tab, phone)
        assert tab.post(f"{PAGE}/app/removal").status_code == 303


MAIL = {"mail_server": "127.0.0.1", "mail_from": "support@help.example", "public_url": "http://localhost:5000"}


@pytest.mark.parametrize("settings", [MAIL])
def test_its_owner_is_told_of_each_change_by_mail(
    make: Make, as_person: SignedIn, tab: Client, anna: Person, phone: Phone, client: Client
) -> None:
    codes = set_up_app(tab, phone)
    add_key(tab, Key("http://localhost:5000"))
    tab.post(f"{PAGE}/app/removal")
    password_step(client, anna)
    client.post("/sign-in/second-step", data={"code": codes[0]})
    as_person(make.admin()).post(f"/desk/members/{anna.id}/second-step/reset")

    queued = make.look(lambda: [(one.kind, one.user_id) for one in db.session.scalars(select(Mail).order_by(Mail.id))])

    kinds = ["factor_added", "factor_added", "factor_removed", "recovery_code_used", "factors_reset"]
    assert queued == [(kind, anna.id) for kind in kinds]
    assert codes[0] not in str(make.look(lambda: [one.facts for one in db.session.scalars(select(Mail))]))
