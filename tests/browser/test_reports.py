"""The reports in a real browser: to a range, to the numbers behind a chart by keyboard, and out as a file."""

import csv
import re
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from helpdesk.database import now
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.guard import Guard
from tests.browser.words import Words


def figure(page: Page, title: str) -> str:
    """A headline figure of the report."""
    return page.locator(".figure", has=page.locator("dt", has_text=title)).locator(".figure-value").inner_text()


def test_an_agent_reads_a_range_opens_its_numbers_by_keyboard_and_takes_them_along(
    visit: Open, desk: Desk, guard: Guard
):
    agent, owner, say = desk.make.agent(language="sv", name="Ebba Ek"), desk.make.member(), Words("sv")
    page = visit(agent, width=360, language="sv")
    page.goto("/desk/reports")
    before = int(figure(page, say("Closed", "tickets")))
    desk.make.closed(owner, agent, at=now() - timedelta(hours=1))

    page.goto("/desk")
    page.get_by_role("link", name=say("Reports"), exact=True).click()
    expect(page.locator("h1")).to_have_text(say("Reports"))
    page.get_by_role("link", name=say("7 days"), exact=True).click()
    expect(page).to_have_url(re.compile(r"range=7$"))
    page.locator("#of").select_option(f"agent:{agent.id}")
    page.locator("#of").press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"of=agent(%3A|:){agent.id}$"))
    assert figure(page, say("Closed", "tickets")) == "1"
    chart = page.get_by_role("img", name=say("Closed", "tickets"))
    expect(chart).to_have_accessible_description(say("%(closed)s tickets closed.", closed=1))

    numbers = page.locator("#resolution .report-numbers")
    expect(numbers.locator("table")).to_be_hidden()
    numbers.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("table", name=say("Time until closed"))).to_be_visible()
    page.keyboard.press("Tab")
    expect(numbers.locator(".report-table")).to_be_focused()
    page.keyboard.press("Tab")
    with page.expect_download() as loaded:
        page.keyboard.press("Enter")
    assert re.fullmatch(r"resolution-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv", loaded.value.suggested_filename)
    rows = list(csv.reader(Path(loaded.value.path()).read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert rows[0] == [say("Time"), say("Tickets")]
    assert sum(int(row[1]) for row in rows[1:]) == 1

    guard.allow(422)
    page.locator("#first").fill("2026-02-02")
    page.locator("#last").fill("2026-02-01")
    page.locator("#show-report").click()
    expect(page.locator("#error-summary")).to_contain_text(say("The last day must not be before the first one."))
    expect(page.locator("#first")).to_have_value("2026-02-02")
    page.goto("/desk/reports")
    assert int(figure(page, say("Closed", "tickets"))) == before + 1
