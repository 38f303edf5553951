"""A ticket from the member's question to the end, each side in its own language and its own browser."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from helpdesk.accounts.person import Person
from helpdesk.tickets.models import Ticket
from tests.browser import steps
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.guard import Guard
from tests.browser.words import Words

LOOK = "document.dispatchEvent(new Event('visibilitychange'))"
SV, FR = Words("sv"), Words("fr")
TITLE = "Svenska - kan inte bearbeta beställning"


@pytest.fixture
def member(desk: Desk) -> Person:
    return desk.make.member(language="sv", name="Elin Lindqvist")


@pytest.fixture
def agent(desk: Desk) -> Person:
    return desk.make.agent(language="fr", name="Alex Martin")


@pytest.fixture
def ticket(desk: Desk, member: Person) -> Ticket:
    return desk.make.ticket(member, title="kan inte bearbeta beställning", language="sv")


def reply(page: Page, text: str, button: str) -> None:
    page.locator("#body").fill(text)
    page.get_by_role("button", name=button, exact=True).click()


def status(page: Page) -> object:
    return page.locator("#ticket-status")


def page_of(visit: Open, person: Person, ticket: Ticket, width: int, script: bool) -> Page:
    page = visit(person, width=width, script=script)
    page.goto(f"/{'desk/tickets' if person.is_agent else 'technical-issues'}/{ticket.number}")
    expect(page.locator("h1")).to_have_text(TITLE)
    expect(page.locator("h1")).to_have_attribute("lang", "sv")
    return page


def look(page: Page, script: bool) -> None:
    """What somebody sees who comes back to their page."""
    page.evaluate(LOOK) if script else page.reload()


@pytest.mark.parametrize(("script", "width"), [(True, 360), (True, 1280), (False, 1280)])
def test_a_conversation_goes_back_and_forth_in_two_languages(
    visit: Open, member: Person, agent: Person, ticket: Ticket, guard: Guard, script: bool, width: int
):
    guard.allow(*([409] if script else []))
    team = page_of(visit, agent, ticket, width, script)
    reply(team, "Vilken webbläsare?", FR("Send and request information"))
    expect(team.locator("#flash")).to_contain_text(FR("The request has been sent."))
    expect(status(team)).to_have_text(FR("Awaiting feedback"))

    owner = visit(member, width=width, script=script)
    owner.goto("/technical-issues")
    owner.get_by_role("region", name=SV("Awaiting Feedback")).get_by_role("link", name=TITLE).click()
    expect(owner.locator(".notice")).to_contain_text(SV("We need more information from you."))
    expect(owner.locator("#thread")).to_contain_text("Vilken webbläsare?")
    expect(owner.locator("#thread")).to_contain_text(SV("tech support team"))
    owner.locator("#files-input" if script else "#reply-files").set_input_files([steps.picture("skärm.png")])
    if script:
        expect(steps.kept_files(owner)).to_have_count(1)
    reply(owner, "Firefox 144\n<script>alert(1)</script>", SV("Send reply"))
    expect(owner.locator("#flash")).to_contain_text(SV("Your reply has been sent."))
    expect(status(owner)).to_have_text(SV("Open", "ticket status"))
    expect(owner.locator("#thread")).to_contain_text("<script>alert(1)</script>")
    expect(owner.locator("#thread")).to_contain_text("skärm.png")
    expect(owner.locator("#body")).to_have_value("")

    look(team, script)
    expect(team.locator("#thread")).to_contain_text("Firefox 144")
    expect(status(team)).to_have_text(FR("Open", "ticket status"))
    reply(team, "Tack, nu fungerar det.", FR("Send and close"))
    if script:
        # The answer has come into a page that was open: it is shown once more before anything is sent.
        expect(team.locator("#since-notice")).to_contain_text("Firefox 144")
        team.get_by_role("button", name=FR("Send anyway")).click()
    expect(status(team)).to_have_text(FR("Closed", "ticket status"))
    expect(team.get_by_role("button", name=FR("Send reply"))).to_have_count(0)

    look(owner, script)
    expect(owner.locator("#thread")).to_contain_text("Tack, nu fungerar det.")
    expect(status(owner)).to_have_text(SV("Closed", "ticket status"))
    owner.reload()
    expect(owner.locator(".notice")).to_contain_text(SV("This ticket is closed. Reply to reopen it."))
    reply(owner, "Felet är tillbaka.", SV("Reopen ticket"))
    expect(owner.locator("#flash")).to_contain_text(SV("The ticket has been reopened."))
    expect(status(owner)).to_have_text(SV("Open", "ticket status"))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_thanks_leave_a_closed_ticket_closed(
    visit: Open, desk: Desk, member: Person, agent: Person, ticket: Ticket, script: bool
):
    desk.close(ticket, agent)
    owner = page_of(visit, member, ticket, 360, script)
    reply(owner, "Tack!", SV("Just say thank you"))
    expect(owner.locator("#flash")).to_contain_text(SV("Thank you. The ticket stays closed."))
    expect(status(owner)).to_have_text(SV("Closed", "ticket status"))
    expect(owner.locator("#thread")).to_contain_text(SV("Said thank you"))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_the_owner_closes_after_being_asked(visit: Open, member: Person, ticket: Ticket, script: bool):
    owner = page_of(visit, member, ticket, 360, script)
    owner.get_by_role("link", name=SV("Close ticket")).click()
    expect(owner).to_have_title(f"{SV('Close this ticket?')} - Help Desk")
    owner.get_by_role("link", name=SV("Cancel")).click()
    expect(status(owner)).to_have_text(SV("Open", "ticket status"))
    owner.get_by_role("link", name=SV("Close ticket")).click()
    owner.get_by_role("button", name=SV("Close ticket")).click()
    expect(owner.locator("#flash")).to_contain_text(SV("The ticket has been closed."))
    expect(status(owner)).to_have_text(SV("Closed", "ticket status"))
    expect(owner.get_by_role("link", name=SV("Close ticket"))).to_have_count(0)


def test_after_the_reopening_time_a_follow_up_ticket_is_linked(visit: Open, desk: Desk, agent: Person):
    say, member = Words("fr"), desk.make.member(language="fr")
    long_ago = datetime(2020, 3, 6, 12, tzinfo=UTC)
    desk.make.closed(member, agent, title="Testing Submission From Canada", at=long_ago, closed_at=long_ago)
    page = visit(member, width=360)
    page.goto("/technical-issues")
    page.get_by_role("link", name="English - Testing Submission From Canada").click()
    expect(page.get_by_role("button", name=say("Reopen ticket"))).to_have_count(0)
    page.get_by_role("link", name=say("Submit a follow-up ticket")).click()
    page.get_by_role("link", name=say("Back"), exact=True).click()
    expect(steps.title_field(page)).to_have_value("Testing Submission From Canada")
    expect(page.get_by_role("radio", name="English")).to_be_checked()
    steps.go_on(page, say)
    steps.answer_b(page, say, "It happens again.")
    steps.go_on(page, say)
    page.get_by_role("button", name=say("Submit Tech Issue")).click()
    page.get_by_role("link", name=say("View the ticket")).click()
    page.locator("aside").get_by_role("link").first.click()
    expect(page.locator("aside")).to_contain_text(say("Followed by"))


def test_an_empty_reply_is_refused_and_the_summary_leads_to_it(
    visit: Open, member: Person, ticket: Ticket, guard: Guard
):
    guard.allow(422)
    owner = page_of(visit, member, ticket, 360, True)
    reply(owner, "  ", SV("Send reply"))
    expect(owner.locator("#error-summary")).to_be_focused()
    expect(owner).to_have_title(f"{SV('Error:')} {TITLE} - Help Desk")
    owner.locator("#error-summary").get_by_role("link").click()
    expect(owner.locator("#body")).to_be_focused()


def test_a_double_click_on_send_makes_one_message(visit: Open, member: Person, ticket: Ticket):
    owner = page_of(visit, member, ticket, 1280, True)
    owner.locator("#body").fill("Bara en gång")
    owner.get_by_role("button", name=SV("Send reply")).dblclick()
    expect(owner.locator("#flash")).to_contain_text(SV("Your reply has been sent."))
    expect(owner.locator("#thread .message")).to_have_count(2)


def test_a_refresh_of_the_thread_leaves_the_reply_that_is_being_written(
    visit: Open, desk: Desk, member: Person, agent: Person, ticket: Ticket
):
    owner = page_of(visit, member, ticket, 1280, True)
    owner.locator("#body").press_sequentially("Jag skriver")
    desk.answer(ticket, agent, "Under tiden")
    owner.evaluate(LOOK)
    expect(owner.locator("#thread")).to_contain_text("Under tiden")
    expect(owner.locator("#body")).to_have_value("Jag skriver")
    expect(owner.locator("#body")).to_be_focused()
