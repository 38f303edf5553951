"""How templates are written: one root a partial, nothing inline, every text through the translators."""

import re
from html.parser import HTMLParser

import pytest

from tests.house.source import ROOT, name_of, templates
from tests.web.page import VOID

PAGES = [
    path for path in templates()
    if not path.name.startswith("_") and "{% extends" in path.read_text(encoding="utf-8")
]  # fmt: skip
# Mails are no pages: no policy guards them, mail programs know only styles on the elements, and addresses are whole.
MAILS = sorted((ROOT / "templates" / "mail").glob("*.html"))
PARTIALS = [path for path in templates() if path.name.startswith("_")]
MACROS = [ROOT / "templates" / "macros", ROOT / "templates" / "kept"]
# What else a file may be, beside a page and a partial.
OTHERS = {
    "templates/base.html": "the frame itself",
    **{f"templates/submission/{step}.html": "what stands inside one step; the step is the fragment" for step in "abcd"},
}
# Partials whose root's id is not their file's name, and why.
ROOTS = {
    "templates/_told.html": "swaps of their own for the flash region, not an element of the page",
    "templates/tickets/_section.html": "a page has three of them, each with its own name",
}
# Text that is the same in every language.
SIGNS = re.compile(r"[\s\d·:;,.…—–\-/|()%+×←→*#“”«»\"'&=!?\[\]{}]*")
SAME_EVERYWHERE = {"A", "B", "C", "D"}
# A macro that prints a part of a tag.
PART_OF_A_TAG = re.compile(r"\s*[\w-]+=\"[^\"]*\"?\s*>?\s*|\s*<\w*\s*")


def id_of(path) -> str:
    return path.stem.removeprefix("_").replace("_", "-")


def bare(path) -> str:
    """A template without its comments, macros' heads and tags of Jinja; what is printed becomes a mark."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.S)
    text = re.sub(r"\{% block width %\}.*?\{% endblock %\}", "", text)  # a class of the frame
    text = re.sub(r"\{\{.*?\}\}", "\x01", text, flags=re.S)
    return re.sub(r"\{%.*?%\}", "\x02", text, flags=re.S)


class Reader(HTMLParser):
    """The elements of a template in their order, with their depth, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.roots: list[dict[str, str | None]] = []
        self.texts: list[tuple[int, str]] = []
        self.attributes: list[tuple[int, str, str, str | None]] = []
        self._depth = 0
        self._inside: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._inside:
            self.roots.append({"": tag, **dict(attrs)})
        self.attributes += [(self.getpos()[0], tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self._inside.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(self.getpos()[0], tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._inside or self._inside[-1] not in {"script", "style"}:
            self.texts.append((self.getpos()[0], data))


def test_every_template_is_a_page_a_partial_or_macros() -> None:
    strange = [
        name_of(path) for path in templates()
        if path not in [*PAGES, *PARTIALS, *MAILS] and path.parent not in MACROS and name_of(path) not in OTHERS
    ]  # fmt: skip
    assert strange == [], "a page extends base.html or the desk’s frame, a partial begins with _, macros have folders"


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_page_has_a_title_of_its_own(path) -> None:
    text = path.read_text(encoding="utf-8")
    at_the_desk = '{% extends "desk/frame.html" %}' in text
    assert at_the_desk or '{% extends "base.html" %}' in text
    assert "{% block title %}" in text, "give the page {% block title %}"
    block = "{% block desk %}" if at_the_desk else "{% block content %}"
    assert block in text, f"put the page into {block}"


@pytest.mark.parametrize("path", [path for path in PARTIALS if name_of(path) not in ROOTS], ids=name_of)
def test_a_partial_has_one_root_with_its_own_name(path) -> None:
    roots = Reader(bare(path)).roots
    page_parts = {"title", "hx-partial"}  # htmx takes these out by itself
    (root, *more) = [root for root in roots if root[""] not in page_parts]
    assert more == [], f"put it all into one element with id={id_of(path)!r}"
    assert root.get("id") == id_of(path), f"the root of {path.name} has the id {id_of(path)!r}"


@pytest.mark.parametrize("path", [path for path in templates() if path not in MAILS], ids=name_of)
def test_nothing_runs_and_nothing_is_styled_from_inside_a_page(path) -> None:
    reader = Reader(bare(path))
    wrong = [
        f"line {line}: {tag} {name}"
        for line, tag, name, value in reader.attributes
        if name == "style"
        or (name.startswith("on") and name != "on")
        or name.startswith(("hx-on", "hx-vals", "hx-vars", "hx-ext"))
        or (value or "").strip().lower().startswith(("javascript:", "data:", "js:"))
        or (tag == "script" and name == "nonce")
    ]
    assert wrong == [], "the content policy forbids it: use a class, or a data attribute that a module looks for"
    text = path.read_text(encoding="utf-8")
    assert "<style" not in text, "put it into static/css/app.css"
    inline = [tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag]
    assert inline == [], "put it into static/js/"


@pytest.mark.parametrize("path", MAILS, ids=name_of)
def test_a_mail_fetches_and_runs_nothing(path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert not re.search(r"<(script|link|img|iframe|form|object|video)\b|\bsrc=|url\(|\bon\w+=", text)
    tables = re.findall(r"<table[^>]*>", text)
    assert tables and all('role="presentation"' in table for table in tables)


@pytest.mark.parametrize("path", templates(), ids=name_of)
def test_every_address_is_made_by_the_program(path) -> None:
    fixed = [
        f"line {line}: {name}={value}"
        for line, tag, name, value in Reader(bare(path)).attributes
        if name in {"href", "src", "action", "formaction", "hx-get", "hx-post"}
        and (value or "").startswith(("/", "http:", "https:", "//"))
    ]
    assert fixed == [], "use url_for(…) or asset(…)"


@pytest.mark.parametrize("path", templates(), ids=name_of)
def test_every_text_goes_through_the_translators(path) -> None:
    reader = Reader(bare(path))
    words = [(line, text) for line, text in reader.texts]
    spoken = {"alt", "title", "placeholder", "aria-label", "aria-description", "summary", "content"}
    words += [
        (line, value or "")
        for line, tag, name, value in reader.attributes
        if name in spoken and not (tag == "meta" and name == "content")
    ]
    bare_words = [
        f"line {line}: {part}"
        for line, text in words
        for part in re.split(r"[\x01\x02]+", text)
        if not SIGNS.fullmatch(part) and not PART_OF_A_TAG.fullmatch(part) and part.strip() not in SAME_EVERYWHERE
    ]
    assert bare_words == [], f"put these into _(): {bare_words}"


@pytest.mark.parametrize("path", templates(), ids=name_of)
def test_no_sentence_is_glued_together(path) -> None:
    """`_("a") ~ name ~ _("b")` cannot be said in every language: one sentence with a named part can."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    glued = re.findall(r"_\([^()]*\)\s*~\s*[\w.]+\s*~\s*_\(", text)
    assert glued == []
    assert not re.search(r"\b_\(\s*[a-z]\w*\s*\)", text), "only a literal sentence can be found by the extractor"


@pytest.mark.parametrize("path", [path for path in templates() if "<form" in path.read_text()], ids=name_of)
def test_every_form_that_changes_something_carries_its_secret(path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    missing = [
        form[:120] for form in re.findall(r"<form\b.*?</form>", text, flags=re.S)
        if re.search(r'method="post"', form, re.I) and not re.search(r"csrf\(\)|csrf_token\(\)", form)
    ]  # fmt: skip
    assert missing == [], "{{ forms.csrf() }} comes first in the form"


def test_the_named_exceptions_are_still_there() -> None:
    gone = [name for name in (*OTHERS, *ROOTS) if not (ROOT / name).exists()]
    assert gone == [], "take these out of OTHERS and ROOTS"
