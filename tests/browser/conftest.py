"""What the browser tests share: a served desk, a Chromium, pages of signed-in people, a guard over all of them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from helpdesk.accounts import queries, sessions
from helpdesk.accounts.person import Person
from tests.browser.desk import Desk, served
from tests.browser.guard import Guard

WAIT_MS = 10_000
Open = Callable[..., Page]
# The machine may be busy with other tests; a page that is right needs no time.
expect.set_options(timeout=WAIT_MS)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, without what it does for itself."""
    quiet = (
        "no-sandbox disable-gpu disable-quic no-first-run disable-background-networking disable-component-update "
        "disable-sync disable-dev-shm-usage"
    )
    return {
        **browser_type_launch_args,
        "executable_path": "/usr/bin/chromium",
        "args": [f"--{switch}" for switch in quiet.split()],
    }


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The served demo. Tests share it: each makes the people and tickets that it changes."""
    with served(tmp_path_factory.mktemp("served")) as desk:
        yield desk


@pytest.fixture
def guard() -> Iterator[Guard]:
    """Fails the test for what its pages told the console, and for answers that it did not expect."""
    guard = Guard()
    yield guard
    guard.leave()
    guard.check()


@pytest.fixture
def visit(browser: Browser, desk: Desk, guard: Guard) -> Iterator[Open]:
    """Opens a browser of its own, signed in or not: `visit(person, width=360)` gives its first page."""
    contexts = []

    def open_page(person: Person | None = None, *, fresh: bool = False, **device: object) -> Page:
        contexts.append(_context(browser, desk, person, fresh=fresh, **device))
        guard.watch(contexts[-1])
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def kept_contexts() -> Iterator[dict[tuple[str, str], BrowserContext]]:
    """The browsers that the sweeps share, by desk and reader."""
    contexts: dict[tuple[str, str], BrowserContext] = {}
    yield contexts
    for context in contexts.values():
        context.close()


@pytest.fixture
def look(
    browser: Browser, desk: Desk, guard: Guard, kept_contexts: dict[tuple[str, str], BrowserContext]
) -> Iterator[Open]:
    """As `visit`, in a browser that tests share, so that it has the style sheet and the scripts already."""
    pages = []

    def open_page(person: Person | None, *, language: str, width: int) -> Page:
        key = (desk.address, person.username if person else language)
        if key not in kept_contexts:
            kept_contexts[key] = _context(browser, desk, person, language=language)
        guard.watch(kept_contexts[key])
        pages.append(kept_contexts[key].new_page())
        pages[-1].set_viewport_size({"width": width, "height": 800})
        return pages[-1]

    yield open_page
    for page in pages:
        page.close()


def _context(
    browser: Browser,
    desk: Desk,
    person: Person | None,
    *,
    width: int = 1280,
    script: bool = True,
    language: str = "en",
    scheme: str = "light",
    zone: str = "Europe/Paris",
    fresh: bool = False,
) -> BrowserContext:
    context = browser.new_context(
        base_url=desk.address, viewport={"width": width, "height": 800}, java_script_enabled=script,
        locale=language, color_scheme=scheme, timezone_id=zone,
    )  # fmt: skip
    context.set_default_timeout(WAIT_MS)
    if person is not None:
        context.add_cookies([{"name": "session", "value": desk.cookie(person, fresh=fresh), "url": desk.address}])
    return context


@pytest.fixture
def demo_person(desk: Desk) -> Callable[[str], Person]:
    """One of the demo's accounts."""

    def named(username: str) -> Person:
        return desk.make.look(lambda: sessions.person_of(queries.user_by_name(username)))

    return named
