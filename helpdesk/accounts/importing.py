"""Bringing the accounts in line with the member directory: compare, then write. Never commits.

Comparing only reads; it may take its time. Writing is short and trusts nothing it read before: a value that a person
has chosen meanwhile stays, and a name that somebody has taken meanwhile ends in IntegrityError.
"""

import csv
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import IO, TypeVar

from sqlalchemy import Row, bindparam, delete, func, insert, or_, select, update

from helpdesk.accounts import finding, sessions
from helpdesk.accounts.directory import BadLine, Member
from helpdesk.accounts.models import PasswordLink, User
from helpdesk.accounts.service import LINK_HOURS
from helpdesk.extensions import db
from helpdesk.ranks import Role

T = TypeVar("T")
AT_ONCE = 500
# A spreadsheet takes a cell that begins so for a formula (trust.md, T47).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@dataclass
class Comparison:
    """What the directory would change. `changed` holds the account's id and its line."""

    new: list[Member] = field(default_factory=list)
    changed: list[tuple[int, Member]] = field(default_factory=list)
    to_void: list[int] = field(default_factory=list)
    unchanged: int = 0
    bad: list[BadLine] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{len(self.new)} new, {len(self.changed)} changed, {self.unchanged} unchanged, {len(self.bad)} bad"


def compare(lines: Iterable[Member | BadLine]) -> Comparison:
    """What these lines of the directory mean for the accounts that there are now. Only reads."""
    found = Comparison()
    for batch in _batches(lines):
        members = [line for line in batch if isinstance(line, Member)]
        found.bad.extend(line for line in batch if isinstance(line, BadLine))
        accounts = {identity: row for row in _accounts(members) for identity in _identities(row)}
        for member in members:
            _compare_one(member, accounts, found)
    found.bad.sort(key=lambda bad: bad.line)
    return found


def _accounts(members: Sequence[Member]) -> Sequence[Row]:
    """Every account that shares a username, an e-mail address or a member ID with one of these."""
    shared = or_(
        User.username_key.in_([member.username_key for member in members]),
        User.email_key.in_([member.email_key for member in members]),
        User.member_id.in_([member.member_id for member in members if member.member_id]),
    )
    columns = (
        User.id, User.username, User.username_key, User.email, User.email_key, User.member_id, User.name, User.role,
        User.rank, User.language, User.password_hash,
    )  # fmt: skip
    return db.session.execute(select(*columns).where(shared)).all()


def _identities(account: Row) -> tuple[tuple[str, str | None], ...]:
    return ("username", account.username_key), ("e-mail address", account.email_key), ("member ID", account.member_id)


def _compare_one(member: Member, accounts: dict[tuple[str, str | None], Row], found: Comparison) -> None:
    account = accounts.get(("username", member.username_key))
    reason = _clash(member, account, accounts)
    if reason:
        found.bad.append(BadLine(member.line, reason))
        return
    if account is None:
        found.new.append(member)
        return
    if not _differs(account, member):
        found.unchanged += 1
        return
    found.changed.append((account.id, member))
    # Whoever reads the old mailbox must not set the password, and a password that has come with the file needs no link.
    if account.email_key != member.email_key or (account.password_hash is None and member.password_hash):
        found.to_void.append(account.id)


def _clash(member: Member, account: Row | None, accounts: dict[tuple[str, str | None], Row]) -> str | None:
    if account is not None and account.role != Role.MEMBER.value:
        return f"the username {member.username!r} belongs to an agent or administrator"
    for called, value in member.identities:
        owner = accounts.get((called, value)) if value else None
        if owner is not None and owner is not account:
            return f"the {called} {value!r} belongs to the account {owner.username!r}"
    return None


def _differs(account: Row, member: Member) -> bool:
    return (
        (account.username, account.email, account.name, account.rank)
        != (member.username, member.email, member.name, member.rank)
        or member.member_id not in {None, account.member_id}
        or (account.language is None and member.language is not None)
        or (account.password_hash is None and member.password_hash is not None)
    )


# What the directory does not say stays; so do a language and a password that the account has already.
_UPDATE = (
    update(User.__table__)
    .where(User.__table__.c.id == bindparam("account"), User.__table__.c.role == Role.MEMBER.value)
    .values(
        username=bindparam("new_username"), email=bindparam("new_email"), email_key=bindparam("new_email_key"),
        name=bindparam("new_name"), rank=bindparam("new_rank"),
        member_id=func.coalesce(bindparam("new_member_id"), User.__table__.c.member_id),
        language=func.coalesce(User.__table__.c.language, bindparam("new_language")),
        password_hash=func.coalesce(User.__table__.c.password_hash, bindparam("new_password_hash")),
    )
)  # fmt: skip


class LinksFile:
    """The file of new members' one-time links: made at the first link, for the operator's eyes only.

    Leaving the `with` block by an error removes it, so that it never holds links of accounts that do not exist.
    """

    def __init__(self, path: Path, site: str) -> None:
        self.path = path
        self.count = 0
        self._site = site
        self._file: IO[str] | None = None

    def add(self, member: Member, token: str) -> None:
        """Raises OSError, FileExistsError for a file that is there already."""
        if self._file is None:
            # O_EXCL: links that were handed out before are never written over, and nobody's symbolic link is followed.
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._file = os.fdopen(descriptor, "w", encoding="utf-8", newline="")
            csv.writer(self._file).writerow(("username", "email", "link"))
        link = set_password_url(self._site, token)
        csv.writer(self._file).writerow((_cell(member.username), _cell(member.email), link))
        self.count += 1

    def keep(self) -> None:
        """Brings the file to the disk; call it before the commit."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())

    def __enter__(self) -> "LinksFile":
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if self._file is None:
            return
        if kind is not None:
            self.path.unlink(missing_ok=True)
        self._file.close()


def set_password_url(site: str, token: str) -> str:
    """The page on which the holder of this token sets a password."""
    return f"{site}/set-password/{token}"


def write(found: Comparison, *, links: LinksFile, at: datetime, advance: Callable[[int], object]) -> None:
    """Makes the changes. `advance` is told how many lines have been dealt with. Raises IntegrityError, OSError."""
    for voided in _batches(found.to_void):
        db.session.execute(delete(PasswordLink).where(PasswordLink.user_id.in_(voided)))
    for changed in _batches(found.changed):
        db.session.execute(_UPDATE, [_new_values(account_id, member) for account_id, member in changed])
        finding.put([account_id for account_id, _ in changed])
        advance(len(changed))
    for members in _batches(found.new):
        _add(members, links=links, at=at)
        advance(len(members))


def _new_values(account_id: int, member: Member) -> dict[str, str | int | None]:
    return {
        "account": account_id, "new_username": member.username, "new_email": member.email,
        "new_email_key": member.email_key, "new_name": member.name, "new_rank": member.rank,
        "new_member_id": member.member_id, "new_language": member.language, "new_password_hash": member.password_hash,
    }  # fmt: skip


_INSERT = insert(User.__table__).returning(User.__table__.c.username_key, User.__table__.c.id)


def _add(members: Sequence[Member], *, links: LinksFile, at: datetime) -> None:
    added = db.session.execute(_INSERT, [_row(member, at) for member in members])
    ids = {row.username_key: row.id for row in added}
    finding.put(ids.values(), anew=False)
    issued = []
    for member in members:
        if member.password_hash is None:
            token = secrets.token_urlsafe(32)
            links.add(member, token)
            issued.append({"token_hash": sessions.token_hash(token), "user_id": ids[member.username_key]})
    if issued:
        ends = at + timedelta(hours=LINK_HOURS)
        db.session.execute(insert(PasswordLink.__table__).values(created_at=at, ends_at=ends), issued)


def _row(member: Member, at: datetime) -> dict[str, object]:
    return {
        "username": member.username, "username_key": member.username_key, "email": member.email,
        "email_key": member.email_key, "name": member.name, "rank": member.rank, "member_id": member.member_id,
        "language": member.language, "password_hash": member.password_hash, "role": Role.MEMBER.value,
        "origin": "directory", "created_at": at,
    }  # fmt: skip


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, AT_ONCE)):
        yield batch
