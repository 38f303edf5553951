"""Finds what of the corpus has come to life in an answer: an element, an attribute or an address of its own."""

from helpdesk.web.fragments import split_address
from tests.attacks.corpus import HOST
from tests.web.page import Element, Page

# None of ours: scripts are files, drawings are one sprite.
NEVER = frozenset(
    {"iframe", "object", "embed", "base", "math", "style", "foreignobject", "animate", "set", "noembed", "plaintext"}
)
SCHEMES = ("javascript:", "data:", "vbscript:")
ADDRESSES = frozenset({"href", "src", "action", "formaction", "srcset", "poster", "xlink:href", "data", "cite"})


def came_to_life(html: str) -> list[str]:
    """What runs, loads or listens in this page or fragment that is not ours."""
    return [found for element in Page(html).elements for found in _of(element)]


def _of(element: Element) -> list[str]:
    found = [f"<{element.name}>"] if element.name in NEVER else []
    if element.name == "script" and not (element.attributes.get("src") or "").startswith("/static/"):
        found.append("a script that is no file of ours")
    for name, value in element.attributes.items():
        found += [f"{element.name} {name}={value}"] if _runs(element.name, name, value or "") else []
    return found


def _runs(element: str, name: str, value: str) -> bool:
    bare = "".join(sign for sign in value if ord(sign) > 32).lower()
    if name in ADDRESSES or name.startswith(("hx-get", "hx-post")):
        # A link to elsewhere is what a person may write; nothing else leads there, and nothing loads from there.
        leads_away = HOST in split_address(value).netloc and (element, name) != ("a", "href")
        return bare.startswith(SCHEMES) or bare == "/evil" or leads_away
    return name == "evil" or name.startswith(("on", "hx-on", "x-", "@", "_", "data-hx")) or bare.startswith("js:")
