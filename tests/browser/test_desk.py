"""The IT team's side: lists, search, who takes what, notes, and what happens when two agents do different things."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from helpdesk.accounts.person import Person
from tests import builders
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.guard import Guard
from tests.browser.waiting import swapped
from tests.browser.words import Words


def open_list(page: Page) -> None:
    page.goto("/desk")
    page.get_by_role("link", name=re.compile("Unassigned")).first.click()
    expect(page.locator("h1")).to_have_text("Tickets")


def titles(page: Page) -> object:
    return page.locator("#tickets .row-title")


@pytest.fixture
def agent(desk: Desk) -> Person:
    return desk.make.agent()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("width", [360, 1280])
def test_tickets_are_filtered_and_searched_with_and_without_accents(
    visit: Open, desk: Desk, agent: Person, width: int, script: bool
):
    owner = desk.make.member()
    word = f"Zañahoria{owner.id}"
    desk.make.ticket(owner, title=f"{word} uno", language="es")
    desk.make.ticket(owner, title=f"{word} two", language="en")
    desk.make.closed(owner, agent, title=f"{word} three", language="en")
    page = visit(agent, width=width, script=script)
    open_list(page)
    page.get_by_role("link", name=re.compile("^All ")).click()

    def narrow(do: Callable[[], object]) -> None:
        """With script a changed field asks by itself."""
        with swapped(page, script=script):
            do()
            if not script:
                page.get_by_role("button", name="Filter").click()

    page.get_by_label("Search tickets").fill(word.replace("ñ", "n").lower())
    narrow(page.get_by_label("Search tickets").blur)
    expect(titles(page)).to_have_count(2)
    expect(page).to_have_url(re.compile("q=zanahoria"))
    narrow(lambda: page.locator("#status").select_option("closed"))
    expect(titles(page)).to_have_text(f"English - {word} three")
    narrow(lambda: page.locator("#status").select_option("any"))
    expect(titles(page)).to_have_count(3)
    page.locator("#more-filters > summary").click()
    narrow(lambda: page.locator("#language").select_option("es"))
    expect(titles(page)).to_have_text(f"Español - {word} uno")
    if script:
        expect(page.locator("#announce")).to_have_text("1 result")
    page.reload()
    expect(titles(page)).to_have_text(f"Español - {word} uno")
    page.get_by_role("link", name="Clear filters").click()
    expect(page.get_by_label("Search tickets")).to_have_value("")


def test_of_two_agents_who_take_a_ticket_one_reads_that_somebody_was_faster(
    visit: Open, desk: Desk, agent: Person, guard: Guard
):
    guard.allow(409)
    ticket = desk.make.ticket(desk.make.member())
    slow = desk.make.agent(language="fr")
    first, second = visit(agent), visit(slow)
    for page in (first, second):
        page.goto(f"/desk/tickets/{ticket.number}")
    first.get_by_role("button", name="Assign to me").click()
    expect(first.locator("#flash")).to_contain_text("You have taken the ticket.")
    expect(first.locator("#handling > summary")).to_contain_text(agent.name)
    second.get_by_role("button", name=Words("fr")("Assign to me")).click()
    taken = Words("fr")("%(name)s has already taken this ticket.", name=agent.name)
    expect(second.locator("main")).to_contain_text(taken)
    second.go_back()
    second.reload()
    expect(second.locator("#handling > summary")).to_contain_text(agent.name)


def test_a_ticket_is_given_to_a_colleague_and_back_to_nobody(visit: Open, desk: Desk, agent: Person):
    ticket, colleague = desk.make.ticket(desk.make.member()), desk.make.agent(name="Nora Nilsson")
    page = visit(agent, width=360)
    page.goto(f"/desk/tickets/{ticket.number}")
    page.locator("#handling > summary").click()
    page.locator("#agent").select_option(label="Nora Nilsson")
    page.get_by_label("Note for your colleague").fill("You know the payment page.")
    page.get_by_role("button", name="Hand over").click()
    expect(page.locator("#flash")).to_contain_text("Assigned to Nora Nilsson.")
    theirs = visit(colleague)
    theirs.goto("/desk/tickets?assignee=me")
    expect(titles(theirs)).to_have_count(1)
    expect(page.locator("#thread .message.note")).to_contain_text("You know the payment page.")
    page.locator("#handling > summary").click()
    page.locator("#agent").select_option("")
    page.get_by_role("button", name="Hand over").click()
    expect(page.locator("#flash")).to_contain_text("The ticket is not assigned to anybody now.")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_an_internal_note_is_for_agents_only(visit: Open, desk: Desk, agent: Person, script: bool):
    owner = desk.make.member()
    ticket = desk.make.ticket(owner)
    page = visit(agent, script=script)
    page.goto(f"/desk/tickets/{ticket.number}")
    page.get_by_label("Internal note", exact=True).check()
    expect(page.get_by_role("button", name="Send reply")).to_be_hidden()
    page.locator("#body").fill("A secret between us")
    page.get_by_role("button", name="Add internal note").click()
    expect(page.locator("#flash")).to_contain_text("The note has been added.")
    expect(page.locator("#thread .message.note")).to_contain_text("A secret between us")
    theirs = visit(owner, script=script)
    theirs.goto(f"/technical-issues/{ticket.number}")
    assert "A secret between us" not in theirs.content()
    assert "internal note" not in theirs.content()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_what_was_written_stays_when_the_ticket_has_changed_meanwhile(
    visit: Open, desk: Desk, agent: Person, guard: Guard, script: bool
):
    guard.allow(409)
    owner = desk.make.member()
    ticket = desk.make.ticket(owner)
    page = visit(agent, script=script)
    page.goto(f"/desk/tickets/{ticket.number}")
    page.locator("#body").fill("A long answer, typed for an hour")
    desk.close(ticket, owner)
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator("#error-summary")).to_contain_text(
        "This can no longer be done: the ticket has changed in the meantime."
    )
    expect(page.locator("#body")).to_have_value("A long answer, typed for an hour")
    expect(page.locator("#ticket-status")).to_have_text("Closed")
    expect(page.locator("#ticket")).to_have_count(1)
    page.get_by_role("button", name="Add internal note").click()
    expect(page.locator("#thread .message.note")).to_contain_text("A long answer, typed for an hour")


def test_a_member_keeps_what_was_written_when_the_ticket_has_changed_meanwhile(
    visit: Open, desk: Desk, agent: Person, guard: Guard
):
    guard.allow(409)
    owner = desk.make.member()
    ticket = desk.make.closed(owner, agent)
    page = visit(owner)
    page.goto(f"/technical-issues/{ticket.number}")
    page.locator("#body").fill("Thank you so much")
    other = visit(owner)
    other.goto(f"/technical-issues/{ticket.number}")
    other.locator("#body").fill("Not solved")
    other.get_by_role("button", name="Reopen ticket").click()
    expect(other.locator("#ticket-status")).to_have_text("Open")
    page.get_by_role("button", name="Just say thank you").click()
    expect(page.locator("main")).to_contain_text("This can no longer be done")
    expect(page.locator("#body")).to_have_value("Thank you so much")


def test_the_dashboard_shows_who_has_waited_longest(visit: Open, desk: Desk, agent: Person):
    desk.make.ticket(desk.make.member(), "Asked long ago", at=builders.NOON.replace(year=2020))
    page = visit(agent, width=360)
    page.goto("/")
    expect(page).to_have_url(re.compile("/desk$"))
    expect(page).to_have_title(re.compile("Agent dashboard - Help Desk$"))
    first = page.locator("#dashboard .row").first
    expect(first).to_contain_text("English - Asked long ago")
    expect(first).to_contain_text("Asked 6 Mar 2020")
