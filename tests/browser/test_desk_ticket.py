"""Two agents at one ticket, in real browsers and by keyboard: they see each other, and nothing crosses unseen."""

import re

import pytest
from playwright.sync_api import Page, expect

from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.desk.replies import service as replies
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.guard import Guard


@pytest.fixture
def alex(desk: Desk) -> Person:
    return desk.make.agent(name="Alex Moreau")


@pytest.fixture
def nora(desk: Desk) -> Person:
    return desk.make.agent(name="Nora Berg")


def open_ticket(page: Page, number: int) -> None:
    page.goto(f"/desk/tickets/{number}?from=status%3Dopen")
    expect(page.locator("#ticket")).to_be_visible()
    page.wait_for_load_state()


def type_into(page: Page, text: str) -> None:
    page.keyboard.type(text)
    expect(page.locator("#body")).to_have_value(re.compile(re.escape(text)))


def test_two_agents_at_one_ticket_see_each_other_and_nothing_crosses_unseen(
    visit: Open, desk: Desk, alex: Person, nora: Person, guard: Guard
):
    guard.allow(409)
    owner = desk.make.member(name="Camille Laurent", language="fr")
    ticket = desk.make.ticket(owner, language="fr")
    texts = {"en": "Hello {name}.", "fr": "Bonjour {name}, videz le cache."}
    desk.inside(lambda: replies.save(None, title=f"Cache {ticket.id}", texts=texts, by=nora, at=now()))
    first, second = visit(alex), visit(nora)
    open_ticket(first, ticket.number)
    open_ticket(second, ticket.number)
    expect(first.locator("#viewers")).to_have_text("Nora Berg is viewing this ticket.")

    # A note calls the colleague; nothing is sent by a button that does not show.
    second.keyboard.press("n")
    expect(second.locator("#body")).to_be_focused()
    expect(second.get_by_role("button", name="Send reply")).to_be_hidden()
    second.locator("#mention").select_option(alex.username)
    expect(second.locator("#body")).to_have_value(f"@{alex.username} ")
    type_into(second, "please look")
    expect(first.locator("#viewers")).to_have_text("Nora Berg is replying.")

    # Meanwhile the other one writes a reply from a saved one, in the ticket's language.
    first.keyboard.press("r")
    type_into(first, "Chère Camille")
    first.locator("#saved-reply").select_option(label=f"Cache {ticket.id}")
    first.locator("#insert").click()
    written = "Chère Camille\nBonjour Camille Laurent, videz le cache."
    expect(first.locator("#body")).to_have_value(written)

    second.locator("#body").press("Control+Enter")
    expect(second.locator("#flash")).to_contain_text("The note has been added.")
    expect(first.locator("#since")).to_contain_text("Someone has replied since you opened this ticket.")
    first.locator("#body").press("Control+Enter")
    expect(first.locator("#since-notice")).to_contain_text("please look")
    expect(first.locator("#body")).to_have_value(written)
    first.get_by_role("button", name="Send anyway").click()
    expect(first.locator("#flash")).to_contain_text("Your reply has been sent.")
    expect(second.locator("#thread")).to_contain_text("videz le cache.")
    first.locator("#history-fold > summary").click()
    expect(first.locator("#history-fold")).to_contain_text("Nora Berg mentioned Alex Moreau")


def test_what_is_not_sent_is_there_on_another_device_in_its_mode(visit: Open, desk: Desk, alex: Person):
    ticket = desk.make.ticket(desk.make.member())
    page = visit(alex)
    open_ticket(page, ticket.number)
    page.keyboard.press("n")
    with page.expect_response(re.compile("/unsent$")):
        type_into(page, "Half a note")
    page.keyboard.type(" and more")
    page.goto("/desk")
    phone = visit(alex, width=360)
    phone.goto(f"/desk/tickets/{ticket.number}")
    expect(phone.locator("#body")).to_have_value("Half a note and more")
    expect(phone.locator("#mode-note")).to_be_checked()
    expect(phone.locator("#beside")).to_be_hidden()
    phone.get_by_role("button", name="Discard").click()
    expect(phone.locator("#body")).to_have_value("")


def test_the_desk_is_worked_by_its_keys_which_never_fire_while_somebody_types(visit: Open, desk: Desk, alex: Person):
    owner = desk.make.member()
    older, newer = desk.make.ticket(owner, title="Older", at=now()), desk.make.ticket(owner, title="Newer", at=now())
    page = visit(alex)
    page.goto("/desk")
    page.keyboard.press("g")
    page.keyboard.press("u")
    expect(page).to_have_url(re.compile("assignee=none"))
    page.wait_for_load_state()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("jkog?")
    expect(page.locator("#q")).to_have_value("jkog?")
    expect(page.locator("#key-sheet")).to_have_count(0)
    page.goto("/desk/tickets?assignee=none")
    page.keyboard.press("j")
    expect(page.locator("#tickets .row-title").first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile(f"/desk/tickets/{newer.number}"))
    page.wait_for_load_state()
    page.keyboard.press("a")
    expect(page.locator("#flash")).to_contain_text("You have taken the ticket.")
    expect(page.locator("#beside")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.goto("/desk/settings")
    page.locator("#shortcuts").uncheck()
    page.locator("#save-settings").click()
    page.goto(f"/desk/tickets/{older.number}")
    page.keyboard.press("n")
    expect(page.locator("#mode-reply")).to_be_checked()
