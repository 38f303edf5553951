"""The start page, and what a member below the rank sees instead of Technical Issues."""

import pytest
from playwright.sync_api import expect

from helpdesk import languages
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.guard import Guard
from tests.browser.words import Words

CLOSED_TO_THEM = (
    "/technical-issues", "/technical-issues/closed", "/technical-issues/new", "/technical-issues/1001", "/chat"
)  # fmt: skip
RANK = "Please note that this feature is only available to members of %(rank)s rank and above."


@pytest.mark.parametrize("width", [360, 1280])
def test_the_start_page_leads_to_the_tickets_and_opens_the_chat_in_a_new_tab(visit: Open, desk: Desk, width: int):
    say = Words("es")
    page = visit(desk.make.member(language="es", rank="Platinum"), width=width)
    page.goto("/")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=f"{say('Tech Support Chat')} {say('(opens in a new tab)')}").first.click()
    expect(opened.value).to_have_title(f"{say('Get support with live chat')} - Help Desk")
    expect(opened.value.get_by_role("link", name=say("Submit a ticket instead"))).to_be_visible()
    page.get_by_role("link", name=say("Technical Issues"), exact=True).click()
    expect(page.locator("h1")).to_have_text(say("My Technical Issues"))


def test_a_member_below_the_rank_reads_why_in_each_language(visit: Open, desk: Desk):
    page = visit(desk.make.member(rank="Manager", language="en"), width=360)
    page.goto("/")
    for code in ("en", "fr", "sv", "es"):
        say = Words(code)
        if code != "en":
            page.get_by_role("link", name=languages.own_name(code), exact=True).click()
        expect(page.locator("html")).to_have_attribute("lang", code)
        expect(page.locator("main")).to_contain_text(say(RANK, rank=say("Silver", "rank")))
        expect(page.locator("main").get_by_role("link")).to_have_count(1)
        expect(page.get_by_role("link", name=say("My Technical Issues"))).to_have_count(0)


@pytest.mark.parametrize("path", CLOSED_TO_THEM)
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_direct_address_shows_the_same_page(visit: Open, desk: Desk, guard: Guard, path: str, script: bool):
    guard.allow(403)
    say = Words("sv")
    person = desk.make.member(rank="Premier", language="sv")
    page = visit(person, script=script)
    assert page.goto(path).status == 403
    expect(page.locator("h1")).to_have_text(say("Hello %(name)s", name=person.name))
    expect(page.locator("main")).to_contain_text(say(RANK, rank=say("Silver", "rank")))


@pytest.mark.parametrize("path", ["/desk", "/desk/tickets", "/desk/tickets/1001"])
def test_a_member_has_no_way_to_the_desk(visit: Open, desk: Desk, guard: Guard, path: str):
    guard.allow(403)
    page = visit(desk.make.member(language="fr"))
    assert page.goto(path).status == 403
    expect(page.locator("main")).to_contain_text(Words("fr")("You do not have access to this page."))
    expect(page.get_by_role("link", name="Desk", exact=True)).to_have_count(0)
