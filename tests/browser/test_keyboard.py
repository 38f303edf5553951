"""The main job without a mouse: every control is reached, its focus is seen, nothing traps it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import builders
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.words import Words

MOST_TABS = 60
# A focus is seen by the outline of the control itself or of what stands for it: its row, its option, its label.
SEEN = """() => {
    const seen = (element) => element && getComputedStyle(element).outlineStyle !== "none"
        && parseFloat(getComputedStyle(element).outlineWidth) >= 2;
    const focused = document.activeElement;
    return [focused, focused.closest(".row, .option, .card-link"), focused.labels?.[0],
        document.querySelector(`label[for="${focused.id}"]`)].some(seen);
}"""
# What has been swapped in gives the focus to its heading a moment after it is there.
UNSETTLED = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
NAMED = "document.activeElement.innerText || document.activeElement.ariaLabel || document.activeElement.id"


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the focus is there; every stop on the way can be seen."""
    expect(page.locator(UNSETTLED)).to_have_count(0)
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue
        assert page.evaluate(SEEN), f"the focus cannot be seen on {page.evaluate(NAMED)}"
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_the_skip_link_leads_past_the_header(visit: Open, desk: Desk):
    say = Words("fr")
    page = visit(desk.make.member(language="fr"), width=360)
    page.goto("/technical-issues")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name=say("Skip to main content"))
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("width", [360, 1280])
def test_a_ticket_is_submitted_and_answered_by_keyboard_alone(visit: Open, desk: Desk, width: int):
    say, member = Words("es"), desk.make.member(language="es", name="Lucía Ortega")
    page = visit(width=width, language="es")
    page.goto("/sign-in")
    tab_to(page, "#username")
    page.keyboard.type(member.username)
    tab_to(page, "#password")
    page.keyboard.type(builders.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(say("Hello %(name)s", name="Lucía Ortega"))
    tab_to(page, "main a[href='/technical-issues']")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(say("My Technical Issues"))
    tab_to(page, "main a[href='/technical-issues/new']")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/a$"))
    tab_to(page, "input[type=radio]")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("radio", name="Svenska")).to_be_checked()
    tab_to(page, "#title")
    page.keyboard.type("Sólo con el teclado")
    page.keyboard.press("Enter")
    expect(page.locator("#step-title")).to_be_focused()
    tab_to(page, "#description")
    page.keyboard.type("Primera línea")
    page.keyboard.press("Enter")
    page.keyboard.type("Segunda")
    tab_to(page, "#step-continue")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/c$"))
    expect(page.locator("#step-title")).to_be_focused()
    tab_to(page, "#files-input")
    tab_to(page, "#step-continue")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/d$"))
    tab_to(page, "#step-continue")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(say("Ticket submitted"))
    tab_to(page, "main a.button")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Svenska - Sólo con el teclado")
    tab_to(page, "#body")
    page.keyboard.type("Una respuesta")
    tab_to(page, "button[value=reply]")
    page.keyboard.press("Enter")
    expect(page.locator("#flash")).to_contain_text(say("Your reply has been sent."))
    expect(page.locator("#thread")).to_contain_text("Una respuesta")
    assert page.evaluate("document.activeElement !== document.body"), "the focus was lost after sending"


def test_the_account_menu_opens_and_closes_by_keyboard(visit: Open, desk: Desk):
    page = visit(desk.make.member())
    page.goto("/")
    tab_to(page, "#account-menu summary")
    page.keyboard.press("Enter")
    tab_to(page, ".menu a")
    page.keyboard.press("Escape")
    expect(page.locator("#account-menu")).not_to_have_attribute("open", re.compile(".*"))
    expect(page.locator("#account-menu summary")).to_be_focused()
