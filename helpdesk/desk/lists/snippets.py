"""Where a search has found a ticket: its title, its number, its member, or a piece of its thread, with what was found.

Made from the texts of one page's tickets only. Everything here is plain text in parts; templates escape it.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from helpdesk.reading import read
from helpdesk.tickets import search
from helpdesk.tickets.models import NUMBER_OFFSET, TicketMessage

# How much of a ticket's thread is looked through, and how much is shown around what was found.
MOST_MESSAGES = 400
MESSAGE_SIGNS = 4000
AROUND = 70

Parts = tuple[tuple[str, bool], ...]
_message = TicketMessage.__table__.c
_TEXTS = (
    select(_message.ticket_id, _message.kind, func.substr(_message.body, 1, MESSAGE_SIGNS).label("body"))
    .where(_message.ticket_id.in_(bindparam("ids", expanding=True)))
    .order_by(_message.ticket_id, _message.seq)
    .limit(MOST_MESSAGES)
)


@dataclass(frozen=True)
class Snippet:
    """What was found in a ticket. `kind` is the kind of the message that `piece` is from; both may be empty."""

    title: Parts
    number: Parts
    member: Parts
    kind: str
    piece: Parts


class Finder:
    """Finds what was searched for in a text, case and accents aside, as the databases do."""

    def __init__(self, typed: str) -> None:
        self.patterns = [_pattern(one) for one in search.phrases(typed)]

    def hits(self, text: str) -> set[int]:
        """Which of the phrases stand in the text."""
        folded = _folded(text)[0]
        return {place for place, pattern in enumerate(self.patterns) if pattern.search(folded)}

    def marked(self, text: str) -> Parts:
        """The whole text in parts, of which some are what was searched for."""
        return _cut(text, self._spans(text), 0, len(text))

    def piece(self, text: str) -> Parts:
        """The first place in the text where something stands, with what is around it."""
        spans = self._spans(text)
        if not spans:
            return ()
        start = _word_start(text, spans[0][0] - AROUND)
        end = _word_end(text, spans[0][1] + AROUND)
        parts = _cut(text, [span for span in spans if span[1] <= end], start, end)
        before, after = ((("…", False),) if start else ()), ((("…", False),) if end < len(text) else ())
        return (*before, *parts, *after)

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Where in the text something stands, in order, without overlaps."""
        folded, places = _folded(text)
        found = sorted(match.span() for pattern in self.patterns for match in pattern.finditer(folded))
        spans: list[tuple[int, int]] = []
        for start, end in found:
            if spans and start < spans[-1][1]:
                continue
            spans.append((start, end))
        return [(places[start], places[end]) for start, end in spans] if places else spans


def of_rows(typed: str, rows: Sequence[Row[Any]]) -> dict[int, Snippet]:
    """What was found in each ticket of a page: one query, however long the threads are."""
    finder = Finder(typed)
    if not finder.patterns or not rows:
        return {}
    texts = read(_TEXTS, {"ids": [row.id for row in rows]}).all()
    threads = {ticket_id: list(messages) for ticket_id, messages in groupby(texts, key=lambda text: text.ticket_id)}
    return {row.id: _snippet(finder, row, threads.get(row.id, [])) for row in rows}


def _snippet(finder: Finder, row: Row[Any], messages: Iterable[Row[Any]]) -> Snippet:
    number = str(row.id + NUMBER_OFFSET)
    member = " · ".join(text for text in (row.owner, row.email, row.member_id) if text)
    missing = set(range(len(finder.patterns))) - finder.hits(row.title) - finder.hits(number)
    of_member = bool(missing & finder.hits(member))
    kind, body = "", ""
    best: set[int] = set()
    # The message that holds the most of what the title does not say; where the title says all, nothing more is shown.
    for message in messages if missing else ():
        found = finder.hits(message.body) & missing
        if len(found) > len(best):
            kind, body, best = message.kind, message.body, found
        if best == missing:
            break
    return Snippet(
        finder.marked(row.title), finder.marked(number), finder.marked(member) if of_member else (),
        kind, finder.piece(body),
    )  # fmt: skip


def _pattern(one: search.Phrase) -> re.Pattern[str]:
    """Words of letters and digits only, with anything else between them: nothing in it can run long."""
    words = r"[\W_]+".join(re.escape(word) for word in one.words)
    return re.compile(rf"(?<![^\W_]){words}" + (r"(?![^\W_])" if one.whole else r"[^\W_]*"))


def _folded(text: str) -> tuple[str, list[int] | None]:
    """The text as searched, sign by sign, and where in the text each sign is from; None where nothing has moved."""
    if text.isascii():
        return text.lower(), None
    folded = text.translate(_folds)
    if _folds.uneven.isdisjoint(text):
        return folded, None
    places = [place for place, sign in enumerate(text) for _ in _folds[ord(sign)]]
    return folded, [*places, len(text)]


class _Folds(dict[int, str]):
    """Each sign as `search.fold` has it, but signs that are no letters stay: they end a word."""

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()  # what has become of them is none or several

    def __missing__(self, code: int) -> str:
        decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", chr(code)).casefold())
        folded = self[code] = "".join(one for one in decomposed if not unicodedata.combining(one))
        if len(folded) != 1:
            self.uneven.add(chr(code))
        return folded


_folds = _Folds()


def _cut(text: str, spans: list[tuple[int, int]], start: int, end: int) -> Parts:
    parts: list[tuple[str, bool]] = []
    for begin, stop in spans:
        if begin > start:
            parts.append((text[start:begin], False))
        parts.append((text[begin:stop], True))
        start = stop
    if start < end:
        parts.append((text[start:end], False))
    return tuple(parts)


def _word_start(text: str, place: int) -> int:
    """The next beginning of a word from here on."""
    if place <= 0:
        return 0
    space = text.find(" ", place, place + 20)
    return place if space < 0 else space + 1


def _word_end(text: str, place: int) -> int:
    """The last end of a word before here."""
    if place >= len(text):
        return len(text)
    space = text.rfind(" ", place - 20, place)
    return place if space < 0 else space
