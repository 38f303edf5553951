"""One's own data in a real browser: a copy that is made while one watches, an erasure that is taken back, a passage."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from helpdesk.accounts.person import Person
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.guard import Guard
from tests.browser.words import Words


def test_a_member_takes_a_copy_and_thinks_better_of_erasing_the_account(visit: Open, desk: Desk, guard: Guard):
    guard.allow(422)
    say, member = Words("fr"), desk.make.member(language="fr", name="Zoé Lefèvre")
    desk.make.ticket(member, title="Imprimante en panne")
    page = visit(member, width=360, language="fr", fresh=True)
    page.goto("/profile")
    page.get_by_role("link", name=say("Your data"), exact=True).click()

    page.get_by_role("button", name=say("Make a copy")).click()
    link = page.locator("#download")
    expect(link).to_be_visible(timeout=30_000)  # the page asks by itself, and nobody has to load it again
    with page.expect_download() as taken:
        link.click()
    with zipfile.ZipFile(io.BytesIO(Path(taken.value.path()).read_bytes())) as copy:
        assert json.loads(copy.read("data.json"))["tickets"][0]["title"] == "Imprimante en panne"
    assert taken.value.suggested_filename == f"{say('Your data')}.zip"

    page.get_by_label(say("Username"), exact=True).fill("somebody else")
    page.get_by_role("button", name=say("Erase my account")).click()
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.get_by_label(say("Username"), exact=True)).to_have_value("somebody else")
    page.get_by_label(say("Username"), exact=True).fill(member.username)
    page.get_by_role("button", name=say("Erase my account")).click()
    expect(page.locator("#flash")).to_contain_text(
        say("Your account will be erased. Until then you can take that back here.")
    )
    page.get_by_role("button", name=say("Keep my account")).click()
    expect(page.locator("#flash")).to_contain_text(say("Your account stays. Nothing will be erased."))
    expect(page.get_by_role("button", name=say("Erase my account"))).to_be_visible()


def test_an_agent_removes_a_passage_that_should_not_have_been_sent(
    visit: Open, desk: Desk, demo_person: Callable[[str], Person]
):
    member = desk.make.member(language="sv")
    ticket = desk.make.ticket(member, language="sv", description="Mitt lösenord är gurka7, hjälp mig.")
    page = visit(demo_person("agent-1"), width=1280, fresh=True)
    page.goto(f"/desk/tickets/{ticket.number}")
    page.locator(f"a[href='/desk/tickets/{ticket.number}/removal']").evaluate("link => link.click()")
    page.get_by_label("Passage").fill("gurka7")
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(page.locator("blockquote")).to_have_text("gurka7")
    page.get_by_role("button", name="Remove it for good").click()
    expect(page.locator("#thread")).to_contain_text("Mitt lösenord är")
    expect(page.locator("#thread")).not_to_contain_text("gurka7")
    page.goto("/desk/tickets?status=any&q=gurka7")
    expect(page.locator("#tickets .empty")).to_be_visible()
