"""The organisation's member directory as a CSV file: its columns, and what a line must hold. No database, no Flask."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from helpdesk import languages
from helpdesk.ranks import Ranks

# Column names are compared in lower case and without "-", "_" and spaces: "E-Mail" and "Member ID" are found too.
NEEDED = {"username": "username", "email": "email", "name": "name", "rank": "rank"}
OPTIONAL = {"memberid": "member_id", "language": "language", "passwordhash": "password_hash"}
COLUMNS = NEEDED | OPTIONAL

USERNAME_SIGNS = 80
NAME_SIGNS = 120
MEMBER_ID_SIGNS = 40
HASH_SIGNS = 200
# What `passwords.matches` can check: argon2's own format, and the two that Werkzeug writes.
_HASH = re.compile(
    r"\$argon2id?\$v=\d+\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+"
    r"|(?:scrypt:\d+:\d+:\d+|pbkdf2:sha(?:1|256|512):\d+)\$[^$\s]+\$[0-9a-f]+"
)
_DIRECTION_SIGNS = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")


class BadFile(Exception):
    """A file that is no directory at all; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Member:
    """One good line: the member as the directory knows them. None: the directory does not say."""

    line: int
    username: str
    username_key: str
    email: str
    email_key: str
    name: str
    rank: str
    member_id: str | None = None
    language: str | None = None
    password_hash: str | None = None

    @property
    def identities(self) -> tuple[tuple[str, str | None], ...]:
        """What no two accounts may share, each with what it is called."""
        return ("username", self.username_key), ("e-mail address", self.email_key), ("member ID", self.member_id)


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be imported, and why, for the operator."""

    line: int
    reason: str


class Directory:
    """A directory file: its columns are read at once, its members and bad lines by iterating, once.

    Every line stands for itself (no cell goes over two lines), so that a quotation mark too many spoils one line only.
    """

    def __init__(self, lines: Iterable[bytes], ranks: Ranks) -> None:
        """Raises BadFile when the first line does not name the columns."""
        self._lines = enumerate(lines, start=1)
        self._ranks = ranks
        try:
            header = _text(next(self._lines, (1, b""))[1].removeprefix(b"\xef\xbb\xbf"))
            self._delimiter = ";" if header.count(";") > header.count(",") else ","
            titles = _cells(header, self._delimiter)
        except ValueError as fault:
            raise BadFile(f"The first line must name the columns, but {fault}.") from fault
        self._columns = [COLUMNS.get(re.sub(r"[-_\s]", "", title).casefold()) for title in titles]
        self.unused = [title for title, column in zip(titles, self._columns, strict=True) if title and not column]
        for column in COLUMNS.values():
            if self._columns.count(column) > 1:
                raise BadFile(f"The first line names the column {column} twice.")
            if column in NEEDED and column not in self._columns:
                raise BadFile(f"The first line must name the columns; {column} is missing.")

    def __iter__(self) -> Iterator[Member | BadLine]:
        seen: dict[tuple[str, str | None], int] = {}
        for line, raw in self._lines:
            try:
                cells = _cells(_text(raw), self._delimiter)
                if not any(cells):
                    continue
                member = self._member(line, cells)
                _check_first(member, seen)
            except ValueError as fault:
                yield BadLine(line, str(fault))
            else:
                yield member

    def _member(self, line: int, cells: list[str]) -> Member:
        if len(cells) != len(self._columns):
            raise ValueError(f"there are {len(cells)} cells, but {len(self._columns)} columns")
        named = {column: cell for column, cell in zip(self._columns, cells, strict=True) if column}
        return member_of(line, named, self._ranks)


def member_of(line: int, cells: dict[str, str], ranks: Ranks) -> Member:
    """The member that a line's cells, by column, describe. Raises ValueError with the reason if they do not."""
    name, address = username(cells["username"]), email(cells["email"])
    return Member(
        line=line,
        username=name,
        username_key=username_key(name),
        email=address,
        email_key=address.casefold(),
        name=person_name(cells["name"]),
        rank=rank(cells["rank"], ranks),
        member_id=member_id(cells.get("member_id", "")),
        language=language(cells.get("language", "")),
        password_hash=password_hash(cells.get("password_hash", "")),
    )


def username(text: str) -> str:
    """Raises ValueError for what cannot be a username."""
    if not text:
        raise ValueError("the username is missing")
    key = username_key(text)
    if max(len(text), len(key)) > USERNAME_SIGNS:
        raise ValueError(f"the username {_shown(text)} is longer than {USERNAME_SIGNS} characters")
    # Category C: control and invisible signs; Z: spaces. The key is looked at too: "¨" hides a space.
    if any(unicodedata.category(sign)[0] in "CZ" for sign in text + key):
        raise ValueError(f"the username {_shown(text)} has a space or an invisible sign in it")
    return text


def username_key(text: str) -> str:
    """What usernames are compared by: capitals and the width of letters make no difference."""
    return text.lower() if text.isascii() else _nfkc(_nfkc(text).casefold())


def email(text: str) -> str:
    """The address in its usual spelling. Raises ValueError for what cannot be one; asks no name server."""
    if not text:
        raise ValueError("the e-mail address is missing")
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as fault:
        raise ValueError(f"the e-mail address {_shown(text)} cannot be used: {fault}") from fault


def person_name(text: str) -> str:
    """The name with single spaces. Raises ValueError for what cannot be a person's name."""
    if any(unicodedata.category(sign) in {"Cc", "Zl", "Zp"} or sign in _DIRECTION_SIGNS for sign in text):
        raise ValueError(f"the name {_shown(text)} has a control sign in it")
    name = " ".join(text.split())
    if not name:
        raise ValueError("the name is missing")
    if len(name) > NAME_SIGNS:
        raise ValueError(f"the name {_shown(name)} is longer than {NAME_SIGNS} characters")
    return name


def rank(text: str, ranks: Ranks) -> str:
    """The rank as the site spells it. Raises ValueError for one that the site does not have."""
    if not text:
        raise ValueError("the rank is missing")
    named = ranks.named(text)
    if named is None:
        raise ValueError(f"the site has no rank {_shown(text)}")
    return named


def member_id(text: str) -> str | None:
    """Raises ValueError for what cannot be a member ID."""
    if len(text) > MEMBER_ID_SIGNS:
        raise ValueError(f"the member ID {_shown(text)} is longer than {MEMBER_ID_SIGNS} characters")
    if any(unicodedata.category(sign)[0] == "C" for sign in text):
        raise ValueError(f"the member ID {_shown(text)} has an invisible sign in it")
    return text or None


def language(text: str) -> str | None:
    """The code of the language. Raises ValueError for one that the desk does not speak."""
    code = languages.normalise(text)
    if text and code is None:
        raise ValueError(f"the language {_shown(text)} is none of {', '.join(languages.CODES)}")
    return code


def password_hash(text: str) -> str | None:
    """Raises ValueError for what is no hash that the desk can check. Never shows it: it may be a password."""
    if text and (len(text) > HASH_SIGNS or not _HASH.fullmatch(text)):
        raise ValueError("the password hash is neither argon2 ($argon2id$…) nor Werkzeug's (scrypt:…, pbkdf2:…)")
    return text or None


def _check_first(member: Member, seen: dict[tuple[str, str | None], int]) -> None:
    """Raises ValueError when a line further up has the same identity; otherwise remembers this one's."""
    for identity in member.identities:
        if identity[1] and identity in seen:
            raise ValueError(f"the {identity[0]} {_shown(identity[1])} is on line {seen[identity]} already")
    seen.update((identity, member.line) for identity in member.identities if identity[1])


def _text(raw: bytes) -> str:
    try:
        return unicodedata.normalize("NFC", raw.decode())
    except UnicodeDecodeError as fault:
        raise ValueError("it is not UTF-8 text (save the file as UTF-8)") from fault


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([text], delimiter=delimiter, strict=True), [])]
    except csv.Error as fault:
        raise ValueError(f"it cannot be read as CSV: {fault}") from fault


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _shown(text: str) -> str:
    """A cell as it is shown to the operator: cut, and with control signs spelt out, for it may come to a terminal."""
    return repr(text if len(text) <= 60 else text[:60] + "…")
