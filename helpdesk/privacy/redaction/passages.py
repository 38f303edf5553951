"""Where a passage stands in a text, and the text without it. PURE."""

from collections.abc import Sequence

LEAST_SIGNS = 3
MOST_SIGNS = 4000
Span = tuple[int, int]


def places(text: str, passage: str) -> list[Span]:
    """Where it stands, exactly as it is written, from the first sign to behind the last; never overlapping."""
    found, start = [], text.find(passage) if passage else -1
    while start >= 0:
        found.append((start, start + len(passage)))
        start = text.find(passage, start + len(passage))
    return found


def without(text: str, spans: Sequence[Sequence[int]], mark: str) -> str:
    """The text with the mark in each of these places. Places that the text does not have are passed over."""
    for start, end in sorted((tuple(one) for one in spans), reverse=True):
        if 0 <= start < end <= len(text):
            text = text[:start] + mark + text[end:]
    return text
