"""My Technical Issues: three lists with their counts, pages and search, fresh whenever they are looked at."""

import re

import pytest
from playwright.sync_api import Page, expect

from helpdesk.accounts.person import Person
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.words import Words, titled

LOOK = "document.dispatchEvent(new Event('visibilitychange'))"
MARK = "window.sameDocument = true"


def rows(page: Page, section: str) -> object:
    return page.locator(f"#{section} .row")


@pytest.fixture
def busy_member(desk: Desk) -> Person:
    """A member with 23 closed tickets and an open one."""
    member = desk.make.member()
    desk.fill(member, closed=[f"Closed {number:02} {'café' if number % 10 == 3 else 'tea'}" for number in range(23)])
    desk.make.ticket(member, title="Still open")
    return member


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    ("username", "language", "counts"),
    [
        ("fr-gold", "fr", (1, 0, 3)),
        ("sv-silver", "sv", (1, 0, 3)),
        ("es-platinum", "es", (0, 1, 3)),
        ("en-diamond", "en", (0, 1, 3)),
    ],
)
def test_the_three_lists_have_their_counts_and_explain_themselves(
    visit: Open, demo_person: object, username: str, language: str, counts: tuple[int, ...], width: int
):
    say = Words(language)
    page = visit(demo_person(username), width=width)
    page.goto("/technical-issues")
    expect(page).to_have_title(titled(say("My Technical Issues")))
    for section, heading, helper, count in zip(
        ("awaiting", "open", "closed"),
        ("Awaiting Feedback", "Open Tech Issues", "Closed Tech Issues"),
        (
            "This feature lists the tickets for which our IT team needs information from you.",
            "This feature lets you see your open tickets.",
            "Use this feature to see all the tickets that have been submitted and resolved.",
        ),
        counts,
        strict=True,
    ):
        region = page.get_by_role("region", name=say(heading))
        expect(region.locator(".count")).to_have_text(str(count))
        expect(rows(page, section)).to_have_count(count)
        expect(region.get_by_text(say(helper))).to_be_hidden()
        region.get_by_text(say("What is this?")).click()
        expect(region.get_by_text(say(helper))).to_be_visible()
    closed = page.get_by_role("region", name=say("Closed Tech Issues"))
    expect(closed).to_contain_text("English - Testing Submission From Canada")
    expect(closed.get_by_role("link", name="English - Test", exact=True)).to_have_attribute("lang", "en")


def test_the_chat_card_opens_a_new_tab(visit: Open, demo_person: object):
    say = Words("fr")
    page = visit(demo_person("fr-gold"))
    page.goto("/technical-issues")
    with page.context.expect_page() as opened:
        page.locator("main").get_by_role("link", name=say("Tech Support Chat")).click()
    expect(opened.value.locator("h1")).to_have_text(say("Get support with live chat"))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_long_list_is_read_page_by_page(visit: Open, busy_member: Person, script: bool):
    page = visit(busy_member, width=360, script=script)
    page.goto("/technical-issues")
    if script:
        page.evaluate(MARK)
    closed = page.get_by_role("region", name="Closed Tech Issues")
    expect(closed).to_contain_text("Page 1 of 3")
    expect(rows(page, "closed")).to_have_count(10)
    closed.get_by_role("link", name="Next").click()
    expect(closed).to_contain_text("Page 2 of 3")
    closed.get_by_role("link", name="Next").click()
    expect(closed).to_contain_text("Page 3 of 3")
    expect(rows(page, "closed")).to_have_count(3)
    expect(page).to_have_url(re.compile(r"/technical-issues/closed\?page="))
    if script:
        assert page.evaluate("window.sameDocument"), "the whole page was loaded"
    page.reload()
    expect(page.get_by_role("region", name="Closed Tech Issues")).to_contain_text("Page 3 of 3")
    page.get_by_role("link", name="Previous").click()
    expect(closed).to_contain_text("Page 2 of 3")


def test_the_focus_stays_in_the_list_when_its_last_page_comes(visit: Open, busy_member: Person):
    page = visit(busy_member)
    page.goto("/technical-issues")
    closed = page.get_by_role("region", name="Closed Tech Issues")
    closed.get_by_role("link", name="Next").press("Enter")
    expect(closed).to_contain_text("Page 2 of 3")
    expect(closed.get_by_role("link", name="Next")).to_be_focused()
    page.keyboard.press("Enter")
    expect(closed).to_contain_text("Page 3 of 3")
    assert page.evaluate("document.querySelector('#closed').contains(document.activeElement)")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_section_is_searched_with_and_without_accents(visit: Open, busy_member: Person, script: bool):
    page = visit(busy_member, script=script)
    page.goto("/technical-issues")
    closed = page.get_by_role("region", name="Closed Tech Issues")
    field = closed.get_by_label("Search tickets")
    field.press_sequentially("cafe")
    if not script:
        field.press("Enter")
    expect(rows(page, "closed")).to_have_count(2)
    for row in rows(page, "closed").all():
        expect(row).to_contain_text("café")
    if script:
        expect(field).to_be_focused()
        expect(field).to_have_value("cafe")
        expect(page.locator("#announce")).to_have_text("2 results")
        expect(rows(page, "open")).to_have_count(1)
    field.fill("nothing like it")
    field.press("Enter")
    expect(closed).to_contain_text("No tickets found.")
    closed.get_by_role("link", name="Clear filters").click()
    expect(rows(page, "closed")).to_have_count(10)


def test_the_lists_are_fresh_when_they_are_looked_at(visit: Open, desk: Desk):
    say, member, team = Words("sv"), desk.make.member(language="sv"), desk.make.agent()
    ticket = desk.make.ticket(member, title="kan inte", language="sv")
    page = visit(member)
    page.goto("/technical-issues")
    page.evaluate(MARK)
    with page.expect_response("**/technical-issues?seen=*") as unchanged:
        page.evaluate(LOOK)
    assert unchanged.value.status == 204
    expect(rows(page, "open")).to_have_count(1)

    desk.ask(ticket, team)
    with page.expect_response("**/technical-issues?seen=*") as changed:
        page.evaluate(LOOK)
    assert changed.value.status == 200
    awaiting = page.get_by_role("region", name=say("Awaiting Feedback"))
    expect(awaiting).to_contain_text("Svenska - kan inte")
    expect(rows(page, "open")).to_have_count(0)
    assert page.evaluate("window.sameDocument")
    with page.expect_response("**/technical-issues?seen=*") as again:
        page.evaluate(LOOK)
    assert again.value.status == 204


def test_a_refresh_leaves_a_searched_list_alone(visit: Open, desk: Desk, busy_member: Person):
    page = visit(busy_member)
    page.goto("/technical-issues")
    page.locator("#closed-q").fill("café")
    expect(rows(page, "closed")).to_have_count(2)
    page.locator("h1").click()
    desk.make.ticket(busy_member, title="New in between")
    page.evaluate(LOOK)
    page.evaluate("fetch('/healthz')")
    expect(rows(page, "closed")).to_have_count(2)
    expect(page.locator("#closed-q")).to_have_value("café")
