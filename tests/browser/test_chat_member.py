"""A member's live chat in a real browser: the queue, the conversation, its end, and the way over to a ticket."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from helpdesk import languages
from helpdesk.database import now
from tests.browser import audit, chatting
from tests.browser.chatting import Team, ask, connected, said, stored, write
from tests.browser.conftest import Open, _context
from tests.browser.desk import Desk, served
from tests.browser.guard import Guard
from tests.browser.test_expired import let_end, sign_in_again
from tests.browser.test_keyboard import tab_to
from tests.browser.words import Words

# Whatever is taken out of the log, or put into it anywhere but at its end, would be read aloud again.
WATCH_THE_LOG = """() => {
    const list = document.querySelector("[data-log]");
    window.moved = [];
    new MutationObserver((changes) => {
        for (const { removedNodes, addedNodes, nextSibling, type, target } of changes) {
            if (type !== "childList") window.moved.push(`${type} of ${target.nodeName}`);
            if (removedNodes.length) window.moved.push(`removed ${removedNodes[0].textContent}`);
            if (addedNodes.length && nextSibling) window.moved.push(`inserted ${addedNodes[0].textContent}`);
        }
    }).observe(list, { childList: true, subtree: true, characterData: true });
}"""
# As behind a proxy that knows no WebSocket: each one fails before it is open.
NO_WEBSOCKET = """window.WebSocket = class {
    constructor() { this.readyState = 3; setTimeout(() => this.onerror?.(new Event("error"))); }
    send() {}
    close() {}
};"""
LOOKS_AWAY = "Object.defineProperty(document, 'hidden', { value: true, configurable: true })"
LOOKS_AGAIN = """() => {
    Object.defineProperty(document, 'hidden', { value: false, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of its own, because whoever waits and whoever is there is the same for all."""
    with served(tmp_path_factory.mktemp("chatting")) as desk:
        yield desk


@pytest.fixture
def team(desk: Desk, browser: Browser, guard: Guard) -> Iterator[Team]:
    """Alex, who takes chats, with an empty queue."""
    chatting.clear(desk)
    alex = desk.make.agent(name="Alex Moreau")
    context = _context(browser, desk, alex)
    team = Team(desk, context, alex)
    team.come()
    yield team
    context.close()


@pytest.mark.parametrize("language", languages.CODES)
def test_a_whole_chat_from_the_start_page_to_the_rating(visit: Open, desk: Desk, team: Team, language: str):
    say = Words(language)
    member = desk.make.member(language=language, name="Claire Laurent", member_id=f"77-{language}")
    start = visit(member, width=360, language=language)
    start.goto("/")
    link = start.locator("main a[href='/chat']")
    expect(link).to_have_accessible_name(f"{say('Tech Support Chat')} {say('(opens in a new tab)')}")
    with start.context.expect_page() as opened:
        link.click()
    page = opened.value
    assert page.evaluate("window.opener") is None
    expect(page.locator("h1")).to_have_text(say("Get support with live chat"))
    expect(page.locator("#name")).to_have_value("Claire Laurent")
    expect(page.locator("#member_ref")).to_have_value(f"77-{language}")
    expect(page.locator("#email")).to_have_value(member.email)
    page.locator("#question").fill("My order page stays blank.")
    page.get_by_role("button", name=say("Start chat")).click()
    expect(page.locator(".queue-place")).to_have_text("1")
    expect(page.locator("#status")).to_contain_text(say("You are next."))
    expect(page).to_have_title(re.compile(r"^\(1\) " + re.escape(say("Get support with live chat"))))
    connected(page)
    team.claim(page)
    expect(page.locator("#agent-title")).to_have_text("Alex Moreau")
    expect(page.locator("[data-log]")).to_contain_text(say("%(name)s joined the chat.", name="Alex Moreau"))
    expect(page.locator("#body")).to_be_focused()
    expect(page).to_have_title(re.compile("^" + re.escape(say("Get support with live chat"))))
    team.say(page, "Which browser? See https://example.org/help.")
    expect(said(page).last).to_have_text("Which browser? See https://example.org/help.")
    expect(said(page).last.locator("a")).to_have_attribute("rel", "noopener noreferrer nofollow")
    write(page, "Firefox")
    expect(page.locator("[data-log] > li").last).to_contain_text(say("Sent"))
    expect(page.locator("#body")).to_be_focused()
    page.locator("#end summary").click()
    page.locator("#end-chat").click()
    expect(page.locator("#ended-title")).to_have_text(say("The chat has ended."))
    expect(page.locator("#ended-title")).to_be_focused()
    page.get_by_role("radio", name=say("Good"), exact=True).check()
    page.locator("#comment").fill("Quick.")
    page.locator("#send-rating").click()
    expect(page.locator("#status")).to_contain_text(say("Thank you for your answer."))
    page.get_by_role("link", name=say("Start a new chat")).click()
    expect(page.locator("#question")).to_have_value("")
    assert not audit.wider_than_the_window(page)


def test_the_queue_moves_while_it_is_looked_at(visit: Open, desk: Desk, team: Team):
    first, second = (visit(desk.make.member(name=name)) for name in ("First", "Second"))
    ask(first)
    ask(second)
    expect(second.locator(".queue-place")).to_have_text("2")
    expect(second.locator("#status")).to_contain_text("1 person ahead of you")
    expect(second).to_have_title(re.compile(r"^\(2\) "))
    expect(second.locator("#status")).not_to_contain_text("Waiting time")
    second.locator("#leave").focus()
    first.locator("#leave").click()
    expect(first.locator("#left-title")).to_have_text("You have left the queue.")
    expect(second.locator(".queue-place")).to_have_text("1")
    expect(second).to_have_title(re.compile(r"^\(1\) "))
    expect(second.locator("#announce")).to_have_text("You are number 1 in the queue. You are next.")
    expect(second.locator("#leave")).to_be_focused()
    first.locator("#resume").click()
    expect(first.locator(".queue-place")).to_have_text("1")  # the old place, in front of who came later
    expect(second.locator(".queue-place")).to_have_text("2")


def test_a_waiting_time_is_told_once_real_chats_tell_it(visit: Open, desk: Desk, team: Team):
    first, second = visit(desk.make.member()), visit(desk.make.member())
    ask(first)
    team.claim(first)
    ask(second)
    expect(second.locator("#status")).to_contain_text("Waiting time: about 1 minute")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_what_was_typed_survives_errors_and_an_ended_session(
    visit: Open, desk: Desk, team: Team, guard: Guard, script: bool
):
    guard.allow(422)
    say, member = Words("sv"), desk.make.member(language="sv")
    page = visit(member, script=script, fresh=True, language="sv")
    page.goto("/chat")
    page.locator("#email").fill("nobody")
    page.locator("#question").fill("My page & <b>more</b>.")
    page.locator(".chat-form button").click()
    expect(page.locator("#error-summary")).to_contain_text(
        say("Enter an email address in the correct format, like name@example.com.")
    )
    expect(page).to_have_title(re.compile("^Fel: "))
    expect(page.locator("#question")).to_have_value("My page & <b>more</b>.")
    page.locator("#email").fill("me@example.org")
    let_end(desk, member)
    page.locator(".chat-form button").click()
    sign_in_again(page, member, say)
    expect(page.locator("#question")).to_have_value("My page & <b>more</b>.")
    expect(page.locator("#email")).to_have_value("me@example.org")


def test_a_ticket_instead_leaves_the_queue_and_holds_what_was_written(visit: Open, desk: Desk, team: Team):
    say = Words("fr")
    page = visit(desk.make.member(language="fr", name="Claire"), language="fr")
    ask(page, "Ma commande ne peut pas être traitée.")
    write(page, "Depuis hier.")
    expect(said(page)).to_have_count(2)
    page.locator("#ticket").click()
    expect(page).to_have_url(re.compile("/technical-issues/new/[0-9a-f]+/d$"))
    expect(page.locator("#flash")).to_contain_text(
        say("You have left the queue. What you wrote is in this ticket; you can still go back to the chat.")
    )
    expect(page.locator("main")).to_contain_text("Français - Ma commande ne peut pas être traitée.")
    expect(page.locator("main")).to_contain_text("Claire: Depuis hier.")
    page.goto("/chat")
    expect(page.locator("#left-title")).to_be_visible()
    page.locator("#resume").click()
    expect(page.locator(".queue-place")).to_have_text("1")
    expect(page.locator("#prepared")).to_contain_text(say("Your ticket is ready. It holds what was written here."))


def test_when_the_last_agent_leaves_the_ticket_is_offered_within_ten_seconds(visit: Open, desk: Desk, team: Team):
    page = visit(desk.make.member())
    ask(page)
    team.go()
    expect(page.locator("#closed-title")).to_have_text("No team member is available at the moment.", timeout=10_000)
    expect(page.locator("#announce")).to_have_text("No team member is available at the moment.")
    team.come()
    expect(page.locator(".queue-place")).to_have_text("1")
    team.go()
    page.locator("#ticket").click()
    expect(page.locator("main")).to_contain_text("My order page stays blank.")
    page.goto("/chat?new=1")
    expect(page.locator("#closed-title")).to_be_visible()


@pytest.mark.parametrize("language", languages.CODES)
def test_a_closed_chat_is_a_whole_page_in_every_language(
    visit: Open, desk: Desk, team: Team, guard: Guard, language: str
):
    guard.allow(422)
    page = visit(desk.make.member(language=language), width=320, language=language)
    page.goto("/chat")
    page.locator("#question").fill("w" * 200)
    team.go()
    page.locator(".chat-form button").click()
    expect(page.locator("#closed-title")).to_have_text(Words(language)("No team member is available at the moment."))
    assert audit.frame_faults(page, language) == audit.wider_than_the_window(page) == audit.small_targets(page) == []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert audit.axe(page) == []


def test_a_form_sent_to_a_closed_chat_becomes_a_ticket_with_one_button(
    visit: Open, desk: Desk, team: Team, guard: Guard
):
    guard.allow(422)
    page = visit(desk.make.member())
    page.goto("/chat")
    page.locator("#question").fill("English - My order page stays blank.\nSince yesterday.")
    team.go()
    page.locator(".chat-form button").click()
    expect(page.locator(".chat-typed")).to_have_text(re.compile("Since yesterday."))
    page.get_by_role("button", name="Submit a ticket instead").click()
    expect(page).to_have_url(re.compile("/d$"))
    expect(page.locator("main")).to_contain_text("English - My order page stays blank. Since yesterday.")


def test_the_agents_ask_gives_a_draft_that_only_has_to_be_checked(visit: Open, desk: Desk, team: Team):
    say = Words("es")
    page = visit(desk.make.member(language="es", name="Lucía"), language="es")
    ask(page, "No puedo procesar el pedido desde ayer.")
    team.claim(page)
    expect(page.locator("#agent-title")).to_be_visible()
    team.ask_for_ticket(page, "es")
    expect(page.locator("#prepared")).to_contain_text(say("Your ticket is ready. It holds what was written here."))
    with page.context.expect_page() as opened:
        page.locator("#prepared-ticket").click()
    ticket = opened.value
    expect(ticket.locator("main")).to_contain_text("Español - No puedo procesar el pedido desde ayer.")
    ticket.locator("#step-continue").click()
    expect(ticket.locator("h1")).to_have_text(say("Ticket submitted"))
    page.reload()
    expect(page.locator("#prepared a")).to_have_attribute("href", re.compile(r"/technical-issues/\d+$"))


def test_the_log_only_grows_and_holds_no_button(visit: Open, desk: Desk, team: Team):
    page = visit(desk.make.member())
    ask(page)
    page.evaluate(WATCH_THE_LOG)
    team.claim(page)
    for turn in range(3):
        write(page, f"Mine {turn}")
        team.say(page, f"Theirs {turn}")
    expect(said(page)).to_have_count(7)
    assert page.evaluate("window.moved") == []
    assert page.locator("[role=log] button").count() == 0
    assert page.locator("[data-log] > li").last.text_content().strip().startswith("Alex Moreau: Theirs 2")
    assert [text.inner_text() for text in said(page).all()] == list(stored(desk, page))


def test_the_log_follows_only_who_is_at_its_end(visit: Open, desk: Desk, team: Team):
    page = visit(desk.make.member(), width=360)
    ask(page, "A long question. " * 60)
    team.claim(page)
    for turn in range(4):
        team.say(page, f"Answer {turn}. " * 30)
    expect(said(page).last).to_be_in_viewport()
    page.locator("[data-scroll]").evaluate("(one) => { one.scrollTop = 0; }")
    team.say(page, "And one more.")
    expect(page.locator("[data-newer]")).to_be_visible()
    expect(said(page).last).not_to_be_in_viewport()
    page.locator("[data-newer]").click()
    expect(said(page).last).to_be_in_viewport()
    expect(page.locator("[data-newer]")).to_be_hidden()


def test_enter_sends_and_shift_enter_and_an_input_method_do_not(visit: Open, desk: Desk, team: Team):
    page = visit(desk.make.member())
    ask(page)
    field = page.locator("#body")
    field.press_sequentially("One line")
    field.press("Shift+Enter")
    field.press_sequentially("and another")
    field.evaluate(
        "(one) => one.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true }))"
    )
    expect(field).to_have_value("One line\nand another")
    field.press("Enter")
    expect(said(page).last).to_have_text("One line\nand another", use_inner_text=True)
    field.press("Enter")
    expect(chatting.unsent(page)).to_have_count(0)
    assert len(stored(desk, page)) == 2


def test_a_text_that_is_too_long_stays_where_it_was_typed(visit: Open, desk: Desk, team: Team):
    page = visit(desk.make.member())
    ask(page)
    page.locator("#body").fill("x" * 4001)
    page.locator("#composer button").click()
    expect(page.locator("#body-error")).to_contain_text("The message must be 4000 characters or fewer.")
    expect(page.locator("#body")).to_have_value("x" * 4001)


def test_what_is_typed_survives_a_reload_and_two_tabs_show_the_same(visit: Open, desk: Desk, team: Team):
    page = visit(desk.make.member())
    ask(page)
    page.locator("#body").fill("I was still typ")
    page.reload()
    expect(page.locator("#body")).to_have_value("I was still typ")
    connected(page)
    other = page.context.new_page()
    other.goto("/chat")
    connected(other)
    expect(other.locator("#body")).to_have_value("")
    write(other, "From the other tab")
    write(page, "From this tab")
    expect(said(page)).to_have_count(3)
    expect(said(other)).to_have_count(3)
    assert [text.inner_text() for text in said(page).all()] == [text.inner_text() for text in said(other).all()]
    other.goto("/chat?new=1")
    page.reload()
    expect(page.locator("#body")).to_have_value("")


def test_a_second_form_goes_into_the_chat_that_is_open_already(visit: Open, desk: Desk, team: Team):
    page = visit(desk.make.member())
    page.goto("/chat")
    other = page.context.new_page()
    ask(other)
    page.locator("#question").fill("Is anybody there?")
    page.locator(".chat-form button").click()
    expect(page.locator("#flash")).to_contain_text("You already have a chat in another tab.")
    expect(said(page)).to_have_text(["My order page stays blank.", "Is anybody there?"])


def test_somebody_who_looks_elsewhere_is_told_by_the_title_and_a_sound(visit: Open, desk: Desk, team: Team):
    page = visit(desk.make.member())
    page.add_init_script(
        "window.tones = 0; AudioContext.prototype.createOscillator = new Proxy(AudioContext.prototype.createOscillator,"
        " { apply: (make, self) => { window.tones += 1; return Reflect.apply(make, self, []); } });"
    )
    ask(page)
    page.locator("#sound").check()
    page.evaluate("window.tones = 0")
    page.evaluate(LOOKS_AWAY)
    team.claim(page)
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    expect(page.locator("#sound")).to_be_checked()
    team.say(page, "Hello")
    expect(page).to_have_title(re.compile(r"^\(2\) "))
    assert page.evaluate("window.tones") == 4
    page.evaluate(LOOKS_AGAIN)
    expect(page).to_have_title(re.compile(r"^Get support"))
    page.locator("#sound").uncheck()
    team.say(page, "Are you there?")
    expect(said(page)).to_have_count(3)
    assert page.evaluate("window.tones") == 4


def test_typing_is_seen_and_not_read_aloud(visit: Open, desk: Desk, team: Team):
    page = visit(desk.make.member())
    ask(page)
    team.claim(page)
    agent = visit(team.agent)
    agent.goto(f"/desk/chats/{chatting.number(page)}")
    agent.locator("textarea[name=body]").press_sequentially("H", delay=300)
    connected(agent)
    agent.wait_for_timeout(3_000)  # the first sign may have come before the line was there
    agent.locator("textarea[name=body]").press_sequentially("i")
    expect(page.locator("[data-typing]")).to_have_text("Alex Moreau is typing")
    expect(page.locator("[data-typing]")).to_have_attribute("aria-hidden", "true")
    team.say(page, "Hi")
    expect(page.locator("[data-typing]")).to_be_empty()


def test_a_session_that_ends_is_said_and_costs_nothing(visit: Open, desk: Desk, team: Team, guard: Guard):
    guard.allow(401)
    say, member = Words("fr"), desk.make.member(language="fr")
    page = visit(member, fresh=True, language="fr")
    ask(page)
    page.locator("#body").fill("Pas encore envoyé")
    let_end(desk, member, ends_at=now() - timedelta(minutes=1))
    expect(page.locator("#refused")).to_contain_text(
        say("Your session has expired. Sign in again; your draft has been kept."), timeout=30_000
    )
    page.locator("#sign-in-again").click()
    page.locator("#username").fill(member.username)
    page.locator("#password").fill(chatting.builders.PASSWORD)
    page.locator("#password").press("Enter")
    expect(page).to_have_url(re.compile("/chat$"))
    expect(page.locator("#body")).to_have_value("Pas encore envoyé")


def test_after_the_end_what_was_being_written_is_shown_and_goes_into_the_ticket(visit: Open, desk: Desk, team: Team):
    page = visit(desk.make.member())
    ask(page)
    team.claim(page)
    page.locator("#body").fill("One last th")
    team.end(page)
    expect(page.locator("#ended-title")).to_be_focused()
    expect(page.locator("#composer")).to_be_hidden()
    expect(chatting.unsent(page)).to_contain_text("This was not sent: the chat is over.")
    page.reload()
    expect(chatting.unsent(page)).to_contain_text("One last th")
    page.locator("#ticket").click()
    expect(page.locator("main")).to_contain_text("One last th")


def test_signing_out_forgets_what_the_tab_remembered(visit: Open, desk: Desk, team: Team):
    page = visit(desk.make.member(), fresh=True)
    ask(page)
    page.locator("#body").fill("Secret")
    assert page.evaluate("Object.keys(sessionStorage).length") == 1
    page.locator("#account-menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#flash")).to_contain_text("You have signed out.")
    assert page.evaluate("Object.keys(sessionStorage).length") == 0


@pytest.mark.parametrize("width", [360, 1280])
def test_the_whole_chat_by_keyboard(visit: Open, desk: Desk, team: Team, width: int):
    page = visit(desk.make.member(), width=width)
    page.goto("/chat")
    tab_to(page, "#question")
    page.keyboard.type("My order page stays blank.")
    tab_to(page, ".chat-form button")
    page.keyboard.press("Enter")
    expect(page.locator(".queue-place")).to_be_visible()
    connected(page)
    tab_to(page, "#sound")
    page.keyboard.press("Space")
    expect(page.locator("#sound")).to_be_checked()
    tab_to(page, "[data-scroll]")
    tab_to(page, "#body")
    page.keyboard.type("Hello")
    page.keyboard.press("Enter")
    expect(said(page)).to_have_count(2)
    tab_to(page, "#leave")
    team.claim(page)
    expect(page.locator("#body")).to_be_focused()
    page.keyboard.type("Thank you")
    page.keyboard.press("Enter")
    expect(said(page)).to_have_count(3)
    page.locator("main").focus()
    tab_to(page, "#end summary")
    page.keyboard.press("Enter")
    tab_to(page, "#end-chat")
    page.keyboard.press("Enter")
    expect(page.locator("#ended-title")).to_be_focused()
    tab_to(page, "input[name=rating]")
    page.keyboard.press("Space")
    tab_to(page, "#send-rating")
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("Thank you for your answer.")


def test_the_whole_chat_without_script(visit: Open, desk: Desk, team: Team, guard: Guard):
    guard.allow(422)
    page = visit(desk.make.member(), script=False, width=360)
    page.goto("/chat")
    page.locator("#question").fill("My order page stays blank.")
    page.get_by_role("button", name="Start chat").click()
    expect(page.locator(".queue-place")).to_have_text("1")
    expect(page.locator("meta[http-equiv=refresh]")).to_have_attribute("content", "20")
    expect(page.locator("#body")).to_be_hidden()
    page.get_by_role("link", name="Write a message").click()
    expect(page.locator("meta[http-equiv=refresh]")).to_have_count(0)
    page.locator("#body").fill("And nothing else.")
    page.get_by_role("button", name="Send").click()
    expect(said(page)).to_have_text(["My order page stays blank.", "And nothing else."])
    team.claim(page)
    team.say(page, "Which browser?")
    page.get_by_role("link", name="Refresh").click()
    expect(page.locator("#agent-title")).to_have_text("Alex Moreau")
    expect(said(page).last).to_have_text("Which browser?")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#body-error")).to_contain_text("Enter a message.")
    page.locator("#end summary").click()
    page.locator("#end-chat").click()
    expect(page.locator("#ended-title")).to_be_visible()
    page.get_by_role("radio", name="Very good", exact=True).check()
    page.locator("#send-rating").click()
    expect(page.locator("#status")).to_contain_text("Thank you for your answer.")


def test_the_whole_chat_with_websockets_blocked(visit: Open, desk: Desk, team: Team, guard: Guard):
    page = visit(desk.make.member())
    page.add_init_script(NO_WEBSOCKET)
    kinds: set[str] = set()
    page.on("request", lambda request: kinds.update(re.findall(r"transport=(\w+)", request.url)))
    ask(page)
    team.claim(page)
    expect(page.locator("#agent-title")).to_be_visible()
    team.say(page, "Which browser?")
    expect(said(page).last).to_have_text("Which browser?")
    write(page, "Firefox")
    write(page, "and Chromium")
    expect(said(page)).to_have_text(["My order page stays blank.", "Which browser?", "Firefox", "and Chromium"])
    team.end(page)
    expect(page.locator("#ended-title")).to_be_visible()
    assert kinds == {"polling"}


def test_a_chat_that_goes_on_has_no_fault_that_axe_knows(visit: Open, desk: Desk, team: Team):
    page: Page = visit(desk.make.member(language="fr"), width=360, language="fr")
    ask(page)
    team.claim(page)
    team.say(page, "Hello")
    expect(said(page)).to_have_count(2)
    page.locator("#end summary").click()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert audit.axe(page) == []
    assert audit.small_targets(page) == []
