"""Every page in four languages: its language, its title, one heading, labelled fields, no link that leads nowhere."""

import itertools
import re

import pytest
from flask import Flask

from tests.conftest import Client
from tests.house import doors_of_admins
from tests.house.doors import DOORS, World, build
from tests.house.source import templates
from tests.web.page import Page, read, squeezed

LANGUAGES = ("en", "fr", "sv", "es")
NO_PAGES = {
    "accounts.set_up_app GET", "accounts.app_key GET", "accounts.second_step GET",
    "privacy.take_copy GET", "notices.count GET", "notices.latest GET", "chat.show GET",
    "desk.report_file GET",
    "assets.serve GET", "assets.fault_sheet GET", "home.health GET", "home.ready GET", "tickets.file GET",
    "desk.file GET",
    "files.staged GET", "tickets.messages GET", "desk.messages GET", "home.start GET", "submission.new GET",
    "submission.confirmation GET", "chat.status GET", "desk.nav GET", "desk.here GET", "desk.own_chats GET",
    "desk.chat_status GET", "desk.beside GET",
}  # fmt: skip
FOR_NOBODY = ("home.help", "privacy.notice", "accounts.sign_in", "accounts.forgotten", "accounts.set_password")
# Titles that the glossary or the guides give, as a check that titles are titles.
TITLES = {
    "tickets.index GET": (
        "My Technical Issues",
        "Mes problèmes techniques",
        "Mina tekniska problem",
        "Mis problemas técnicos",
    ),
    "accounts.sign_in GET": ("Sign in", "Se connecter", "Logga in", "Iniciar sesión"),
}


@pytest.fixture
def world(app: Flask) -> World:
    return build(app)


def who(door: str) -> str:
    if door.startswith(FOR_NOBODY):
        return "nobody"
    if door in doors_of_admins.DOORS:
        return "admin"
    return "agent" if door.startswith("desk.") else "owner"


def pages(world: World, language: str) -> dict[str, Page]:
    """Every page as somebody sees it who may, in one language."""
    found = {}
    for door, (path, _) in DOORS.items():
        if not door.endswith("GET") or door in NO_PAGES:
            continue
        browser = world.browsers[who(door)]
        speak(browser, language)
        answer = browser.get(world.path(path))
        assert answer.status_code == 200, (door, answer.status_code)
        found[door] = read(answer)
    for name, role, path in (
        ("start, member", "owner", "/"), ("start, below the rank", "below", "/"), ("not found", "owner", "/nowhere"),
        ("step a", "owner", "/technical-issues/new/{draft}/a"), ("step b", "owner", "/technical-issues/new/{draft}/b"),
        ("step c", "owner", "/technical-issues/new/{draft}/c"), ("refused", "below", "/technical-issues"),
    ):  # fmt: skip
        speak(world.browsers[role], language)
        found[name] = read(world.browsers[role].get(world.path(path)))
    return found


def speak(browser: Client, language: str) -> None:
    assert browser.get(f"/help?lang={language}").status_code == 303


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_the_readers_language_and_is_well_made(world: World, language: str) -> None:
    for name, page in pages(world, language).items():
        assert page.language == language, name
        headings = page.all("h1")
        assert len(headings) == 1, f"{name} has {len(headings)} h1"
        assert page.title.endswith(" - Help Desk") and len(page.title) > len(" - Help Desk"), name
        assert_order_of_headings(name, page)
        assert_unique_ids(name, page)
        assert_labelled(name, page)
        assert len(page.all("main")) == 1
        chosen = [link for link in page.all("span", aria_current="true") if link.attributes.get("lang") == language]
        assert len(chosen) == 1, f"{name}: the present language is marked"
        assert "style=" not in page.html and " onclick" not in page.html
        if name in TITLES:
            assert page.title.removeprefix("(1) ") == f"{TITLES[name][LANGUAGES.index(language)]} - Help Desk"


def assert_order_of_headings(name: str, page: Page) -> None:
    levels = [int(one.name[1]) for one in page.elements if re.fullmatch("h[1-6]", one.name)]
    levels = levels[levels.index(1) :]  # an error summary's heading may stand above
    steps = itertools.pairwise(levels)
    assert all(after <= before + 1 for before, after in steps), f"{name}: headings skip a level {levels}"


def assert_unique_ids(name: str, page: Page) -> None:
    ids = [one.id for one in page.elements if one.id]
    assert len(ids) == len(set(ids)), f"{name}: {sorted(one for one in ids if ids.count(one) > 1)} twice"
    for one in page.elements:
        for attribute in ("aria-labelledby", "aria-describedby", "for", "form", "aria-controls"):
            for target in (one.attributes.get(attribute) or "").split():
                assert target in ids, f"{name}: {attribute}={target} names nothing"
        href = one.attributes.get("href") or ""
        if href.startswith("#") and len(href) > 1:
            assert href[1:] in ids, f"{name}: {href} leads nowhere"


def assert_labelled(name: str, page: Page) -> None:
    labels = {one.attributes.get("for") for one in page.all("label")}
    for one in page.elements:
        typed = one.attributes.get("type")
        if one.name not in {"input", "textarea", "select"} or typed in {"hidden", "submit"}:
            continue
        assert one.id in labels or one.attributes.get("aria-label"), f"{name}: {one.attributes} has no label"
    for one in page.all("button") + page.all("a"):
        said = squeezed(one.text) or one.attributes.get("aria-label")
        assert said, f"{name}: {one.attributes} says nothing"
    for one in page.all("img"):
        assert "alt" in one.attributes, f"{name}: {one.attributes}"


def test_titles_and_headings_are_different_words_in_each_language(world: World) -> None:
    # What somebody wrote is the title of these, in whatever language.
    same = {"desk.member GET"} | {
        "desk.edit_reply GET",
        "desk.ticket_list GET",
        "tickets.show GET",
        "desk.show GET",
        "tickets.closure GET",
    }
    titles = {language: {name: page.title for name, page in pages(world, language).items()} for language in LANGUAGES}
    for name, english in titles["en"].items():
        if name in same:
            continue
        others = [titles[language][name] for language in ("fr", "sv", "es")]
        assert sum(other == english for other in others) <= 1, f"{name}: {english} is not translated"


def test_every_page_of_the_product_is_looked_at(world: World) -> None:
    looked_at = len(pages(world, "en"))
    made = [path for path in templates() if not path.name.startswith("_") and path.parent.name not in {"macros"}]
    assert looked_at >= len([path for path in made if path.parent.name != "templates"]) - 8


def test_a_switch_of_language_keeps_the_page_and_its_query(world: World) -> None:
    browser = world.browsers["owner"]
    page = read(browser.get("/technical-issues/open?q=a%26b&page=older.1.2.3&x=%C3%A9"))
    links = {
        one.attributes.get("hreflang"): one.attributes.get("href")
        for one in page.all("a")
        if one.attributes.get("hreflang")
    }
    assert set(links) == {"fr", "sv", "es"}

    answer = browser.get(links["fr"] or "")

    assert (answer.status_code, answer.location) == (303, "/technical-issues/open?q=a%26b&page=older.1.2.3&x=%C3%A9")
    assert read(browser.get(answer.location)).language == "fr"
    assert read(browser.get("/profile")).language == "fr", "it is kept in the account"


def test_the_languages_on_an_answer_to_a_form_lead_to_a_page(world: World) -> None:
    led = 0
    for door, (path, body) in DOORS.items():
        if door.endswith("GET"):
            continue
        browser = world.browsers[who(door)]
        answer = browser.post(world.path(path), data=body())
        for link in read(answer).all("a") if answer.status_code >= 400 and answer.mimetype == "text/html" else ():
            if link.attributes.get("hreflang") == "fr":
                shown = browser.get(link.attributes["href"], follow_redirects=True)
                assert shown.status_code == 200, (door, link.attributes["href"], shown.status_code)
                led += 1
                speak(browser, "en")
    assert led > 10
