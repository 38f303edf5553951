"""Signing in and out, with and without script."""

import re

import pytest
from playwright.sync_api import expect

from helpdesk import demo
from tests.browser.conftest import Open
from tests.browser.guard import Guard
from tests.browser.words import Words

READERS = [("fr-gold", "fr", 360), ("sv-silver", "sv", 1280), ("es-platinum", "es", 360), ("en-diamond", "en", 1280)]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize(("username", "language", "width"), READERS)
def test_a_member_signs_in_and_out_in_their_own_language(
    visit: Open, username: str, language: str, width: int, script: bool
):
    say = Words(language)
    page = visit(width=width, script=script, language=language)
    page.goto("/")
    expect(page).to_have_title(f"{say('Sign in')} - Help Desk")
    page.get_by_label(say("Username"), exact=True).fill(username)
    page.get_by_label(say("Password"), exact=True).fill(demo.PASSWORD)
    page.locator("form", has=page.locator("#password")).get_by_role("button", name=say("Sign in"), exact=True).click()

    name = next(account.name for account in demo.ACCOUNTS if account.username == username)
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Hello %(name)s", name=name))
    page.locator("summary", has_text=say("Your account: %(name)s", name=name)).click()
    page.get_by_role("button", name=say("Sign out")).click()

    expect(page).to_have_title(f"{say('Sign in')} - Help Desk")
    expect(page.locator("#flash")).to_contain_text(say("You have signed out."))
    page.goto("/technical-issues")
    expect(page).to_have_url(re.compile("/sign-in"))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_wrong_password_is_said_above_the_form_and_the_name_stays(visit: Open, guard: Guard, script: bool):
    guard.allow(422)
    say = Words("fr")
    page = visit(width=360, script=script, language="fr")
    page.goto("/sign-in")
    page.get_by_label(say("Username"), exact=True).fill("fr-gold")
    page.get_by_label(say("Password"), exact=True).fill("not the password")
    page.keyboard.press("Enter")

    expect(page).to_have_title(f"{say('Error:')} {say('Sign in')} - Help Desk")
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text(say("Incorrect username or password."))
    expect(page.get_by_label(say("Username"), exact=True)).to_have_value("fr-gold")
    expect(page.get_by_label(say("Password"), exact=True)).to_have_value("")
    if script:
        expect(summary).to_be_focused()


def test_links_of_the_error_summary_lead_to_the_fields(visit: Open, guard: Guard):
    guard.allow(422)
    page = visit()
    page.goto("/sign-in")
    page.locator("#password").press("Enter")

    expect(page.locator("#username")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("alert").get_by_role("link", name="Enter your password.").click()
    expect(page.locator("#password")).to_be_focused()
    expect(page.locator("#password")).to_have_accessible_description("Error: Enter your password.")


def test_the_password_can_be_shown_and_hidden(visit: Open):
    page = visit()
    page.goto("/sign-in")
    show = page.get_by_role("button", name="Show password")
    page.locator("#password").fill("secret words")
    show.click()
    expect(page.locator("#password")).to_have_attribute("type", "text")
    expect(show).to_have_attribute("aria-pressed", "true")
    show.click()
    expect(page.locator("#password")).to_have_attribute("type", "password")


def test_signing_in_leads_back_to_the_page_that_was_asked_for(visit: Open):
    page = visit()
    page.goto("/technical-issues?from=a-link")
    expect(page.get_by_text("Please sign in to continue.")).to_be_visible()
    page.locator("#username").fill("en-diamond")
    page.locator("#password").fill(demo.PASSWORD)
    page.locator("#password").press("Enter")
    expect(page).to_have_url(re.compile(r"/technical-issues\?from=a-link$"))
