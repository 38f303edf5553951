"""An administrator's work by keyboard: a text in four languages reaches every member in theirs; a role takes effect."""

import re

from playwright.sync_api import expect

from helpdesk.accounts import queries
from helpdesk.database import now
from helpdesk.site import service as site
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.test_keyboard import tab_to
from tests.browser.words import Words

NOTICE = {"en": "Closed on Saturday.", "fr": "Fermé samedi.", "sv": "Stängt på lördag.", "es": "Cerrado el sábado."}


def test_a_text_is_written_in_four_languages_and_read_by_members_in_theirs(visit: Open, desk: Desk) -> None:
    say = Words("sv")
    page = visit(desk.make.admin(language="sv", name="Åsa"), width=1280)
    page.goto("/desk")
    tab_to(page, "a[href='/desk/admin']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Administration"))
    tab_to(page, "a[href='/desk/admin/texts']")
    page.keyboard.press("Enter")
    try:
        for code, words in NOTICE.items():
            tab_to(page, f"#notice-{code}")
            page.keyboard.type(words)
        tab_to(page, "#preview-notice")
        page.keyboard.press("Enter")
        expect(page.locator("#notice-preview")).to_be_focused()
        expect(page.locator("#notice-preview [lang=es]")).to_contain_text([NOTICE["es"]])
        tab_to(page, "#save-notice")
        page.keyboard.press("Enter")
        expect(page.locator("#flash")).to_contain_text(say("Notice"))
        for code, words in NOTICE.items():
            theirs = visit(desk.make.member(language=code))
            theirs.goto("/technical-issues")
            expect(theirs.locator("#site-notice .site-text")).to_have_text(words)
            assert theirs.locator("#site-notice [lang]").count() == 0
        page.locator("#notice-fr").fill("")
        page.locator("#save-notice").click()
        expect(page.locator("#notice-fr-mark")).to_contain_text(say("is missing"))
        theirs = visit(desk.make.member(language="fr"))
        theirs.goto("/technical-issues")
        expect(theirs.locator("#site-notice [lang=en]")).to_have_text(NOTICE["en"])
    finally:
        desk.make.change(lambda: [site.set_text("notice", code, "", by=None, at=now()) for code in NOTICE])


def test_who_is_made_an_agent_and_disabled_notices_at_once(visit: Open, desk: Desk) -> None:
    say, nina = Words("en"), desk.make.member(language="en", name="Nina Quist")
    page, theirs = visit(desk.make.admin(name="Ada"), width=1280), visit(nina)
    theirs.goto("/technical-issues")
    page.goto("/desk/members")
    tab_to(page, "#q")
    page.keyboard.type("quis")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Nina Quist")).to_be_visible()
    tab_to(page, "#members .row-title")
    page.keyboard.press("Enter")
    tab_to(page, f"a[href='/desk/admin/team/{nina.id}']")
    page.keyboard.press("Enter")
    page.get_by_role("radio", name=say("Agent"), exact=True).check()
    tab_to(page, "#set-role")
    page.keyboard.press("Enter")
    expect(page.locator("#flash")).to_contain_text("Nina Quist is now: Agent.")
    theirs.reload()
    expect(theirs).to_have_url(re.compile("/sign-in"))
    page.goto(f"/desk/members/{nina.id}")
    tab_to(page, "#disable-member-asked > summary")
    page.keyboard.press("Enter")
    tab_to(page, "#disable-member")
    page.keyboard.press("Enter")
    expect(page.locator("#flash")).to_contain_text("Nina Quist can no longer sign in.")
    assert desk.make.look(lambda: queries.user(nina.id).disabled_at) is not None
