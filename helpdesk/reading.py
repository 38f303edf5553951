"""Rows by the shortest way, for what pages ask again and again. Knows no table.

A statement of plain columns needs nothing of the session but its transaction: what else a session does for objects
costs as much again as such a statement.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CursorResult, Executable

from helpdesk.extensions import db


def read(statement: Executable, values: Mapping[str, object] | None = None) -> CursorResult[Any]:
    """What the statement finds, in the transaction of this request. Made of tables' columns, not of classes.

    As with a session, what was changed in this request and is not written yet is written first.
    """
    session = db.session()
    if session.autoflush:
        session.flush()
    return session.connection().execute(statement, values)
