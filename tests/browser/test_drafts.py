"""What is typed before submitting is kept: on the other device, while typing, and until it is thrown away."""

import re

from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.words import Words


def test_a_draft_goes_on_on_another_device(visit: Open, desk: Desk):
    say, member = Words("sv"), desk.make.member(language="sv")
    phone = visit(member, width=360)
    phone.goto("/technical-issues/new")
    steps.answer_a(phone, say, "kan inte bearbeta beställning", "Svenska")

    computer = visit(member, fresh=True)
    computer.goto("/technical-issues")
    expect(computer.get_by_role("heading", name=say("You have an unfinished ticket."))).to_be_visible()
    computer.get_by_role("link", name=say("Continue draft")).click()
    expect(computer).to_have_url(re.compile("/b$"))
    computer.get_by_role("link", name=say("Back"), exact=True).click()
    expect(steps.title_field(computer)).to_have_value("kan inte bearbeta beställning")


def test_the_description_is_kept_while_it_is_being_typed(visit: Open, desk: Desk):
    say, member = Words("en"), desk.make.member()
    page = visit(member)
    page.goto("/technical-issues/new")
    steps.answer_a(page, say, "A title", "English")
    steps.description_field(page).press_sequentially("Half a sen")
    expect(page.locator("#saved")).to_contain_text("Draft saved at")
    expect(steps.description_field(page)).to_be_focused()
    expect(page).to_have_url(re.compile("/b$"))

    page.reload()
    expect(steps.description_field(page)).to_have_value("Half a sen")


def test_save_draft_says_so_on_the_list(visit: Open, desk: Desk):
    say = Words("es")
    page = visit(desk.make.member(language="es"), width=360)
    page.goto("/technical-issues/new")
    steps.answer_a(page, say, "Título", "Español")
    steps.description_field(page).fill("Más tarde")
    page.get_by_role("button", name=say("Save draft")).click()
    expect(page.locator("#flash")).to_contain_text(say("Your draft has been saved."))
    expect(page.locator("h1")).to_have_text(say("My Technical Issues"))
    expect(page).to_have_title(f"{say('My Technical Issues')} - Help Desk")
    expect(page.locator("header.masthead")).to_have_count(1)
    page.get_by_role("link", name=say("Continue draft")).click()
    expect(page).to_have_url(re.compile("/d$"))


def test_a_draft_can_be_thrown_away(visit: Open, desk: Desk):
    page = visit(desk.make.member())
    steps.to_c(page, Words("en"))
    page.goto("/technical-issues")
    page.get_by_role("button", name="Discard draft").click()
    expect(page.locator("#flash")).to_contain_text("The draft has been discarded.")
    expect(page.get_by_text("You have an unfinished ticket.")).to_have_count(0)
    page.get_by_role("link", name="Submit a new tech issue").click()
    expect(steps.title_field(page)).to_have_value("")


def test_switching_the_language_keeps_the_draft(visit: Open, desk: Desk):
    page = visit(desk.make.member(language="en"), width=360)
    steps.to_c(page, Words("en"))
    page.get_by_role("link", name="Français", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page).to_have_url(re.compile("/c$"))
    steps.go_on(page, Words("fr"))
    expect(page.locator(".summary")).to_contain_text("English - The order cannot be processed")
