"""F16 in a real browser: the member's page says what was not sent, and everything typed arrives once."""

import random
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from helpdesk.ranks import Role
from tests.builders import token
from tests.faults import pages
from tests.faults.desk import Desk
from tests.faults.proxy import Fault, Proxy
from tests.faults.scenes import Conversations, run
from tests.faults.talker import Talker

# Ten seconds are promised; the rest is for a machine that runs other tests beside this one.
TOLD_MS = 10_000 + 3_000
HEALED_MS = 30_000
NOT_SENT = "Not sent. Try again."


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Proxy]]:
    """A desk that people reach through the proxy."""
    with Desk(tmp_path_factory.mktemp("browser")) as desk, Proxy(desk.port) as proxy:
        desk.is_reached_by(proxy.port)
        yield desk.serve(), proxy
        assert "Traceback" not in desk.printed, desk.printed


class Chat:
    """A member's page of a chat with an agent, who reads over a line of their own and answers by form."""

    def __init__(self, browser: Browser, desk: Desk, proxy: Proxy) -> None:
        (member,), (self.agent,) = desk.people(1), desk.people(1, Role.AGENT)
        self.desk, self.proxy = desk, proxy
        self.id = desk.conversation(member, self.agent)
        self.texts: list[str] = []
        self._context = browser.new_context(base_url=desk.origin)
        self._context.add_cookies([{"name": "session", "value": member.cookie, "url": desk.origin}])
        self.page: Page = self._context.new_page()
        self.page.goto("/chat")

    def __enter__(self) -> "Chat":
        return self

    def __exit__(self, *fault: object) -> None:
        self.proxy.fault = Fault.NONE
        self._context.close()

    @property
    def unsent(self) -> Locator:
        return self.page.get_by_role("button", name=NOT_SENT)

    def type(self) -> str:
        """Types something that nobody has typed before, and sends it."""
        self.texts.append(f"#{len(self.texts) + 1} {token()}")
        field = self.page.get_by_role("textbox", name="Type your message")
        field.fill(self.texts[-1])
        field.press("Enter")
        return self.texts[-1]

    def says_sent(self, text: str) -> None:
        said = self.page.get_by_role("log").get_by_role("listitem").filter(has_text=text)
        expect(said).to_have_count(1, timeout=HEALED_MS)
        expect(said).to_contain_text("Sent")

    def answer(self) -> None:
        """The agent says something."""
        self.texts.append(f"#{len(self.texts) + 1} {token()}")
        form = {"client_id": token(), "body": self.texts[-1]}
        path = f"/desk/chats/{self.id}/messages"
        assert run(pages.post(self.desk.port, path, self.agent, **form), 30).status == 303

    def everything_is_there_once(self) -> None:
        """On the page as it is, on the page anew, in the database, and for the agent."""
        for _ in range(2):
            for text in self.texts:
                self.says_there(text)
            expect(self.unsent).to_have_count(0, timeout=HEALED_MS)
            shown = [text for line in self._lines() for text in self.texts if text in line]
            stored = [message.body for message in self.desk.stored(self.id) if "#" in message.body]
            assert shown == stored and sorted(stored) == sorted(self.texts)
            self.page.reload()
        reader = Talker(self.desk.port, self.agent, self.id, random.Random(0))
        run(_read(self.desk, reader), 60)
        assert [message.body for message in reader.shown if "#" in message.body] == stored

    def says_there(self, text: str) -> None:
        said = self.page.get_by_role("log").get_by_role("listitem").filter(has_text=text)
        expect(said).to_have_count(1, timeout=HEALED_MS)

    def _lines(self) -> list[str]:
        return self.page.get_by_role("log").get_by_role("listitem").all_inner_texts()


async def _read(desk: Desk, reader: Talker) -> None:
    async with Conversations([reader]) as talk:
        await talk.settle(desk, 30)


@pytest.fixture
def chat(browser: Browser, network: tuple[Desk, Proxy]) -> Iterator[Chat]:
    with Chat(browser, *network) as chat:
        chat.says_sent(chat.type())
        yield chat


@pytest.mark.parametrize("fault", [Fault.SILENCE, Fault.REFUSE])
def test_the_page_says_within_ten_seconds_what_was_not_sent_and_sends_it_later(chat: Chat, fault: Fault) -> None:
    before = chat.proxy.happened[fault]
    chat.proxy.fault = fault
    if fault is Fault.REFUSE:
        chat.proxy.cut()
    begun = time.monotonic()
    chat.type()
    chat.type()
    expect(chat.unsent).to_have_count(2, timeout=TOLD_MS)
    print(f"{fault}: told after {time.monotonic() - begun:.1f} s")
    chat.answer()
    assert chat.proxy.happened[fault] > before

    chat.proxy.fault = Fault.NONE
    if chat.unsent.count():
        chat.unsent.first.click()

    chat.everything_is_there_once()


def test_what_was_stored_and_not_answered_is_shown_once(chat: Chat) -> None:
    for _ in range(3):
        before = chat.proxy.happened[Fault.CUT_ANSWER]
        chat.proxy.fault = Fault.CUT_ANSWER
        text = chat.type()
        while chat.proxy.happened[Fault.CUT_ANSWER] == before:
            chat.page.wait_for_timeout(20)
        chat.proxy.fault = Fault.NONE
        chat.says_sent(text)
    chat.answer()
    chat.everything_is_there_once()


def test_what_is_typed_while_the_server_is_killed_and_started_again_arrives_once(chat: Chat) -> None:
    chat.type()
    chat.desk.kill()
    chat.type()
    chat.desk.serve()
    chat.answer()
    chat.type()
    chat.everything_is_there_once()
    assert len(chat.desk.runs) == 2
