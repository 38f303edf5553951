"""The second step of the sign-in in a real browser: an app's code, and a passkey of a virtual device (WebAuthn)."""

import re
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from helpdesk.accounts.factors import totp
from helpdesk.accounts.person import Person
from helpdesk.database import now
from tests.accounts.two_step import Phone
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.guard import Guard
from tests.browser.words import Words
from tests.builders import PASSWORD


def with_device(page: Page) -> None:
    """Gives this browser a fingerprint reader whose owner always agrees."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    line.send("WebAuthn.addVirtualAuthenticator", {"options": device})


def sign_in(page: Page, person: Person, say: Words, *, to: str) -> None:
    page.goto(urljoin(page.url, f"/sign-in?next={to}"))
    page.get_by_label(say("Username"), exact=True).fill(person.username)
    page.get_by_label(say("Password"), exact=True).fill(PASSWORD)
    page.locator("form", has=page.locator("#password")).get_by_role("button", name=say("Sign in"), exact=True).click()


def set_up(page: Page, say: Words) -> str:
    """Sets an app up as a person does, with the key as it is read off; the first recovery code."""
    page.get_by_role("button", name=say("Set up an app")).click()
    expect(page.locator(".key-picture")).to_have_js_property("complete", value=True)
    assert page.locator(".key-picture").evaluate("picture => picture.naturalWidth") > 100
    key = page.locator("#key").inner_text().replace(" ", "")
    # Of the step before: the present one is still good for the sign-in that follows.
    page.get_by_label(say("Code"), exact=True).fill(totp.code(key, totp.step_at(now()) - 1))
    page.get_by_role("button", name=say("Add the app")).click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    first = page.locator(".recovery-codes code").first.inner_text()
    page.get_by_role("link", name=say("I have kept them")).click()
    return first


def test_an_agent_signs_in_with_a_passkey_and_with_a_code(visit: Open, desk: Desk, guard: Guard):
    guard.allow(422)
    say, agent = Words("fr"), desk.make.agent(language="fr")
    page = visit(width=360, language="fr")
    page.goto(desk.address.replace("127.0.0.1", "localhost") + "/sign-in")
    with_device(page)
    sign_in(page, agent, say, to="/profile/two-step")
    set_up(page, say)
    page.get_by_label(say("Name of the passkey")).fill("Ordinateur")
    page.get_by_role("button", name=say("Add a passkey")).click()
    expect(page.locator("#flash")).to_contain_text(say("The passkey has been added."))
    expect(page.get_by_text("Ordinateur", exact=True)).to_be_visible()
    page.context.clear_cookies()

    sign_in(page, agent, say, to="/desk/tickets")
    expect(page).to_have_url(re.compile("/sign-in/second-step"))
    page.get_by_role("button", name=say("Use a passkey")).click()
    expect(page).to_have_url(re.compile(r"localhost:\d+/desk/tickets$"))

    page.context.clear_cookies()
    sign_in(page, agent, say, to="/desk/tickets")
    page.get_by_label(say("Code"), exact=True).fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text(say("The code is incorrect, or has been used already."))
    page.get_by_label(say("Code"), exact=True).fill(Phone(desk.app, agent).code())
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"localhost:\d+/desk/tickets$"))

    page.goto(page.url.replace("/desk/tickets", "/confirm?next=/profile/two-step"))
    page.get_by_role("button", name=say("Use a passkey")).click()
    expect(page).to_have_url(re.compile("/profile/two-step$"))


@pytest.mark.parametrize("width", [320])
def test_without_script_an_app_and_a_recovery_code_are_enough(visit: Open, desk: Desk, width: int):
    say, member = Words("es"), desk.make.member(language="es")
    page = visit(width=width, script=False, language="es")
    page.goto("/sign-in")
    sign_in(page, member, say, to="/profile/two-step")
    expect(page.get_by_role("button", name=say("Add a passkey"))).to_be_hidden()
    code = set_up(page, say)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.clear_cookies()

    sign_in(page, member, say, to="/profile")
    page.get_by_role("link", name=say("Use a recovery code")).click()
    page.get_by_label(say("Code"), exact=True).fill(code)
    page.get_by_role("button", name=say("Sign in"), exact=True).click()
    expect(page).to_have_url(re.compile("/profile$"))
