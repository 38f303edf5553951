"""Looking files up. The look-up is the permission: staged files through their owner, others through their message."""

import re
from collections.abc import Collection

from sqlalchemy import select

from helpdesk.extensions import db
from helpdesk.refusals import NotFound

from .models import StoredFile

_TOKEN = re.compile(r"[0-9a-f]{32}")
# The keys under which the store has something, row by row; each may be None.
KEYS = select(StoredFile.key, StoredFile.view_key, StoredFile.thumb_key)


def is_token(text: str) -> bool:
    """Whether this can be the token of a file or a submission at all; nothing else is looked up."""
    return _TOKEN.fullmatch(text) is not None


def staged(owner_id: int, submission: str) -> list[StoredFile]:
    """What this person has added to this form so far, in that order."""
    mine = select(StoredFile).where(
        StoredFile.owner_id == owner_id, StoredFile.submission == submission, StoredFile.message_id.is_(None)
    )
    return list(db.session.scalars(mine.order_by(StoredFile.id)))


def staged_file(owner_id: int, submission: str, token: str) -> StoredFile:
    """One file that this person has added to this form. Raises NotFound, for other people's files too."""
    if not (is_token(submission) and is_token(token)):
        raise NotFound
    file = db.session.scalar(
        select(StoredFile).where(
            StoredFile.owner_id == owner_id,
            StoredFile.submission == submission,
            StoredFile.token == token,
            StoredFile.message_id.is_(None),
        )
    )
    if file is None:
        raise NotFound
    return file


def of_messages(message_ids: Collection[int]) -> dict[int, list[StoredFile]]:
    """The files of each of these messages, with one query; messages without files are not in it."""
    files: dict[int, list[StoredFile]] = {}
    if message_ids:
        theirs = select(StoredFile).where(StoredFile.message_id.in_(message_ids)).order_by(StoredFile.id)
        for file in db.session.scalars(theirs):
            files.setdefault(file.message_id or 0, []).append(file)
    return files


def known_keys() -> set[str]:
    """Every key that some row names: what a sweep of the store must not touch."""
    return {key for row in db.session.execute(KEYS) for key in row if key is not None}
