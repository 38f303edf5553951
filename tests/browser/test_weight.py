"""What a member's page weighs on the line, with an empty and with a full cache (ux.md, section 6)."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.pages import Who
from tests.browser.world import World, make_world

# With the headers of each answer; what the table of budgets counts as packed bytes is a little less.
COLD, WARM, HTML, SCRIPT, STYLE = 33_000, 4_500, 12_000, 5_000, 8_000
# Packed bytes of a whole chat, Socket.IO's 13 kB among them.
CHAT = 40_000
PAGES = (
    "/",
    "/technical-issues",
    "/technical-issues/new/{draft}/a",
    "/technical-issues/new/{draft}/d",
    "/technical-issues/{awaiting}",
)

PACKED = """() => Object.fromEntries(performance.getEntriesByType("resource").map(
    (one) => [one.name.split("/").pop(), one.encodedBodySize]))"""


@pytest.fixture(scope="module")
def world(desk: Desk) -> World:
    return make_world(desk, "fr")


class Line:
    """Counts what comes over the line of a page, headers and all, in bytes."""

    def __init__(self, page: Page) -> None:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", lambda event: self._kinds.update({event["requestId"]: event["type"]}))
        session.on("Network.requestServedFromCache", lambda event: self._cached.add(event["requestId"]))
        session.on("Network.loadingFinished", self._finished)
        self.forget()

    def forget(self) -> None:
        self._kinds: dict[str, str] = {}
        self._cached: set[str] = set()
        self.bytes: dict[str, int] = {}

    def _finished(self, event: dict[str, object]) -> None:
        kind = self._kinds.get(str(event["requestId"]), "Other")
        self.bytes[kind] = self.bytes.get(kind, 0) + int(event["encodedDataLength"])


@pytest.mark.parametrize("path", PAGES)
def test_a_members_page_is_light(visit: Open, world: World, path: str):
    page = visit(world.people[Who.MEMBER], width=360)
    line = Line(page)
    page.goto(path.format(**world.places), wait_until="networkidle")
    pictures = line.bytes.pop("Image", 0) if "awaiting" in path else 0
    assert sum(line.bytes.values()) <= COLD, line.bytes
    assert line.bytes["Document"] <= HTML, line.bytes
    assert pictures < COLD
    line.forget()
    page.goto(path.format(**world.places), wait_until="networkidle")
    line.bytes.pop("Image", 0)
    assert sum(line.bytes.values()) <= WARM, line.bytes


def test_a_chat_is_light_although_it_brings_its_line(visit: Open, world: World):
    page = visit(world.people[Who.TALKING], width=360)
    page.goto("/chat")
    page.locator("[data-connection=connected]").wait_for()
    packed = page.evaluate(PACKED)
    document = page.evaluate("performance.getEntriesByType('navigation')[0].encodedBodySize")
    assert sum(packed.values()) + document <= CHAT, packed
    assert "htmx-4.0.1.min.js" not in packed


def test_the_own_scripts_and_styles_are_small(visit: Open, world: World):
    page = visit(world.people[Who.MEMBER])
    page.goto("/technical-issues/new/{draft}/c".format(**world.places), wait_until="networkidle")
    packed = page.evaluate(PACKED)
    assert packed["app.js"] + packed["upload.js"] <= SCRIPT, packed
    assert packed["app.css"] <= STYLE, packed
