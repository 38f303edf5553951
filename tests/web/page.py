"""Reads a page as a person without a mouse would: its language, title, headings, messages and forms."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.test import TestResponse

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "use"})
Attributes = dict[str, str | None]


@dataclass
class Element:
    """One element: its name, its attributes, all text inside it, and how deep it stands."""

    name: str
    attributes: Attributes
    depth: int
    text: str = ""

    @property
    def id(self) -> str:
        return self.attributes.get("id") or ""


@dataclass
class Page(HTMLParser):
    """A parsed page or fragment."""

    html: str
    elements: list[Element] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs), len(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs), len(self._open)))

    def handle_endtag(self, tag: str) -> None:
        if any(element.name == tag for element in self._open):
            while self._open.pop().name != tag:
                pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, name: str, **attributes: str) -> list[Element]:
        """The elements of this name that have these attributes (`class_` and `for_` lose their underscore)."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        return [
            element for element in self.elements
            if element.name == name and all(element.attributes.get(key) == value for key, value in wanted.items())
        ]  # fmt: skip

    def by_id(self, element_id: str) -> Element:
        return next(element for element in self.elements if element.id == element_id)

    @property
    def is_whole(self) -> bool:
        return bool(self.all("html"))

    @property
    def language(self) -> str | None:
        return self.all("html")[0].attributes.get("lang")

    @property
    def title(self) -> str:
        return squeezed(self.all("title")[0].text)

    @property
    def heading(self) -> str:
        (only,) = self.all("h1")
        return squeezed(only.text)

    @property
    def problems(self) -> list[str]:
        """The sentences of the error summary."""
        start = next((place for place, one in enumerate(self.elements) if one.id == "error-summary"), None)
        if start is None:
            return []
        depth, found = self.elements[start].depth, []
        for element in self.elements[start + 1 :]:
            if element.depth <= depth:
                break
            if element.name == "li":
                found.append(squeezed(element.text))
        return found

    @property
    def said(self) -> str:
        """What the flash region says."""
        return squeezed(self.by_id("flash").text)

    def value(self, name: str) -> str | None:
        """What stands in the field of this name: its text, or the chosen one of a group."""
        for element in self.elements:
            if element.attributes.get("name") != name:
                continue
            if element.name == "textarea":
                return element.text.removeprefix("\n")
            if element.attributes.get("type") != "radio" or "checked" in element.attributes:
                return element.attributes.get("value")
        return None


def read(response: TestResponse) -> Page:
    return Page(response.get_data(as_text=True))


def without_secret(html: str) -> str:
    """A page without the token of its forms, which is another one each second: for comparing whole pages."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', html)
    return html.replace(found[1], "") if found else html


def squeezed(text: str) -> str:
    return " ".join(text.split())
