"""In a made-up language every sentence of the desk stands in brackets: one without them was never translated."""

import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from helpdesk import demo
from helpdesk.accounts.person import Person
from tests.browser.chat_world import NAMES
from tests.browser.conftest import Open
from tests.browser.desk import ROOT, Desk
from tests.browser.guard import Guard
from tests.browser.pages import PAGES, Shown
from tests.browser.words import Words
from tests.browser.world import LONG_NAME, TITLES, World, make_world
from tests.house import pseudo

# Reads what a person sees or hears: texts, and the attributes that are read out or shown.
TEXTS = """() => {
    // Dates and zones are the locale's own; code is what is typed as it stands; what people wrote is marked for htmx.
    const skipped = "time, option[value*='/'], option[value='UTC'], code, template, noscript, [hx-ignore], "
        + "#reply option, #reply-form textarea";
    const spoken = ["aria-label", "title", "placeholder", "alt", "data-offline", "data-waiting", "data-failed"];
    const texts = [document.title];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walk.currentNode; node; node = walk.nextNode()) {
        if (node.nodeType === Node.TEXT_NODE) texts.push(node.data);
        else if (node.matches(skipped)) node.textContent = "";
        else texts.push(...spoken.map((name) => node.getAttribute(name) ?? ""));
    }
    return texts.map((text) => text.trim()).filter(Boolean);
}"""
# The brand, what languages call themselves, initials, what people wrote, and what is no word.
OWN_NAMES = r"English|Français|Svenska|Español"
MONTHS = "janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc"
NOT_OURS = re.compile(
    rf"^(?:Help Desk|(?:{OWN_NAMES})(?: -(?: .*)?)?|[A-ZÅÖ]{{1,2}}|[\W\d_]+|.*@example\.org|[\d,]+\s[km]?o|"
    rf"[\d,]+\s(?:s|min|h|j)|(?:\d+\s)?(?:{MONTHS})\.?(?:\s20\d\d)?|[0-9a-f]{{7}})$",
    re.DOTALL | re.IGNORECASE,
)


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk whose French is the made-up language."""
    folder = tmp_path_factory.mktemp("made-up")
    translations = folder / "translations"
    shutil.copytree(ROOT / "translations", translations)
    template = read_po(BytesIO((translations / "messages.pot").read_bytes()), charset="utf-8")
    shutil.copy(pseudo.write(template, folder), translations / "fr" / "LC_MESSAGES" / "messages.mo")
    entry = Path(__file__).with_name("serve_made_up.py")
    with Desk(folder / "instance", entry=(str(entry), str(translations))) as desk:
        yield desk


@pytest.fixture(scope="module")
def world(made_up: Desk) -> World:
    return make_world(made_up, "fr")


@pytest.fixture
def desk(made_up: Desk) -> Desk:
    """What `look` opens."""
    return made_up


class MadeUpWords(Words):
    """What a page says in the made-up language."""

    def __call__(self, text: str, context: str | None = None, **given: object) -> str:
        return pseudo.pseudo(text) % given if given else pseudo.pseudo(text)


def people_wrote(world: World) -> set[str]:
    """Names and texts that were typed, not translated."""
    people = [person for person in world.people.values() if isinstance(person, Person)]
    names = {text for person in people for text in (person.name, person.username, person.email, person.member_id or "")}
    typed = {
        "A question?",
        "Only for the team.",
        "It works again.",
        "First I …",
        "programme-très-important.exe",
        "xyzzy",
        "xxx",
        "typed-otherwise",
        "Greeting",
        "Please submit a ticket",
        "Anything else?",
        *NAMES,
    }
    demo_names = {text for account in demo.ACCOUNTS for text in (account.name, account.username)}
    return {*names, *demo_names, *typed, LONG_NAME, "écran.png", *TITLES.values()} - {""}


@pytest.mark.parametrize("shown", PAGES, ids=[shown.name for shown in PAGES])
def test_no_text_was_left_in_english(look: Open, world: World, guard: Guard, shown: Shown):
    guard.allow(*shown.answers)
    page = look(world.people[shown.who], language="fr", width=360)
    page.goto(world.address(shown))
    if shown.act:
        shown.act(page, MadeUpWords("fr"))
    texts = page.evaluate(TEXTS)
    assert sum(pseudo.OPEN in text for text in texts) > 5, "the page is not in the made-up language"
    bare = [
        text for text in texts if not {pseudo.OPEN, pseudo.CLOSE} & set(text) and not _may_be(text, people_wrote(world))
    ]
    assert not bare, "\n".join(bare)


def _may_be(text: str, written: set[str]) -> bool:
    return bool(NOT_OURS.match(text)) or any(part in text for part in written)
