"""Waits for HTMX: new content stands in the page a moment before its controls are alive."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

# What a page refreshes by itself, as the desk's menu, is no answer to what was done.
LISTEN = """() => {
    window.swapped = new Promise((done) => document.addEventListener("htmx:finally:request", (event) => {
        if (!event.detail.ctx?.sourceElement?.matches("[data-refresh]")) done();
    }));
}"""


@contextmanager
def swapped(page: Page, *, script: bool = True) -> Iterator[None]:
    """Ends when what was done inside has been answered and the answer is in the page."""
    if not script:
        yield
        return
    page.evaluate(LISTEN)
    yield
    page.evaluate("() => window.swapped.then(() => true)")
