"""When the line or the server fails: it is said in the page, and nothing that was typed is lost."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import steps
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.guard import Guard
from tests.browser.words import Words

SAY = Words("fr")


@pytest.fixture
def page(visit: Open, desk: Desk) -> Page:
    """Step B of a French member."""
    page = visit(desk.make.member(language="fr"), width=360)
    page.goto("/technical-issues/new")
    steps.answer_a(page, SAY, "Titre", "Français")
    return page


def test_offline_is_said_once_and_the_text_stays(page: Page, guard: Guard):
    guard.allow_offline()
    guard.allow_words("Failed to fetch")
    steps.description_field(page).fill("Tout ce que j’ai écrit")
    page.context.set_offline(True)
    steps.go_on(page, SAY)
    notice = page.get_by_role("alert").filter(has_text=SAY("You appear to be offline."))
    expect(notice).to_be_visible()
    steps.go_on(page, SAY)
    expect(notice).to_have_count(1)
    expect(steps.description_field(page)).to_have_value("Tout ce que j’ai écrit")
    page.context.set_offline(False)
    expect(notice).to_have_count(0)
    steps.go_on(page, SAY)
    expect(page.locator("h1")).to_contain_text(SAY("C. Upload files"))


@pytest.mark.parametrize("status", [413, 429, 500, 502, 503])
def test_a_refusal_or_a_fault_lands_in_the_flash_region_and_the_form_stays(page: Page, guard: Guard, status: int):
    guard.allow(status)

    def answer(route: Route) -> None:
        route.fulfill(status=status, content_type="text/html", body=f'<div id="error" role="alert">no {status}</div>')

    page.route("**/b", answer)
    steps.description_field(page).fill("Tout ce que j’ai écrit")
    steps.go_on(page, SAY)
    expect(page.locator("#flash")).to_contain_text(f"no {status}")
    expect(page.locator("#flash")).to_be_in_viewport()
    expect(steps.description_field(page)).to_have_value("Tout ce que j’ai écrit")
    page.unroute("**/b")
    steps.go_on(page, SAY)
    expect(page.locator("h1")).to_contain_text(SAY("C. Upload files"))
    expect(page.locator("#flash")).not_to_contain_text(f"no {status}")


def test_an_expired_form_keeps_the_text_for_the_reloaded_page(page: Page, guard: Guard):
    guard.allow(400)
    page.evaluate("document.querySelectorAll('[name=csrf_token]').forEach(field => field.value = 'old')")
    page.evaluate("document.body.setAttribute('hx-headers:inherited', '{}')")
    steps.description_field(page).fill("Tout ce que j’ai écrit")
    steps.go_on(page, SAY)
    expect(page.locator("#flash")).to_contain_text(SAY("The form has expired. Reload the page and try again."))
    expect(steps.description_field(page)).to_have_value("Tout ce que j’ai écrit")
    page.get_by_role("link", name=SAY("Reload the page")).click()
    expect(page.locator("#flash")).to_be_empty()
    expect(steps.description_field(page)).to_have_value("Tout ce que j’ai écrit")


def test_a_page_that_does_not_exist_is_said_in_the_readers_language(visit: Open, desk: Desk, guard: Guard):
    guard.allow(404)
    page = visit(desk.make.member(language="sv"), width=360)
    assert page.goto("/technical-issues/999999").status == 404
    expect(page.locator("h1")).to_have_text(Words("sv")("Page not found"))
    page.get_by_role("link", name=Words("sv")("Back to the start page")).click()
    expect(page).to_have_url(desk.address + "/")
