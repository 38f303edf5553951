"""Makes the addresses in what people write clickable. Knows no feature."""

import re

from markupsafe import Markup, escape

from helpdesk.web.fragments import split_address

# http and https only: any other scheme could run or open something. static/js/chat/links.js reads the same.
_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"«»“”]+", re.IGNORECASE)
_BEHIND = ".,;:!?'’)]}"
_LINK = Markup('<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>')


def linked(text: str) -> Markup:
    """The text, escaped, with its addresses as links."""
    parts, end = Markup(), 0
    for found in _ADDRESS.finditer(text):
        address = _trimmed(found[0])
        if not split_address(address).hostname:
            continue
        parts += escape(text[end : found.start()]) + _LINK.format(address, address)
        end = found.start() + len(address)
    return parts + escape(text[end:])


def _trimmed(address: str) -> str:
    """Without what ends the sentence; a bracket belongs to the address if it was opened inside."""
    bare = address.rstrip(_BEHIND)  # one pass: an expression that ends in $ starts anew at every sign
    return f"{bare})" if "(" in bare and address[len(bare) : len(bare) + 1] == ")" else bare
