"""What other parts of the program ask of people's data: today the restore."""

from datetime import datetime
from pathlib import Path

from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.privacy import replaying, scrubbing


def replay_tombstones(*, at: datetime) -> int:
    """Has a restored database forget what had been erased since its backup was made, to its last free page.

    How many accounts were erased again. In the caller's context, in transactions of its own: it stands in for a door,
    and nothing is served before it is done.
    """
    db.session.remove()
    intend_to_write()
    accounts = replaying.replay(at=at)
    if scrubbing.is_wanted():
        scrubbing.drop_words()
        scrubbing.note(at=at, before=at)
    db.session.commit()
    path = db.engine.url.database
    if db.engine.dialect.name == "sqlite" and path:
        db.session.remove()
        db.engine.dispose()
        scrubbing.make_anew(Path(path))
    return accounts
