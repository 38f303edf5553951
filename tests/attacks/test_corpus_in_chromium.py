"""T31, T35, T50: every page of the product in a real browser, as each role, with the corpus in every field."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Request, expect

from tests.attacks import corpus
from tests.browser import chatting
from tests.browser.conftest import Open
from tests.browser.desk import Desk, served
from tests.browser.guard import Guard
from tests.browser.pages import PAGES, Who
from tests.browser.world import World, make_world
from tests.web.page import squeezed

# Pages without a word that anybody has typed, or the same page as another one.
SAME = {"help", "sign-in", "sign-in-error", "forgotten", "set-password", "not-found", "start-below", "refused-below"}
# What of the corpus is alive: it would have become one of these.
ALIVE = """() => [
    ...document.querySelectorAll(
        "[evil], [onerror], [onload], [onclick], [hx-on\\\\:click], [data-hx-get], iframe, object, embed, base, math"
    ),
    ...[...document.querySelectorAll("[href], [src], [action], [formaction]")].filter((one) =>
        /^\\s*(javascript|data|vbscript):/i.test(one.href || one.src || one.action || "")),
    ...(({}).polluted === undefined ? [] : [document.body]),
].map((one) => one.outerHTML.slice(0, 200))"""
OPEN_ALL = "() => document.querySelectorAll('main details').forEach((one) => { one.open = true; })"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of its own: nobody else's test is to read these words."""
    with served(tmp_path_factory.mktemp("poisoned")) as desk:
        yield desk


@pytest.fixture(scope="module")
def world(desk: Desk) -> World:
    """The people, tickets and chats of the sweeps, with the corpus in every field."""
    world = make_world(desk, "en")
    desk.inside(corpus.poison)
    return world


class Strangers:
    """Hears what nothing on our pages may do: dialogs, requests to elsewhere."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def watch(self, context: BrowserContext, address: str) -> None:
        context.on("dialog", lambda dialog: self.heard.append(f"dialog {dialog.message}"))
        context.on("request", lambda request: self._request(request, address))
        context.on("page", lambda page: self.heard.append(f"opened {page.url}") if len(context.pages) > 1 else None)

    def _request(self, request: Request, address: str) -> None:
        if not request.url.startswith((address, "blob:" + address)):
            self.heard.append(f"request {request.url}")


def pages_of(who: Who) -> list[tuple[str, str, int]]:
    """Each address of this reader once, with its status."""
    once = {page.path: (page.name, page.status) for page in PAGES if page.who is who and page.name not in SAME}
    return [(name, path, status) for path, (name, status) in once.items()]


def test_no_page_runs_what_is_written_on_it(desk: Desk, world: World, visit: Open, guard: Guard) -> None:
    """T31: no dialog, no request to elsewhere, nothing for the policy to refuse; in print too."""
    strangers = Strangers()
    guard.allow(403, 404, 422)
    for who in (Who.MEMBER, Who.AGENT, Who.ADMIN, Who.ENDED, Who.WAITING):
        page = visit(world.people[who])
        strangers.watch(page.context, desk.address)
        for name, path, _status in pages_of(who):
            page.goto(path.format(**world.places) + ("&" if "?" in path else "?") + "__proto__[polluted]=1")
            page.evaluate(OPEN_ALL)
            assert page.evaluate(ALIVE) == [], (who, name)
        page.emulate_media(media="print")
        assert page.evaluate(ALIVE) == []
    assert strangers.heard == []


def test_titles_bells_and_messages_that_come_are_words(desk: Desk, world: World, visit: Open) -> None:
    """T31, T35: the browser's own title, the bell's list, and a message that a script puts on the page."""
    strangers, member, agent = Strangers(), visit(world.people[Who.TALKING]), visit(world.people[Who.AGENT])
    for page in (member, agent):
        strangers.watch(page.context, desk.address)
    agent.goto("/desk/tickets/{awaiting}".format(**world.places))
    assert any(squeezed(one) in squeezed(agent.title()) for one in (*corpus.LONG, *corpus.SHORT))
    agent.locator("#bell-menu summary").click()
    expect(agent.locator("#latest .row").first).to_contain_text("EVIL")
    assert agent.evaluate(ALIVE) == []

    member.goto("/chat")
    chatting.connected(member)
    agent.goto(f"/desk/chats/{chatting.number(member)}")
    chatting.connected(agent)
    for page, other, lines in ((member, agent, corpus.CORPUS[:4]), (agent, member, corpus.CORPUS[4:8])):
        for line in lines:
            chatting.write(page, line)
            expect(chatting.said(other).last).to_contain_text(line)
    for page in (member, agent):
        assert page.evaluate(ALIVE) == []
    assert strangers.heard == []
