"""A whole working day: forty tickets and fifteen chats through two agents at once, by keyboard, in four languages."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from helpdesk import work
from helpdesk.accounts import agents
from helpdesk.accounts.person import Person
from helpdesk.chat import service as chats
from helpdesk.chat.models import Chat
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.mail import worker
from helpdesk.mail.models import Mail
from helpdesk.tickets.models import Ticket
from tests.browser.chatting import connected
from tests.browser.conftest import _context
from tests.browser.desk import Desk, served
from tests.browser.guard import Guard
from tests.browser.working_day import LANGUAGES, Day, open_first, press, tab_onto, take, write
from tests.mail.post_office import PostOffice, open_post_office

TICKETS, CHATS, ROUNDS = 40, 15, 5
By = Callable[[Person], Page]


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with open_post_office() as office:
        yield office


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory, post: PostOffice) -> Iterator[Desk]:
    """A desk as it is served to an organisation, with a mail server."""
    mail = {"mail_server": "127.0.0.1", "mail_port": post.port, "mail_security": "none", "mail_from": "it@help.example"}
    with served(tmp_path_factory.mktemp("working-day"), **mail) as desk:
        yield desk


@pytest.fixture
def by(browser: Browser, desk: Desk, guard: Guard) -> Iterator[By]:
    contexts = []

    def open_page(agent: Person) -> Page:
        contexts.append(_context(browser, desk, agent, language=agent.language or "en"))
        guard.watch(contexts[-1])
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


def test_forty_tickets_and_fifteen_chats_in_a_day(desk: Desk, by: By, guard: Guard, post: PostOffice) -> None:
    guard.allow(409)
    maja, alex = (
        desk.make.agent("maja", name="Maja Jonsson", language="sv"),
        desk.make.agent("alex", name="Alex Martin"),
    )
    for agent, codes in ((maja, ("en", "sv")), (alex, ("fr", "es"))):
        desk.inside(lambda one=agent, codes=codes: agents.set_profile(one.id, languages=codes, takes_tickets=False))
    day = Day.begin(desk, each=TICKETS // 8)
    late = day.sent[0]
    pages = {"maja": by(maja), "alex": by(alex)}

    _answer_what_is_overdue(day, pages["maja"], late)
    asked = _answer_by_keys(day, pages)
    _do_not_collide(day, pages, day.sent[10])
    _merge_a_duplicate(day, pages["alex"])
    _close_the_rest_at_once(day, pages["maja"])
    _talk(day, pages, (maja, alex))
    _let_time_pass(day, asked)
    _check_the_mails(day, post, (maja, alex))


def _answer_what_is_overdue(day: Day, page: Page, late: Ticket) -> None:
    page.goto("/desk/tickets?due=overdue&lang=sv")
    expect(page.locator("a.row-title")).to_have_count(1)
    open_first(page)
    take(page)
    write(page, "reply", "Sorry that you had to wait. Please try it again.")
    press(page, "Control+Enter")
    expect(page.locator("#thread .message")).to_have_count(2)
    assert day.now(late).due_at is None


def _answer_by_keys(day: Day, pages: dict[str, Page]) -> list[int]:
    """Both go through what nobody has, in turn; each asks one member for information, with a saved reply."""
    asked = []
    for turn in range(ROUNDS):
        for name, page in pages.items():
            languages = ("en", "sv") if name == "maja" else ("fr", "es")
            page.goto(f"/desk/tickets?assignee=none&language={languages[turn % 2]}&status=open")
            open_first(page)
            expect(page.locator("#thread .message")).to_have_count(1)
            number = int(page.locator("#ticket").get_attribute("data-number") or 0)
            take(page)
            if turn == 1:
                _ask_with_a_saved_reply(page, languages[1])
                asked.append(number)
            else:
                write(page, "reply", "We are looking into it.")
                press(page, "Control+Enter")
            expect(page.locator("#thread .message")).to_have_count(2)
    return asked


def _ask_with_a_saved_reply(page: Page, language: str) -> None:
    """The ticket's language is offered first, with the member's name filled in."""
    tab_onto(page, "#saved-reply")
    page.keyboard.type("Greet")
    press(page, "Tab")
    assert page.evaluate("document.activeElement.id") == "insert"
    press(page, "Enter")
    expect(page.locator("#body")).to_be_focused()
    greeting = {"sv": "^Hej Member SV", "es": "^Hola, Member ES"}[language]
    expect(page.locator("#body")).to_have_value(re.compile(greeting))
    tab_onto(page, "#send-request_information")
    press(page, "Enter")
    expect(page.locator("#body")).to_have_value("")


def _do_not_collide(day: Day, pages: dict[str, Page], ticket: Ticket) -> None:
    """Who answers what a colleague has just answered is told, keeps the words, and decides."""
    maja, alex = pages["maja"], pages["alex"]
    for page in (maja, alex):
        page.goto(f"/desk/tickets/{ticket.number}")
    before = alex.locator("#thread .message").count()
    expect(maja.locator("#viewers .viewer")).to_contain_text("Alex Martin", timeout=30_000)
    write(alex, "reply", "It is the browser.")
    write(maja, "reply", "It is the payment page.")
    press(maja, "Control+Enter")
    expect(maja.locator("#thread .message")).to_have_count(before + 1)
    press(alex, "Control+Enter")
    expect(alex.locator("#since-notice")).to_contain_text("It is the payment page.")
    expect(alex.locator("#body")).to_have_value("It is the browser.")
    alex.locator("#send-anyway").focus()
    press(alex, "Enter")
    expect(alex.locator("#thread .message")).to_have_count(before + 2)


def _merge_a_duplicate(day: Day, page: Page) -> None:
    member = day.members[1]
    first, again = day.send(member, "A"), day.send(member, "B")
    page.goto(f"/desk/tickets/{again.number}/merging")
    page.locator("h1").focus()
    tab_onto(page, f"a.row-title[href$='number={first.number}']")
    press(page, "Enter")
    expect(page.locator("#merge")).to_be_visible()
    tab_onto(page, "#merge")
    press(page, "Enter")
    page.wait_for_url(f"**/desk/tickets/{first.number}")
    assert day.now(again).merged_into_id == first.id


def _close_the_rest_at_once(day: Day, page: Page) -> None:
    """What nobody has taken is closed by the page, and the last of it is taken back and closed again."""
    for _ in range(4):
        page.goto("/desk/tickets?assignee=none")
        if not page.locator("a.row-title").count():
            break
        tab_onto(page, "#tick-all", most=160)
        press(page, "Enter")
        expect(page.locator("#tick-none")).to_be_visible()
        tab_onto(page, "#bulk-close", most=160)
        press(page, "Enter")
        expect(page.locator("#bulk-undo")).to_be_visible()
    assert not [one for one in day.sent if day.now(one).status != "closed" and day.now(one).assignee_id is None]


def _talk(day: Day, pages: dict[str, Page], team: tuple[Person, Person]) -> None:
    """Both take chats in turn: who writes English is helped, who does not is led over to a ticket."""
    for agent in team:
        day.desk.inside(lambda one=agent: chats.set_available(one, True, at=now()))
    begun = day.queue(CHATS)
    for place in range(CHATS):
        page = list(pages.values())[place % 2]
        page.goto("/desk/chats")
        tab_onto(page, "[id^=accept-]")
        press(page, "Enter")
        expect(page.locator("#talk[data-mine]")).to_be_visible()
        connected(page)
        if place % 4:
            tab_onto(page, ".talk-language button")
            press(page, "Enter")
            expect(page.locator(".talk-language")).to_have_count(0)
        else:
            page.locator("#body").fill("Please reload the page.")
            page.locator("#body").press("Enter")
            expect(page.locator("[data-log] .chat-text").last).to_have_text("Please reload the page.")
        tab_onto(page, "#finish summary")
        press(page, "Enter")
        tab_onto(page, "#end-chat")
        press(page, "Enter")
        expect(page.locator("#talk[data-mine]")).to_have_count(0)
    states = day.desk.make.look(lambda: [db.session.get_one(Chat, one).state for one in begun])
    assert states == ["ended"] * CHATS


def _let_time_pass(day: Day, asked: list[int]) -> None:
    """One who was asked answers; the other hears a reminder after a week, and the ticket closes by itself."""
    by_number = {one.number: one for one in day.sent}
    answered, silent = (by_number[number] for number in asked)
    day.answer(answered, "It is Firefox.")
    work.go_round(day.desk.app, at=now() + timedelta(days=8))
    worker.send_due(day.desk.app, clock=lambda: now() + timedelta(days=9))
    assert (day.now(silent).status, day.now(silent).reminded_at is None) == ("awaiting_feedback", False)
    work.go_round(day.desk.app, at=now() + timedelta(days=16))
    assert day.now(silent).status == "closed"
    assert day.now(answered).status == "open"


def _check_the_mails(day: Day, post: PostOffice, team: tuple[Person, Person]) -> None:
    """All that was queued has left once, each in its reader's language; no subject holds what a member wrote."""
    worker.send_due(day.desk.app, clock=lambda: now() + timedelta(days=30))

    def left() -> list[Mail]:
        return list(db.session.scalars(select(Mail).where(Mail.sent_at.is_(None), Mail.failed_at.is_(None))))

    assert day.desk.make.look(left) == []
    languages = {one.email: one.language for one in (*day.members, *team)}
    for mail in post.mails:
        (reader,) = mail.recipients
        assert mail.message["Content-Language"] == languages[reader]
        assert f'lang="{languages[reader]}"' in mail.part("html")
        assert not any(title in mail.message["Subject"] for _, title, _ in LANGUAGES.values())
    kinds = Counter(
        day.desk.make.look(lambda: [*db.session.scalars(select(Mail.kind).where(Mail.sent_at.is_not(None)))])
    )
    assert kinds.total() == len(post.mails)
    assert kinds["ticket_submitted"] == len(day.sent)
    assert {kinds[kind] for kind in ("ticket_reminder", "ticket_auto_closed", "ticket_merged")} == {1}
    assert kinds["ticket_requested_information"] == 2
    assert kinds["ticket_replied"] == 2 * ROUNDS - 2 + 3
    assert kinds["agent_member_replied"] == 1
