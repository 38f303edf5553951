"""The steps A to D, from the list of tickets to the confirmation and back."""

import re

import pytest
from playwright.sync_api import expect

from helpdesk import languages
from helpdesk.tickets.models import Ticket
from tests.browser import steps
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.guard import Guard
from tests.browser.words import Words

TITLES = {
    "en": "The order cannot be processed", "fr": "La commande ne peut pas être traitée",
    "sv": "kan inte bearbeta beställning", "es": "No puedo procesar el pedido",
}  # fmt: skip


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", languages.CODES)
def test_a_ticket_is_submitted_in_the_members_language(visit: Open, desk: Desk, language: str, width: int):
    say, own_name, title = Words(language), languages.own_name(language), TITLES[language]
    member = desk.make.member(language=language, rank="Silver")
    page = visit(member, width=width)
    steps.begin(page, say)
    expect(page).to_have_title(f"{say('A. Ticket title')} - Help Desk")
    expect(page.get_by_role("radio", name=own_name, exact=True)).to_be_checked()
    steps.answer_a(page, say, title, own_name)
    expect(page.locator("h1")).to_be_focused()
    expect(page).to_have_title(f"{say('B. Detailed description of the problem')} - Help Desk")
    steps.answer_b(page, say, "1. Öppna\n2. Välj «tarjeta»\n<b>3.</b> ¿Qué?")
    expect(page.locator("h1")).to_be_focused()
    expect(page).to_have_title(f"{say('C. Upload files')} - Help Desk")
    page.locator("#files-input").set_input_files([steps.picture("écran.png")])
    expect(steps.kept_files(page)).to_have_count(1)
    steps.go_on(page, say)
    expect(page).to_have_title(f"{say('D. Submit the technical issue')} - Help Desk")
    expect(page.locator("h1")).to_be_focused()
    for part in (f"{own_name} - {title}", "<b>3.</b> ¿Qué?", "écran.png"):
        expect(page.locator(".summary")).to_contain_text(part)
    page.get_by_role("button", name=say("Submit Tech Issue")).click()

    expect(page).to_have_title(f"{say('Ticket submitted')} - Help Desk")
    number = desk.make.look(lambda: Ticket.query.filter_by(owner_id=member.id).one().number)
    expect(page.locator("main")).to_contain_text(say("Your ticket number is %(number)s.", number=number))
    page.reload()
    expect(page.locator("main")).to_contain_text(f"{own_name} - {title}")
    page.get_by_role("link", name=say("View the ticket")).click()
    expect(page.locator("h1")).to_have_text(f"{own_name} - {title}")
    expect(page.locator("#thread img.file-thumb")).to_have_js_property("complete", True)
    assert page.locator("#thread img.file-thumb").evaluate("image => image.naturalWidth") > 0


@pytest.mark.parametrize("language", languages.CODES)
def test_a_ticket_is_submitted_without_script(visit: Open, desk: Desk, language: str):
    say, own_name, title = Words(language), languages.own_name(language), TITLES[language]
    page = visit(desk.make.member(language=language), width=360, script=False)
    steps.begin(page, say)
    steps.answer_a(page, say, f"{own_name} - {title}", own_name)
    steps.answer_b(page, say, "Two lines.\nNo script.")
    page.locator("#files-input").set_input_files([steps.picture()])
    page.get_by_role("button", name=say("Upload"), exact=True).click()
    expect(steps.kept_files(page)).to_have_count(1)
    page.get_by_role("button", name=say("Remove %(name)s", name="screenshot.png")).click()
    expect(steps.kept_files(page)).to_have_count(0)
    page.locator("#files-input").set_input_files([steps.picture("second.png")])
    page.get_by_role("button", name=say("Upload"), exact=True).click()
    steps.go_on(page, say)
    expect(page.locator(".summary")).to_contain_text("second.png")
    page.get_by_role("button", name=say("Submit Tech Issue")).click()
    expect(page.locator("h1")).to_have_text(say("Ticket submitted"))
    expect(page.locator("main")).to_contain_text(f"{own_name} - {title}")
    page.get_by_role("link", name=say("View the ticket")).click()
    expect(page.locator("#thread")).to_contain_text("second.png")


def test_the_title_is_shown_as_it_will_read_and_a_typed_prefix_is_not_doubled(visit: Open, desk: Desk):
    page = visit(desk.make.member(language="sv"))
    page.goto("/technical-issues/new")
    preview = page.locator("#title-preview")
    expect(preview).to_have_text("Svenska - …")
    steps.title_field(page).press_sequentially("kan inte")
    expect(preview).to_have_text("Svenska - kan inte")
    page.get_by_role("radio", name="Français").check()
    expect(preview).to_have_text("Français - kan inte")
    for typed in ("Français - erreur", "francais: erreur", "SVENSKA – erreur", "Français - Svenska - erreur"):
        steps.title_field(page).fill(typed)
        expect(preview).to_have_text("Français - erreur")
    page.locator("#step-continue").click()
    steps.answer_b(page, Words("sv"), "Beskrivning")
    steps.go_on(page, Words("sv"))
    expect(page.locator(".summary dd").first).to_have_text("Français - erreur")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_empty_answers_are_named_above_and_at_their_fields(visit: Open, desk: Desk, guard: Guard, script: bool):
    guard.allow(422)
    say = Words("fr")
    page = visit(desk.make.member(language="fr"), width=360, script=script)
    page.goto("/technical-issues/new")
    steps.go_on(page, say)
    expect(page).to_have_title(f"{say('Error:')} {say('A. Ticket title')} - Help Desk")
    summary = page.locator("#error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name=say("Enter a title.")).click()
    expect(steps.title_field(page)).to_be_focused()
    expect(page.locator("#title-error")).to_contain_text(say("Enter a title."))
    steps.answer_a(page, say, "x" * 120, "Français")
    steps.go_on(page, say)
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#error-summary")).to_contain_text(say("Describe the problem."))
    expect(page.locator("#step-title")).to_be_visible()


def test_a_title_that_is_too_long_is_kept_and_refused(visit: Open, desk: Desk, guard: Guard):
    guard.allow(422)
    say = Words("en")
    page = visit(desk.make.member())
    page.goto("/technical-issues/new")
    steps.title_field(page).fill("x" * 121)
    steps.go_on(page, say)
    expect(page.locator("#error-summary")).to_contain_text("The title must be 120 characters or fewer.")
    expect(steps.title_field(page)).to_have_value("x" * 121)


def test_back_forward_and_reload_keep_what_was_answered(visit: Open, desk: Desk):
    say = Words("en")
    page = visit(desk.make.member())
    steps.to_c(page, say)
    page.go_back()
    expect(page).to_have_url(re.compile("/b$"))
    expect(steps.description_field(page)).to_have_value("The page stays blank.")
    page.go_back()
    expect(steps.title_field(page)).to_have_value("The order cannot be processed")
    expect(page).to_have_title("A. Ticket title - Help Desk")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("header")).to_have_count(1)
    page.go_forward()
    expect(steps.description_field(page)).to_have_value("The page stays blank.")
    page.reload()
    expect(steps.description_field(page)).to_have_value("The page stays blank.")
    page.get_by_role("link", name="Back", exact=True).click()
    expect(steps.title_field(page)).to_have_value("The order cannot be processed")


def test_change_on_the_last_step_leads_back_to_it(visit: Open, desk: Desk):
    say = Words("en")
    page = visit(desk.make.member())
    steps.to_c(page, say)
    steps.go_on(page, say)
    page.get_by_role("link", name="Change Title").click()
    steps.title_field(page).fill("Another title")
    steps.go_on(page, say)
    expect(page).to_have_url(re.compile("/d$"))
    expect(page.locator(".summary")).to_contain_text("English - Another title")
    page.get_by_role("link", name="Change Description").click()
    expect(steps.description_field(page)).to_have_value("The page stays blank.")
    steps.description_field(page).fill("It says 500.")
    steps.go_on(page, say)
    expect(page.locator(".summary")).to_contain_text("It says 500.")
    expect(page.locator(".summary")).to_contain_text("Not provided")
    page.get_by_role("link", name="Change Files").click()
    page.locator("#files-input").set_input_files([steps.picture()])
    expect(steps.kept_files(page)).to_have_count(1)
    steps.go_on(page, say)
    expect(page.locator(".summary")).to_contain_text("screenshot.png")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_double_click_on_submit_makes_one_ticket(visit: Open, desk: Desk, script: bool):
    member = desk.make.member()
    page = visit(member, script=script)
    steps.to_c(page, Words("en"))
    steps.go_on(page, Words("en"))
    page.get_by_role("button", name="Submit Tech Issue").dblclick(no_wait_after=True)
    expect(page.locator("h1")).to_have_text("Ticket submitted")
    assert desk.make.look(lambda: Ticket.query.filter_by(owner_id=member.id).count()) == 1


def test_going_back_after_submitting_shows_the_confirmation(visit: Open, desk: Desk):
    page = visit(desk.make.member())
    steps.to_c(page, Words("en"))
    steps.go_on(page, Words("en"))
    page.get_by_role("button", name="Submit Tech Issue").click()
    expect(page.locator("h1")).to_have_text("Ticket submitted")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Ticket submitted")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Ticket submitted")


def test_a_step_left_open_in_another_tab_leads_to_the_confirmation(visit: Open, desk: Desk):
    member = desk.make.member()
    page = visit(member)
    steps.to_c(page, Words("en"))
    other = page.context.new_page()
    other.goto(page.url.replace("/c", "/b"))
    steps.go_on(page, Words("en"))
    page.get_by_role("button", name="Submit Tech Issue").click()
    expect(page.locator("h1")).to_have_text("Ticket submitted")
    steps.description_field(other).fill("Typed too late.")
    steps.go_on(other, Words("en"))
    expect(other.locator("h1")).to_have_text("Ticket submitted")
    expect(other.locator("header.masthead")).to_have_count(1)
