"""What a mail says, in its recipient's words, before it is put into text and HTML. Plain facts; knows no template."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """Something that `author` wrote, in the language that it was written in; without one, a line of the desk itself."""

    text: str
    when: str
    author: str = ""
    language: str | None = None

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")


@dataclass(frozen=True)
class Foreign:
    """Words that keep their language, whoever reads them: the title of a ticket."""

    text: str
    language: str


@dataclass(frozen=True)
class Link:
    """A way back to the desk: what it says, and the whole address."""

    label: str
    address: str


@dataclass(frozen=True)
class Entry:
    """One ticket of a list: its number and title, what is to be known of it, and where it is."""

    number: int
    title: Foreign
    note: str
    address: str


@dataclass(frozen=True)
class Part:
    """A list with its heading."""

    heading: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Letter:
    """One mail.

    `opening` says what happened and what is wanted: lists of mails show it beside the subject, which holds no text of
    members. `then` says what happens next, `reason` why they get this. Mails with the same `thread` are shown together.
    """

    subject: str
    greeting: str
    opening: str
    reason: str
    remarks: tuple[str, ...] = ()
    about: Foreign | None = None
    said: tuple[Said, ...] = ()
    parts: tuple[Part, ...] = ()
    then: str = ""
    link: Link | None = None
    thread: str = ""


class Over(Exception):
    """There is nothing to tell any more: what the mail was about has passed by the time it leaves."""


@dataclass(frozen=True)
class Foot:
    """What stands under every letter: the site's name and its own words, how to change what is sent, how to end it.

    `more` says that other mails about the same ticket were left out, because there were too many.
    """

    site: str
    words: str = ""
    more: str = ""
    settings: Link | None = None
    unsubscribe: Link | None = None
