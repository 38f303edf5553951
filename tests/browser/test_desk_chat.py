"""The team's live chat in real browsers: two agents and their members, at once."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from helpdesk.accounts.person import Person
from helpdesk.chat import service
from helpdesk.chat.models import Chat
from helpdesk.database import now
from helpdesk.extensions import db
from tests import builders
from tests.browser import chatting
from tests.browser.chatting import ask, connected, said, write
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.guard import Guard
from tests.browser.words import Words

FRENCH = "Bonjour, ma commande ne passe pas depuis ce matin, la page reste blanche."
LOOK_AWAY = "Object.defineProperty(document, 'hidden', { value: true, configurable: true })"
HEAR_NOTICES = """() => {
    window.shown = [];
    const asked = { permission: "granted", requestPermission: async () => "granted" };
    window.Notification = Object.assign(function (text, { body } = {}) {
        window.shown.push([text, body ?? ""]);
        return new EventTarget();
    }, asked);
}"""
Waits = Callable[..., int]


@pytest.fixture
def maja(desk: Desk) -> Person:
    chatting.clear(desk)
    return available(desk, "Maja Jonsson")


@pytest.fixture
def alex(desk: Desk, maja: Person) -> Person:
    return available(desk, "Alex Martin")


def available(desk: Desk, name: str) -> Person:
    agent = desk.make.agent(name=name)
    desk.inside(lambda: service.set_available(agent, True, at=now()))
    return agent


@pytest.fixture
def waits(desk: Desk) -> Waits:
    """Puts somebody into the queue without a browser; gives the chat's number."""

    def begin(name: str, question: str = "The page is blank.", **facts: object) -> int:
        member = desk.make.member(name=name, **facts)

        def put() -> int:
            chat = service.begin(
                name=name, member_ref="", email=member.email, question=question, client_id=builders.token(),
                by=member, at=now(),
            )  # fmt: skip
            return chat.id

        return desk.inside(put)  # type: ignore[return-value]

    return begin


def desk_of(visit: Open, agent: Person, path: str = "/desk", **device: object) -> Page:
    page = visit(agent, **device)
    page.goto(path)
    return page


def queue(page: Page):
    return page.locator("[id^=queue-].row .row-title")


def accept(page: Page, name: str) -> None:
    page.get_by_role("button", name=f"Accept chat {name}").click()
    expect(page.locator("h1")).to_have_text(name)


def own(page: Page, name: str):
    return page.locator("[id^=own-].row", has_text=name)


def test_the_queue_lives_and_of_two_agents_one_wins(
    visit: Open, desk: Desk, maja: Person, alex: Person, waits: Waits
) -> None:
    first, second = desk_of(visit, maja), desk_of(visit, alex)
    expect(first.locator("#chats")).to_contain_text("Nobody is waiting.")
    number = waits("Ben Carter", "The enrolment page shows a blank page.")
    member = visit(desk.make.member(name="Camille Laurent"))
    ask(member, FRENCH)
    for page in (first, second):
        expect(queue(page)).to_have_text(["Ben Carter", "Camille Laurent"])
        expect(page).to_have_title(re.compile(r"^\(2\) Agent dashboard"))
        expect(page.locator("[id^=queue-]", has_text="Camille").locator(".code")).to_have_text("FR")
        expect(page.locator("#nav")).to_contain_text("Waiting 2")

    # Both have pressed before either page could tell.
    second.evaluate("document.querySelectorAll('[data-live]').forEach((one) => one.removeAttribute('data-live'))")
    accept(first, "Ben Carter")
    second.locator(f"#accept-{number}").click()

    expect(second.locator("#flash")).to_contain_text("Maja Jonsson has already accepted this chat.")
    expect(second).to_have_url(re.compile("/desk$"))
    expect(queue(second)).to_have_text(["Camille Laurent"])
    expect(first.locator("#body")).to_be_focused()
    second.get_by_role("button", name="Accept chat Camille Laurent").click()
    expect(member.locator("[data-log]")).to_contain_text("Alex Martin")


def test_a_chat_is_read_along_before_it_is_accepted(visit: Open, desk: Desk, maja: Person) -> None:
    member = visit(desk.make.member(name="Ben Carter"))
    ask(member, "My question.")
    page = desk_of(visit, maja, "/desk/chats")
    queue(page).first.click()
    expect(said(page)).to_have_text(["My question."])
    expect(page.locator("#talk")).to_contain_text("Accept the chat to reply.")
    write(member, "And one thing more.")
    expect(said(page)).to_have_text(["My question.", "And one thing more."])
    expect(page.locator("h1")).to_have_count(1)
    page.locator("#accept").click()
    expect(page.locator("#body")).to_be_focused()
    expect(said(page)).to_have_count(2)


def test_two_chats_side_by_side(visit: Open, desk: Desk, maja: Person, waits: Waits) -> None:
    one, two = desk.make.member(name="Ben Carter"), desk.make.member(name="Elin Lindqvist")
    ben, elin = visit(one), visit(two, width=360)
    ask(ben, "My first question.")
    ask(elin, "My other question.")
    page = desk_of(visit, maja)
    accept(page, "Ben Carter")
    page.goto("/desk")
    accept(page, "Elin Lindqvist")
    connected(page)
    connected(ben)
    write(page, "Hello Elin")
    expect(said(elin).last).to_have_text("Hello Elin")

    page.locator("#body").fill("Half a sentence to El")
    write(ben, "Are you there?")
    write(ben, "Hello?")
    expect(own(page, "Ben Carter").locator(".count")).to_contain_text("2")
    expect(own(page, "Ben Carter")).to_contain_text("Hello?")
    expect(page).to_have_title(re.compile(r"^\(2\) Chat with Elin"))
    expect(page.locator("#body")).to_be_focused()
    page.reload()
    expect(own(page, "Ben Carter").locator(".count")).to_contain_text("2")
    expect(page.locator("#body")).to_have_value("Half a sentence to El")

    own(page, "Ben Carter").get_by_role("link").click()
    expect(page.locator("h1")).to_have_text("Ben Carter")
    expect(page.locator("#body")).to_be_focused()
    expect(page.locator("#body")).to_have_value("")
    expect(own(page, "Ben Carter").locator(".count")).to_have_count(0)
    expect(page).to_have_title(re.compile(r"^Chat with Ben"))
    page.locator("#body").fill("Half a sentence to Ben")
    page.keyboard.press("Alt+2")
    expect(page.locator("h1")).to_have_text("Elin Lindqvist")
    expect(page.locator("#body")).to_have_value("Half a sentence to El")
    connected(page)
    page.locator("#body").press("Enter")
    expect(said(elin).last).to_have_text("Half a sentence to El")
    page.keyboard.press("Alt+1")
    expect(page.locator("#body")).to_have_value("Half a sentence to Ben")
    # What is said while it is looked at is read, also after a reload.
    connected(page)
    with page.expect_response(re.compile("/reading$")):
        write(ben, "One more thing")
    expect(said(page).last).to_have_text("One more thing")
    page.goto("/desk")
    expect(own(page, "Ben Carter").locator(".count")).to_have_count(0)


def test_a_chat_is_transferred_and_handed_back_and_everybody_is_told(
    visit: Open, desk: Desk, maja: Person, alex: Person
) -> None:
    member = visit(desk.make.member(name="Ben Carter"))
    ask(member)
    page, other = desk_of(visit, maja), desk_of(visit, alex)
    accept(page, "Ben Carter")
    page.locator("#give > summary").click()
    expect(page.locator("#colleague optgroup").first).to_have_attribute("label", "Available for chat")
    expect(page.locator("#colleague option").first).to_have_text("Alex Martin")
    page.locator("#colleague").select_option(label="Alex Martin")
    page.locator("#give button", has_text="Transfer chat").click()
    expect(page.locator("#flash")).to_contain_text("Alex Martin has the chat now.")
    expect(own(other, "Ben Carter").locator(".count")).to_contain_text("1")
    expect(member.locator("[data-log]")).to_contain_text("Maja Jonsson handed the chat to a colleague.")
    own(other, "Ben Carter").get_by_role("link").click()
    connected(other)
    write(other, "Alex here")
    expect(said(member).last).to_have_text("Alex here")

    other.locator("#give > summary").click()
    other.locator("#hand-back").click()
    expect(other.locator("#flash")).to_contain_text("The chat is back at the front of the queue.")
    expect(member.locator(".queue-place")).to_have_text("1")
    expect(queue(page)).to_have_text(["Ben Carter"])


def test_who_goes_away_with_open_chats_is_asked_once_and_the_members_are_told(
    visit: Open, desk: Desk, maja: Person, alex: Person
) -> None:
    members = [visit(desk.make.member(name=name)) for name in ("Ben Carter", "Elin Lindqvist")]
    page = desk_of(visit, maja)
    for member in members:
        ask(member)
    for name in ("Ben Carter", "Elin Lindqvist"):
        page.goto("/desk")
        accept(page, name)
    page.get_by_role("switch", name="Available for chat").click()
    expect(page.locator("h1")).to_have_text("You have 2 open chats.")
    page.get_by_role("link", name="Back to my chats").click()
    expect(page.locator("h1")).to_have_text("Ben Carter")
    page.get_by_role("switch").press("Space")
    page.get_by_role("button", name="Go away").click()
    expect(page.get_by_role("switch")).not_to_be_checked()
    for member in members:
        expect(member.locator("[data-log]")).to_contain_text("The chat is back at the front of the queue.")
        expect(member.locator(".queue-place")).to_be_visible()
    expect(queue(desk_of(visit, alex))).to_have_count(2)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_one_button_leads_over_to_a_ticket_and_both_are_linked(
    visit: Open, desk: Desk, maja: Person, language: str
) -> None:
    say = Words(language)
    camille = desk.make.member(name="Camille Laurent", language="fr")
    member = visit(camille, language="fr")
    ask(member, FRENCH)
    desk.inside(lambda: db.session.get_one(service.User, maja.id).__setattr__("language", language))
    page = desk_of(visit, maja, "/desk/chats", language=language)
    queue(page).first.click()
    french = {"en": "French", "fr": "français"}[language]
    expect(page.locator(".talk-language")).to_contain_text(
        say("This member writes in %(language)s. Chat is in English only.", language=french)
    )
    page.locator(".talk-language").get_by_role("button").click()
    expect(page.locator("#body")).to_be_focused()
    expect(said(page).last).to_have_text(
        Words("fr")("This chat is only available in English. Please submit a ticket: we have prepared one for you.")
    )

    with member.context.expect_page() as opened:
        member.locator("#prepared-ticket").click()
    ticket = opened.value
    expect(ticket.locator("main")).to_contain_text("ma commande ne passe pas")
    ticket.get_by_role("button", name=Words("fr")("Submit Tech Issue")).click()
    expect(ticket).to_have_url(re.compile("/submitted$"))

    page.reload()
    page.locator("#status .notice.ok a").click()
    expect(page.locator("h1")).to_contain_text("Bonjour, ma commande")
    page.locator("#related > summary").click()
    page.get_by_role("link", name=say("Read the chat")).click()
    expect(page.locator("h1")).to_have_text("Camille Laurent")
    expect(said(page).first).to_have_text(FRENCH)


def test_a_saved_reply_is_written_and_inserted(visit: Open, maja: Person, waits: Waits, guard: Guard) -> None:
    guard.allow(422)
    waits("Ben Carter")
    page = desk_of(visit, maja, "/desk/replies")
    page.get_by_role("link", name="New saved reply").click()
    title = f"Cache {maja.id}"
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#error-summary")).to_be_focused()
    page.get_by_label("English").fill("Please clear your cache, {name}. {agent} {other}")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".row", has_text=title)).to_contain_text("is missing")
    page.goto("/desk")
    accept(page, "Ben Carter")
    page.locator("#body").fill("Thank you.")
    page.locator("#reply").select_option(label=title)
    page.locator("#insert").press("Enter")
    whole = "Thank you.\nPlease clear your cache, Ben Carter. Maja Jonsson {other}"
    expect(page.locator("#body")).to_have_value(whole)
    expect(page.locator("#body")).to_be_focused()
    page.reload()
    expect(page.locator("#body")).to_have_value(whole)
    connected(page)
    page.locator("#body").press("Enter")
    expect(said(page).last).to_have_text(whole)


def test_somebody_who_looks_elsewhere_is_told_names_only(visit: Open, desk: Desk, maja: Person, waits: Waits) -> None:
    member = visit(desk.make.member(name="Ben Carter"))
    ask(member, "A question.")
    page = visit(maja)
    page.context.grant_permissions(["notifications"])
    page.add_init_script(f"({HEAR_NOTICES})()")
    page.goto("/desk")
    expect(page.locator("#notifications")).to_contain_text("This browser tells you when somebody waits, writes")
    page.get_by_role("button", name="Turn off notifications").click()
    expect(page.get_by_role("button", name="Turn on notifications")).to_be_focused()
    page.get_by_role("button", name="Turn on notifications").click()
    accept(page, "Ben Carter")
    connected(page)
    page.evaluate(LOOK_AWAY)
    write(member, "A secret word")
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    waits("Elin Lindqvist", "Another secret")
    expect(page).to_have_title(re.compile(r"^\(2\) "))
    assert page.evaluate("window.shown") == [
        ["Ben Carter has written to you.", ""], ["Elin Lindqvist is waiting in the chat queue.", ""],
    ]  # fmt: skip


def test_a_browser_that_does_not_allow_notifications_is_explained(visit: Open, maja: Person) -> None:
    page = visit(maja)
    page.add_init_script("Object.defineProperty(Notification, 'permission', { value: 'denied' })")
    page.goto("/desk")
    expect(page.locator("#notifications")).to_contain_text("This browser does not allow notifications of this site.")
    expect(page.locator("#notifications button:visible")).to_have_count(0)


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_a_chat_by_keyboard_alone(visit: Open, desk: Desk, maja: Person, waits: Waits) -> None:
    number = waits("Ben Carter")
    page = desk_of(visit, maja)
    tab_to(page, "#availability-switch")
    tab_to(page, f"#accept-{number}")
    page.keyboard.press("Enter")
    expect(page.locator("#body")).to_be_focused()
    connected(page)
    page.keyboard.type("Hello Ben")
    page.keyboard.press("Enter")
    expect(said(page).last).to_have_text("Hello Ben")
    tab_to(page, "#reply")
    tab_to(page, "#insert")
    page.keyboard.press("Enter")
    expect(page.locator("#body")).to_be_focused()
    expect(page.locator("#body")).to_have_value(re.compile("Ben Carter"))
    page.reload()
    tab_to(page, "#finish > summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("#finish")).not_to_have_attribute("open", "")
    expect(page.locator("#finish > summary")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#end-chat")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("The chat has ended.")
    page.goto("/desk/chats/ended")
    expect(page.locator("#ended")).to_contain_text("Ben Carter")


@pytest.mark.parametrize("width", [360, 1280])
def test_an_agent_without_script(visit: Open, desk: Desk, guard: Guard, waits: Waits, width: int) -> None:
    chatting.clear(desk)
    agent = desk.make.agent(name="Nora Nilsson")
    page = desk_of(visit, agent, script=False, width=width)
    expect(page.get_by_role("switch")).not_to_be_checked()
    page.get_by_role("switch").click()
    expect(page.get_by_role("switch")).to_be_checked()
    number = waits("Ben Carter", FRENCH)
    page.goto("/desk")
    accept(page, "Ben Carter")
    page.locator("#body").fill("Hello.")
    page.locator("#reply").select_option(label="Greeting", force=True)
    page.locator("#insert").click()
    expect(page.locator("#body")).to_have_value(re.compile(r"^Hello\.\nHello Ben Carter, my name is Nora"))
    page.get_by_role("button", name="Send").click()
    expect(said(page).last).to_contain_text("Hello Ben Carter")
    page.locator(".talk-language").get_by_role("button").click()
    expect(said(page).last).to_contain_text("anglais")
    page.get_by_role("switch").click()
    page.get_by_role("button", name="Go away").click()
    assert desk.make.look(lambda: db.session.get_one(Chat, number).state) == "waiting"


def test_the_member_ends_it_while_the_agent_is_writing(visit: Open, desk: Desk, maja: Person) -> None:
    member = visit(desk.make.member(name="Ben Carter"))
    ask(member)
    page = desk_of(visit, maja)
    accept(page, "Ben Carter")
    connected(page)
    connected(member)
    page.locator("#body").fill("You could try")
    member.locator(".chat-end > summary").click()
    member.locator(".chat-end .button.danger, .chat-end .menu .button").first.click()
    expect(page.locator("#status")).to_contain_text("The chat has ended.")
    expect(page.locator("#composer")).to_be_hidden()
    expect(page.locator("#replies")).to_be_hidden()
    expect(page.locator("#talk-name")).to_be_focused()
    expect(page.locator("#talk")).to_contain_text("You could try")
