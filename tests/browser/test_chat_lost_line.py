"""A member's chat on a bad line: whatever happens, what was written is there once and in its order."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.browser import chatting
from tests.browser.chatting import Team, ask, connected, said, stored, unsent, write
from tests.browser.conftest import Open, _context
from tests.browser.desk import Desk, served
from tests.browser.guard import Guard

NOT_SENT = "Not sent. Try again."
# Told within ten seconds of a dead line; a busy machine may take a little longer to paint it.
TOLD_MS = 11_000
BACK_MS = 25_000


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of its own, because it is stopped and killed."""
    with served(tmp_path_factory.mktemp("lost-line")) as desk:
        yield desk


@pytest.fixture
def team(desk: Desk, browser: Browser, guard: Guard) -> Iterator[Team]:
    chatting.clear(desk)
    guard.allow_offline()
    for words in ("WebSocket", "ERR_", "net::"):
        guard.allow_words(words)
    alex = desk.make.agent(name="Alex Moreau")
    context = _context(browser, desk, alex)
    team = Team(desk, context, alex)
    team.come()
    yield team
    context.close()


class Line:
    """A page's WebSockets, which can be made to swallow the server's answers while everything else goes through."""

    def __init__(self, page: Page) -> None:
        self.swallows = False
        self.swallowed = 0
        self.opened = 0
        page.route_web_socket("**/socket.io/**", self._open)

    def _open(self, client: WebSocketRoute) -> None:
        self.opened += 1
        server = client.connect_to_server()

        def back(frame: str | bytes) -> None:
            if self.swallows and str(frame).startswith(("43", "42")):
                self.swallowed += 1
                return
            client.send(frame)

        server.on_message(back)


def texts(page: Page) -> list[str]:
    return [text.inner_text() for text in said(page).all()]


def in_conversation(page: Page, team: Team) -> None:
    ask(page)
    team.claim(page)
    expect(page.locator("#agent-title")).to_be_visible()


def test_in_a_tunnel_what_is_written_waits_and_then_goes_once_and_in_order(visit: Open, desk: Desk, team: Team):
    page = visit(desk.make.member())
    in_conversation(page, team)
    page.context.set_offline(True)
    expect(page.locator("[data-connection=lost]")).to_have_text("Connection lost. Reconnecting…")
    for turn in range(3):
        write(page, f"From the tunnel {turn}")
    expect(unsent(page)).to_have_count(3)
    expect(unsent(page).first).to_contain_text("Sending…")
    expect(page.get_by_role("button", name=NOT_SENT)).to_have_count(3, timeout=TOLD_MS)
    expect(page.locator("#announce")).to_have_text(NOT_SENT)
    write(page, "And one more")
    assert stored(desk, page) == [chatting.QUESTION]
    team.say(page, "Are you still there?")
    page.context.set_offline(False)
    expect(unsent(page)).to_have_count(0, timeout=BACK_MS)
    wanted = ["Are you still there?", *(f"From the tunnel {turn}" for turn in range(3)), "And one more"]
    assert texts(page) == [chatting.QUESTION, *wanted] == list(stored(desk, page))
    expect(page.locator("#body")).to_be_focused()


@pytest.mark.parametrize("ends", ["stop", "crash"])
def test_a_server_that_comes_back_finds_everything(visit: Open, desk: Desk, team: Team, guard: Guard, ends: str):
    page = visit(desk.make.member())
    in_conversation(page, team)
    write(page, "Before")
    expect(said(page)).to_have_count(2)
    getattr(desk, ends)()
    expect(page.locator("[data-connection=lost]")).to_be_visible()
    write(page, "Meanwhile 1")
    write(page, "Meanwhile 2")
    page.locator("#body").fill("Still typing")
    desk.serve()
    connected(page)
    expect(said(page)).to_have_count(4)
    expect(unsent(page)).to_have_count(0)
    expect(page.locator("#body")).to_have_value("Still typing")
    team.say(page, "I see it all.")
    expect(said(page).last).to_have_text("I see it all.")
    assert texts(page) == [chatting.QUESTION, "Before", "Meanwhile 1", "Meanwhile 2", "I see it all."]
    assert list(stored(desk, page)) == texts(page)


def test_the_place_in_the_queue_survives_a_crash_and_a_reload(visit: Open, desk: Desk, team: Team):
    first, second = visit(desk.make.member()), visit(desk.make.member())
    ask(first)
    ask(second)
    desk.crash()
    desk.serve()
    connected(second)
    second.reload()
    expect(second.locator(".queue-place")).to_have_text("2")
    first.locator("#leave").click()
    expect(second.locator(".queue-place")).to_have_text("1")


def test_what_was_not_sent_survives_a_reload(visit: Open, desk: Desk, team: Team):
    page = visit(desk.make.member())
    in_conversation(page, team)
    desk.crash()
    write(page, "Written to nobody")
    expect(unsent(page)).to_have_count(1)
    desk.serve()
    page.reload()
    expect(said(page).last).to_have_text("Written to nobody")
    expect(unsent(page)).to_have_count(0)
    assert list(stored(desk, page)) == [chatting.QUESTION, "Written to nobody"]


def test_an_answer_that_is_lost_behind_the_commit_makes_no_second_message(visit: Open, desk: Desk, team: Team):
    page = visit(desk.make.member())
    line = Line(page)
    in_conversation(page, team)
    line.swallows = True
    write(page, "Said once")
    write(page, "And then this")
    expect(page.get_by_role("button", name=NOT_SENT).first).to_be_visible(timeout=TOLD_MS)
    assert list(stored(desk, page)) == [chatting.QUESTION, "Said once"], "the first one had been stored"
    assert line.swallowed > 0
    line.swallows = False
    expect(unsent(page)).to_have_count(0, timeout=BACK_MS)
    assert line.opened > 1, "a line that does not answer is given up"
    assert texts(page) == [chatting.QUESTION, "Said once", "And then this"] == list(stored(desk, page))


def test_try_again_sends_at_once(visit: Open, desk: Desk, team: Team):
    page = visit(desk.make.member())
    in_conversation(page, team)
    page.context.set_offline(True)
    write(page, "Now?")
    expect(page.get_by_role("button", name=NOT_SENT)).to_be_visible(timeout=TOLD_MS)
    page.get_by_role("button", name=NOT_SENT).click()
    expect(page.locator("#body")).to_be_focused()
    expect(unsent(page)).to_contain_text("Sending…")
    page.context.set_offline(False)
    expect(said(page).last).to_have_text("Now?", timeout=BACK_MS)
    assert list(stored(desk, page)) == [chatting.QUESTION, "Now?"]


def test_many_messages_at_once_are_slowed_down_and_none_is_lost(visit: Open, desk: Desk, team: Team):
    page = visit(desk.make.member())
    in_conversation(page, team)
    for turn in range(30):
        write(page, f"Line {turn}")
    expect(unsent(page)).to_have_count(0, timeout=40_000)
    assert list(stored(desk, page)) == [chatting.QUESTION, *(f"Line {turn}" for turn in range(30))] == texts(page)


def test_a_lid_that_is_opened_again_shows_what_was_said(visit: Open, desk: Desk, team: Team):
    page = visit(desk.make.member())
    line = Line(page)
    in_conversation(page, team)
    line.swallows = True
    team.say(page, "While you slept")
    expect(said(page)).to_have_count(1)
    line.swallows = False
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(said(page).last).to_have_text("While you slept")
