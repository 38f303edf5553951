"""A copy of one's own data: asked for, built in the background, there for some days. Never commits; no request."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.mail import outbox
from helpdesk.privacy.keeping import Keeping
from helpdesk.privacy.models import DataExport
from helpdesk.refusals import NotFound
from helpdesk.site import service as site

LEASE = timedelta(minutes=10)
# After that many tries it is given up: what breaks it three times breaks it again.
MOST_TRIES = 3


def of(person: Person) -> DataExport | None:
    """The person's copy: being made, ready, or failed."""
    return db.session.get(DataExport, person.id)


def ask(*, by: Person, at: datetime) -> DataExport:
    """A copy is to be made. One that is being made is the one; one that is ready or has failed gives way."""
    row = of(by)
    if row is not None and row.ready_at is None and row.failed_at is None:
        return row
    if row is not None:
        db.session.delete(row)
        db.session.flush()
    row = DataExport(user_id=by.id, token=secrets.token_hex(16), asked_at=at)
    db.session.add(row)
    db.session.flush()
    site.record("export_asked", by=by.id, about=by.id, at=at)
    return row


def own_copy(person: Person, token: str, *, at: datetime) -> DataExport:
    """The person's own copy that is ready. Raises NotFound for a foreign, an old and a missing one alike."""
    row = of(person)
    if row is None or row.ends_at is None or at >= row.ends_at or not secrets.compare_digest(row.token, token):
        raise NotFound()
    return row


def note_taken(row: DataExport, *, by: Person, at: datetime) -> None:
    """Somebody has taken their copy away."""
    site.record("export_taken", by=by.id, about=row.user_id, at=at)


def due(*, at: datetime) -> list[int]:
    """Whose copies are to be made now, those who have waited longest first."""
    free = or_(DataExport.leased_until.is_(None), DataExport.leased_until <= at)
    waits = DataExport.ready_at.is_(None) & DataExport.failed_at.is_(None)
    return list(db.session.scalars(select(DataExport.user_id).where(waits, free).order_by(DataExport.asked_at)))


def lease(user_id: int, *, at: datetime) -> str | None:
    """Takes it for this worker for a while; its token. None if another one has it, or it is given up now."""
    row = db.session.get(DataExport, user_id, with_for_update=True)
    if row is None or row.ready_at or row.failed_at or (row.leased_until and row.leased_until > at):
        return None
    if row.tries >= MOST_TRIES:
        row.failed_at = at
        return None
    row.tries, row.leased_until, row.done = row.tries + 1, at + LEASE, 0
    return row.token


def note_progress(user_id: int, token: str, *, done: int, parts: int, at: datetime) -> bool:
    """How far it is. False when it is not wanted any more: asked for anew, or its person is gone."""
    mine = (DataExport.user_id == user_id) & (DataExport.token == token)
    far = update(DataExport).where(mine).values(done=done, parts=parts, leased_until=at + LEASE)
    return db.session.execute(far.execution_options(synchronize_session=False)).rowcount == 1


def put_off(user_id: int, token: str, *, until: datetime) -> None:
    """It did not work this time: it is tried again."""
    mine = (DataExport.user_id == user_id) & (DataExport.token == token)
    wait = update(DataExport).where(mine).values(leased_until=until)
    db.session.execute(wait.execution_options(synchronize_session=False))


def note_ready(user_id: int, token: str, *, size: int, times: Keeping, at: datetime) -> bool:
    """It is there, for some days; its person is told by mail. False when it is not wanted any more."""
    row = db.session.get(DataExport, user_id, with_for_update=True)
    if row is None or row.token != token:
        return False
    span = times.spans["exports"]
    kept = at - span.before(at) if span else timedelta()
    row.ready_at, row.ends_at, row.leased_until, row.size, row.done = at, at + kept, None, size, row.parts
    facts: outbox.Facts = {"ends": int(row.ends_at.timestamp())}
    outbox.put("export_ready", to=user_id, facts=facts, key=f"export_ready:{token}", at=at)
    return True


def forget_old(*, at: datetime) -> set[str]:
    """Removes what has been there for long enough; the tokens of those that are still wanted."""
    db.session.execute(delete(DataExport).where(DataExport.ends_at <= at))
    return set(db.session.scalars(select(DataExport.token)))
