"""What people set about themselves, and what they see of it at once."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import builders
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.guard import Guard
from tests.browser.words import Words


def save(page: Page, say: Words) -> None:
    page.get_by_role("button", name=say("Save changes")).click()


def background(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_the_language_is_changed_and_stays_on_another_device(visit: Open, desk: Desk, script: bool):
    member = desk.make.member(language="en")
    page = visit(member, width=360, script=script)
    page.goto("/profile")
    page.get_by_role("radio", name="Svenska").check()
    save(page, Words("en"))
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    expect(page.locator("#flash")).to_have_text(re.compile(re.escape(Words("sv")("Your settings have been saved."))))
    other = visit(member, language="es", fresh=True)
    other.goto("/technical-issues")
    expect(other.locator("h1")).to_have_text(Words("sv")("My Technical Issues"))


def test_the_theme_is_dark_or_light_whatever_the_device_says(visit: Open, desk: Desk):
    say = Words("en")
    page = visit(desk.make.member(), scheme="light")
    page.goto("/profile")
    light = background(page)
    page.get_by_role("radio", name="Dark").check()
    save(page, say)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = background(page)
    assert dark != light
    page.get_by_role("radio", name="Light").check()
    page.emulate_media(color_scheme="dark")
    save(page, say)
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert background(page) == light
    page.get_by_role("radio", name="System").check()
    save(page, say)
    expect(page.locator("html")).not_to_have_attribute("data-theme", re.compile("."))
    assert background(page) == dark


def test_times_follow_the_chosen_zone_and_else_the_browsers(visit: Open, desk: Desk):
    member = desk.make.member()
    ticket = desk.make.ticket(member)  # at noon UTC on 6 March 2026
    page = visit(member, zone="America/New_York")
    page.goto("/technical-issues")  # the browser tells its zone
    page.goto(f"/technical-issues/{ticket.number}")
    expect(page.locator("#thread time").first).to_have_text("6 Mar 2026, 07:00")
    page.goto("/profile")
    page.locator("#time_zone").select_option("Asia/Tokyo")
    save(page, Words("en"))
    page.goto(f"/technical-issues/{ticket.number}")
    expect(page.locator("#thread time").first).to_have_text("6 Mar 2026, 21:00")


def test_a_name_cannot_be_empty(visit: Open, desk: Desk, guard: Guard):
    guard.allow(422)
    say = Words("es")
    page = visit(desk.make.member(language="es"), width=360)
    page.goto("/profile")
    page.get_by_label(say("Name"), exact=True).fill(" ")
    save(page, say)
    expect(page).to_have_title(f"{say('Error:')} {say('Profile')} - Help Desk")
    page.locator("#error-summary").get_by_role("link", name=say("Enter your name.")).click()
    expect(page.get_by_label(say("Name"), exact=True)).to_be_focused()


def test_the_password_is_changed_and_other_devices_are_signed_out(visit: Open, desk: Desk, guard: Guard):
    guard.allow(422)
    member = desk.make.member()
    page, other = visit(member, fresh=True), visit(member, fresh=True)
    other.goto("/profile")
    page.goto("/profile")
    page.locator("#current_password").fill("wrong")
    page.locator("#new_password").fill("green tea with four lemons")
    page.get_by_role("button", name="Change password").click()
    expect(page.locator("#error-summary")).to_be_visible()
    expect(page.locator("#current_password")).to_have_attribute("aria-invalid", "true")
    page.locator("#current_password").fill(builders.PASSWORD)
    page.locator("#new_password").fill("green tea with four lemons")
    page.get_by_role("button", name="Change password").click()
    expect(page.locator("#flash")).to_contain_text("Your password has been changed.")
    other.reload()
    expect(other).to_have_url(re.compile("/sign-in"))
    other.locator("#username").fill(member.username)
    other.locator("#password").fill("green tea with four lemons")
    other.locator("#password").press("Enter")
    expect(other).to_have_url(re.compile("/profile$"))


def test_one_session_is_ended_from_another_device(visit: Open, desk: Desk):
    member = desk.make.member()
    page, other = visit(member, fresh=True), visit(member, fresh=True)
    other.goto("/")
    page.goto("/profile")
    sessions = page.locator("#sessions li")
    expect(sessions).to_have_count(2)
    expect(sessions.filter(has_text="this device")).to_have_count(1)
    sessions.get_by_role("button", name=re.compile("Sign out")).click()
    expect(page.locator("#flash")).to_contain_text("The session has been ended.")
    expect(sessions).to_have_count(1)
    other.reload()
    expect(other).to_have_url(re.compile("/sign-in"))
