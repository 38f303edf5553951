"""A morning with the list of tickets, by keyboard: filter, search, keep a view, close several and take that back."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.tickets import handling
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.priorities import Priority
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.builders import token


def reach(page: Page, target: str) -> None:
    """Goes on with the tab key until this is where the focus is."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.locator(target).evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"the tab key does not lead to {target}")


def prepared(desk: Desk, word: str) -> list[Ticket]:
    """Three French tickets and a Swedish one with the same rare word; the first is urgent and overdue."""
    owner = desk.make.member(name="Åsa Müller")
    opened = [now() - timedelta(days=6), now(), now()]
    tickets = [
        desk.make.ticket(owner, "Commande", language="fr", description=f"L’écran {word} reste noir.", at=at)
        for at in opened
    ]
    other = desk.make.ticket(owner, "En sak", language="sv", description=f"{word}.")
    urgent = Priority.URGENT.value
    desk.inside(
        lambda: handling.set_priority(db.session.get_one(Ticket, tickets[0].id), urgent, by=owner, at=opened[0])
    )
    return [*tickets, other]


def test_an_agent_works_through_a_list_by_keyboard(visit: Open, desk: Desk):
    word = f"z{token()[:8]}"
    tickets, agent = prepared(desk, word), desk.make.agent()
    page = visit(agent)
    page.goto("/desk/tickets")
    rows = page.locator("#tickets tbody tr")

    reach(page, "#q")
    page.keyboard.type(f"{word} écran")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(3)
    expect(rows.first.locator(".snippet mark")).to_have_text(["écran", word])
    reach(page, "#sort")
    page.keyboard.type("Deadline")
    page.keyboard.press("Enter")
    expect(rows.first).to_contain_text("Overdue")
    expect(rows.first).to_contain_text("Urgent")

    reach(page, "#save-view")
    page.keyboard.press("Enter")
    reach(page, "#name")
    page.keyboard.type("Dark screens")
    page.keyboard.press("Enter")
    expect(page.locator("#flash")).to_contain_text("The view has been saved.")
    expect(page.locator("#nav [aria-current]")).to_have_text("Dark screens")
    expect(rows).to_have_count(3)

    expect(page.locator("#bulk-close")).to_be_hidden()
    reach(page, f"#pick-{tickets[0].number}")
    page.keyboard.press("Space")
    reach(page, "#tick-all")
    page.keyboard.press("Enter")
    expect(page.locator("[name=ticket]:checked")).to_have_count(3)
    reach(page, "#bulk-close")
    page.keyboard.press("Enter")
    expect(page.locator("#flash")).to_contain_text("3 tickets have been closed.")
    expect(page.locator("#tickets")).to_contain_text("No tickets found.")

    reach(page, "#undo")
    page.keyboard.press("Enter")
    expect(page.locator("#flash")).to_contain_text("The change of 3 tickets has been undone.")
    expect(rows).to_have_count(3)


def test_the_list_works_on_a_phone_without_script(visit: Open, desk: Desk):
    word = f"z{token()[:8]}"
    tickets, agent = prepared(desk, word), desk.make.agent(language="fr")
    page = visit(agent, width=360, script=False)
    page.goto(f"/desk/tickets?q={word}&language=fr")
    rows = page.locator("#tickets tbody tr")
    expect(rows).to_have_count(3)
    page.locator(f"#pick-{tickets[1].number}").check()
    page.locator("#bulk-tag").fill("Écran noir")
    page.locator("#bulk-add-tag").click()
    expect(page.locator("#flash")).to_contain_text("Écran noir")
    expect(rows.filter(has_text="Écran noir")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("#undo").click()
    expect(rows.filter(has_text="Écran noir")).to_have_count(0)
