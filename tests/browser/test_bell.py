"""The bell in real browsers: what one agent does rings the other's at once, and what is read is read everywhere."""

import re

from playwright.sync_api import Page, expect

from tests.browser import chatting
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.test_desk_chat import HEAR_NOTICES, LOOK_AWAY


def rung(page: Page, number: int) -> None:
    """The bell says so many, in its number, in words and in the title."""
    expect(page.locator("#unread .count")).to_have_text([str(number)] if number else [])
    words = f"{number} unread notification{'s' if number > 1 else ''}" if number else "No unread notifications"
    expect(page.locator("#unread")).to_contain_text(words)
    expect(page).to_have_title(re.compile(rf"^\({number}\) " if number else r"^[^(]"))


def test_a_mention_rings_at_once_and_what_is_read_is_read_everywhere(visit: Open, desk: Desk) -> None:
    chatting.clear(desk)
    member, maja, ben = desk.make.member(language="fr"), desk.make.agent(name="Maja"), desk.make.agent(name="Ben Ek")
    ticket = desk.make.ticket(member, "La commande s’arrête", language="fr")
    path = f"/desk/tickets/{ticket.number}"
    ours, theirs, away = visit(maja), visit(ben), visit(ben)
    away.add_init_script(f"({HEAR_NOTICES})(); {LOOK_AWAY}")
    ours.goto(path)  # who opens it has read that it came
    theirs.goto("/notices")
    theirs.get_by_role("button", name="Mark all as read").click()
    theirs.goto("/desk/tickets")
    away.goto("/desk")
    for page in (ours, theirs, away):
        rung(page, 0)
    team = chatting.Team(desk, ours.context, maja)
    row = theirs.locator("#tickets tr", has_text="La commande s’arrête")
    expect(row).to_contain_text("Unassigned")

    team._post(
        f"{path}/messages", verb="note", mode="note", body=f"What do you think, @{ben.username}?", submission="a" * 32
    )

    for page in (theirs, away):
        rung(page, 1)
    assert away.evaluate("window.shown") == [[f"Maja mentioned you in ticket no. {ticket.number}.", ""]]
    rung(ours, 0)
    expect(ours.locator("#thread")).to_contain_text("What do you think")

    # The list asks anew by itself, but not under the hands of somebody who is choosing in it.
    theirs.locator("#tickets input[type=checkbox]").first.check()
    team._post(f"{path}/assignment", agent=str(ben.id))
    rung(theirs, 2)
    expect(theirs.locator("#changed")).to_contain_text("1 ticket has changed.")
    expect(row).to_contain_text("Unassigned")
    theirs.locator("#changed button").click()
    expect(row).to_contain_text("Ben Ek")
    expect(theirs.locator("#changed")).to_be_hidden()

    theirs.locator("#bell-menu summary").click()
    latest = theirs.locator("#latest .row")
    expect(latest.nth(0)).to_contain_text(f"Maja assigned ticket no. {ticket.number} to you.")
    expect(latest.nth(1)).to_contain_text(f"Maja mentioned you in ticket no. {ticket.number}.")
    latest.nth(1).get_by_role("link").click()
    expect(theirs).to_have_url(re.compile(f"{path}$"))
    for page in (theirs, away):
        rung(page, 0)

    # The member has no socket: the page asks when somebody looks at it.
    own = visit(member, language="fr")
    own.goto("/technical-issues")
    expect(own.locator("#unread")).to_contain_text("Aucune notification non lue")
    team._post(f"{path}/messages", verb="reply", mode="reply", body="Essayez encore.", submission="b" * 32)
    own.evaluate("dispatchEvent(new Event('focus'))")
    expect(own).to_have_title(re.compile(r"^\(1\) "))
    own.locator("#bell").click()
    own.get_by_role("link", name=f"Maja a répondu dans le ticket n°\u00a0{ticket.number}.").click()
    expect(own.locator("#thread")).to_contain_text("Essayez encore.")
    expect(own).to_have_title(re.compile(r"^[^(]"))
