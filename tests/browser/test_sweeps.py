"""Every page in every language: accessible, never wider than the window, large enough to press, whole."""

import pytest
from playwright.sync_api import Page

from helpdesk import languages
from tests.browser import audit
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.guard import Guard
from tests.browser.pages import PAGES, Shown
from tests.browser.words import Words
from tests.browser.world import World, make_world

LOOKS = [(360, "light"), (1280, "dark"), (1280, "light"), (360, "dark")]


@pytest.fixture(scope="session")
def worlds(desk: Desk) -> dict[str, World]:
    return {code: make_world(desk, code) for code in languages.CODES}


def show(look: Open, worlds: dict[str, World], guard: Guard, shown: Shown, language: str) -> Page:
    """The page as its reader sees it on a narrow phone, after what is done there."""
    guard.allow(*shown.answers)
    page = look(worlds[language].people[shown.who], width=320, language=language)
    answer = page.goto(worlds[language].address(shown))
    assert answer.status == shown.status
    if shown.act:
        shown.act(page, Words(language))
    return page


@pytest.mark.parametrize(("place", "shown"), list(enumerate(PAGES)), ids=[shown.name for shown in PAGES])
def test_axe_finds_nothing(look: Open, worlds: dict[str, World], guard: Guard, place: int, shown: Shown):
    page = show(look, worlds, guard, shown, languages.CODES[place % 4])
    found = []
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{width} {scheme}: {fault}" for fault in audit.axe(page)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", languages.CODES)
@pytest.mark.parametrize("shown", PAGES, ids=[shown.name for shown in PAGES])
def test_a_page_is_whole_and_fits_every_window(
    look: Open, worlds: dict[str, World], guard: Guard, shown: Shown, language: str
):
    page = show(look, worlds, guard, shown, language)
    faults = audit.frame_faults(page, language)
    for width in (320, 360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        faults += [f"{width}: {fault}" for fault in audit.wider_than_the_window(page)]
        faults += [f"{width}: out of its box: {fault}" for fault in audit.spilled(page)]
        faults += [f"{width}: too small: {fault}" for fault in audit.small_targets(page)]
    assert not faults, "\n".join(faults)
