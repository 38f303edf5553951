"""Sessions that end while somebody is typing: what was typed is there again after signing in."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from helpdesk import demo
from helpdesk.accounts.models import UserSession
from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.extensions import db
from tests import builders
from tests.browser import steps
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.guard import Guard
from tests.browser.words import Words

TYPED = "Jag hade skrivit länge.\n\n« Mycket » länge & <noga>."
KEPT = "Your session has expired. Sign in again; your draft has been kept."


def let_end(desk: Desk, person: Person, **changes: object) -> None:
    """The person's sessions have been idle for too long."""
    changes = changes or {"seen_at": now() - timedelta(days=15)}
    desk.inside(
        lambda: db.session.execute(update(UserSession).where(UserSession.user_id == person.id).values(**changes))
    )
    desk.forget(person)


def sign_in_again(page: Page, person: Person, say: Words) -> None:
    expect(page).to_have_url(re.compile(r"/sign-in\?next=/"))
    expect(page.locator(".notice")).to_contain_text(say(KEPT))
    page.locator("#username").fill(person.username)
    page.locator("#password").fill(builders.PASSWORD)
    page.locator("#password").press("Enter")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_description_survives_a_session_that_ends_on_continue(visit: Open, desk: Desk, guard: Guard, script: bool):
    guard.allow(401)
    say, member = Words("sv"), desk.make.member(language="sv")
    page = visit(member, script=script, fresh=True, language=say.language)
    page.goto("/technical-issues/new")
    steps.answer_a(page, say, "Titel", "Svenska")
    let_end(desk, member)
    steps.description_field(page).fill(TYPED)
    steps.go_on(page, say)
    sign_in_again(page, member, say)
    expect(page).to_have_url(re.compile("/b$"))
    expect(steps.description_field(page)).to_have_value(TYPED)
    steps.go_on(page, say)
    expect(page).to_have_url(re.compile("/c$"))


def test_a_description_survives_a_session_that_ends_while_it_is_being_typed(visit: Open, desk: Desk, guard: Guard):
    guard.allow(401)
    say, member = Words("en"), desk.make.member()
    page = visit(member, fresh=True)
    page.goto("/technical-issues/new")
    steps.answer_a(page, say, "Title", "English")
    let_end(desk, member)
    steps.description_field(page).press_sequentially("I am still typ")
    sign_in_again(page, member, say)
    expect(steps.description_field(page)).to_have_value("I am still typ")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_reply_survives(visit: Open, desk: Desk, guard: Guard, script: bool):
    guard.allow(401)
    say, member = Words("sv"), desk.make.member(language="sv")
    ticket = desk.make.ticket(member)
    page = visit(member, script=script, fresh=True, language=say.language)
    page.goto(f"/technical-issues/{ticket.number}")
    let_end(desk, member)
    page.locator("#body").fill(TYPED)
    page.get_by_role("button", name=say("Send reply")).click()
    sign_in_again(page, member, say)
    expect(page).to_have_url(re.compile(f"/technical-issues/{ticket.number}$"))
    expect(page.locator("#body")).to_have_value(TYPED)
    page.get_by_role("button", name=say("Send reply")).click()
    expect(page.locator("#flash")).to_contain_text(say("Your reply has been sent."))
    expect(page.locator("#thread .message")).to_have_count(2)


def test_an_agents_note_survives_the_longest_time_of_a_session(visit: Open, desk: Desk, guard: Guard):
    guard.allow(401)
    agent, ticket = desk.make.agent(language="fr"), desk.make.ticket(desk.make.member())
    page = visit(agent, fresh=True, language="fr")
    page.goto(f"/desk/tickets/{ticket.number}")
    page.locator("#body").fill("Une note")
    let_end(desk, agent, ends_at=now() - timedelta(minutes=1))
    colleague = visit()
    colleague.goto("/sign-in")  # signing in clears away what is over
    colleague.locator("#username").fill("agent-1")
    colleague.locator("#password").fill(demo.PASSWORD)
    colleague.locator("#password").press("Enter")
    expect(colleague).to_have_url(re.compile("/desk$"))
    with page.expect_response(lambda answer: answer.status == 204):
        page.locator("#nav").dispatch_event("refresh")
    page.locator("label[for=mode-note]").click()
    page.get_by_role("button", name=Words("fr")("Add internal note")).click()
    sign_in_again(page, agent, Words("fr"))
    expect(page.locator("#body")).to_have_value("Une note")


def test_a_file_on_its_way_leads_to_the_sign_in_too(visit: Open, desk: Desk, guard: Guard):
    guard.allow(401)
    member = desk.make.member()
    page = visit(member, fresh=True)
    steps.to_c(page, Words("en"))
    let_end(desk, member)
    page.locator("#files-input").set_input_files([steps.picture()])
    expect(page).to_have_url(re.compile(r"/sign-in\?next=/technical-issues/new/\w+/c$"))


def test_a_session_that_was_ended_on_purpose_ends_at_once_in_every_browser(visit: Open, desk: Desk, guard: Guard):
    guard.allow(401)
    member = desk.make.member()
    ticket = desk.make.ticket(member)
    there, here = visit(member, fresh=True), visit(member, fresh=True)
    there.goto(f"/technical-issues/{ticket.number}")
    there.locator("#body").fill("Typed by whoever sits there")
    here.goto("/profile")
    here.get_by_role("button", name="Sign out everywhere").click()
    expect(here.locator("#flash")).to_contain_text("You have signed out.")
    there.get_by_role("button", name="Send reply").click()
    expect(there).to_have_url(re.compile(r"/sign-in\?next="))
    there.locator("#username").fill(member.username)
    there.locator("#password").fill(builders.PASSWORD)
    there.locator("#password").press("Enter")
    expect(there.locator("#thread .message")).to_have_count(1)
