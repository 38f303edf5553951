"""The two sides of a chat in the browser tests: a member's page by its words, and the team by its own doors."""

import re
from collections.abc import Sequence

from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import select, update

from helpdesk.accounts.person import Person
from helpdesk.chat import messages, service
from helpdesk.chat.models import Chat
from helpdesk.database import now
from helpdesk.extensions import db
from tests import builders
from tests.browser.desk import Desk

QUESTION = "My order page stays blank."
ONE_TIME = 20_000


class Team:
    """An agent who takes chats, through the doors of the desk and without its pages."""

    def __init__(self, desk: Desk, context: BrowserContext, agent: Person) -> None:
        self._desk = desk
        self._request = context.request
        self.agent = agent
        secret = re.search(r'name="csrf_token" value="([^"]+)"', self._request.get("/profile").text())
        assert secret is not None
        self._secret = secret[1]

    def come(self) -> None:
        self._post("/desk/availability", available="yes")

    def go(self) -> None:
        self._post("/desk/availability", available="no", sure="yes")

    def claim(self, page: Page) -> None:
        self._post(f"/desk/chats/{number(page)}/claim")

    def say(self, page: Page, body: str) -> None:
        self._post(f"/desk/chats/{number(page)}/messages", body=body, client_id=builders.token())

    def end(self, page: Page) -> None:
        self._post(f"/desk/chats/{number(page)}/end")

    def ask_for_ticket(self, page: Page, language: str) -> None:
        self._post(f"/desk/chats/{number(page)}/ticket", language=language)

    def _post(self, path: str, **words: str) -> None:
        answer = self._request.post(path, form={**words, "csrf_token": self._secret}, max_redirects=0)
        assert answer.status == 303, (path, answer.status, answer.text()[:2000])


def clear(desk: Desk) -> None:
    """Nobody waits any more, and nobody of the team is there."""

    def end_all() -> None:
        going_on = Chat.state.in_(("waiting", "active"))
        db.session.execute(update(Chat).where(going_on).values(state="ended", ended_at=now()))
        db.session.execute(update(Chat).values(accepted_at=None))
        db.session.execute(update(service.AgentPresence).values(available=False))

    desk.inside(end_all)


def number(page: Page) -> int:
    return int(page.locator("[data-chat]").get_attribute("data-chat") or 0)


def ask(page: Page, question: str = QUESTION) -> None:
    """From the form into the queue."""
    page.goto("/chat?new=1")
    page.locator("#question").fill(question)
    page.locator(".chat-form button").click()
    expect(page.locator(".queue-place")).to_be_visible()
    connected(page)


def connected(page: Page) -> None:
    expect(page.locator("[data-connection=connected]")).to_be_visible(timeout=ONE_TIME)


def write(page: Page, body: str) -> None:
    page.locator("#body").fill(body)
    page.locator("#body").press("Enter")


def said(page: Page) -> Locator:
    """The texts in the log; lines of the desk itself are left out."""
    return page.locator("[data-log] .chat-text")


def unsent(page: Page) -> Locator:
    return page.locator("[data-unsent] > li")


def stored(desk: Desk, page: Page) -> Sequence[str]:
    """What the database has of this chat, in its order."""
    chat_id = number(page)
    return desk.make.look(lambda: [row.body for row in messages.after(chat_id, 0) if row.kind == "text"])


def state(desk: Desk, page: Page) -> str:
    chat_id = number(page)
    return desk.make.look(lambda: db.session.scalar(select(Chat.state).where(Chat.id == chat_id)))
