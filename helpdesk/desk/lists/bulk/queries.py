"""Looking changes of several tickets up: an agent's own, while they can still be undone."""

from datetime import datetime, timedelta

from helpdesk.accounts.person import Person
from helpdesk.database import MOST_ID
from helpdesk.desk.models import BulkChange
from helpdesk.extensions import db
from helpdesk.refusals import NotFound

UNDO_WITHIN = timedelta(hours=1)


def undoable(agent: Person, change_id: int, *, at: datetime) -> BulkChange | None:
    """The agent's own change with this id, if it can still be undone."""
    change = db.session.get(BulkChange, change_id) if 0 < change_id <= MOST_ID else None
    if change is None or change.agent_id != agent.id or change.undone_at is not None or change.at < at - UNDO_WITHIN:
        return None
    return change


def to_undo(agent: Person, change_id: int, *, at: datetime) -> BulkChange:
    """The same for who undoes it. Raises NotFound for what is missing, somebody else's, too old or undone alike."""
    change = undoable(agent, change_id, at=at)
    if change is None:
        raise NotFound()
    return change
