"""Walks the steps A to D as a member does, by the words on the page."""

import os
import re
from io import BytesIO

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests import builders
from tests.browser.words import Words

PNG = "image/png"


def begin(page: Page, say: Words) -> None:
    """From the list of tickets to step A."""
    page.goto("/technical-issues")
    page.get_by_role("link", name=say("Submit a new tech issue"), exact=True).click()
    expect(page).to_have_url(re.compile("/a$"))


def answer_a(page: Page, say: Words, title: str, own_name: str) -> None:
    page.get_by_role("radio", name=own_name, exact=True).check()
    title_field(page).fill(title)
    go_on(page, say)
    expect(page).to_have_url(re.compile("/b$"))


def answer_b(page: Page, say: Words, description: str) -> None:
    description_field(page).fill(description)
    go_on(page, say)
    expect(page).to_have_url(re.compile("/c$"))


def to_c(page: Page, say: Words) -> None:
    """To step C with something in A and B."""
    page.goto("/technical-issues/new")
    answer_a(page, say, "The order cannot be processed", "English")
    answer_b(page, say, "The page stays blank.")


def go_on(page: Page, say: Words) -> None:
    page.locator("#step-continue", has_text=say("Continue")).click()


def title_field(page: Page) -> Locator:
    return page.locator("#title")


def description_field(page: Page) -> Locator:
    return page.locator("#description")


def picture(name: str = "screenshot.png", width: int = 320, height: int = 200) -> dict[str, object]:
    """A real picture, as a file chooser hands it over."""
    return {"name": name, "mimeType": PNG, "buffer": builders.picture(width, height).getvalue()}


def noise(name: str, size: int) -> dict[str, object]:
    """A picture of random pixels, so that it has about `size` bytes; for uploads that take their time."""
    side = int((size / 3) ** 0.5)
    file = BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(file, "PNG", compress_level=0)
    return {"name": name, "mimeType": PNG, "buffer": file.getvalue()}


def kept_files(page: Page) -> Locator:
    """The rows of the files that the server has."""
    return page.locator("#files .file-list:not([data-pending]) > .file")


def pending_files(page: Page) -> Locator:
    return page.locator("#files [data-pending] > .file")
