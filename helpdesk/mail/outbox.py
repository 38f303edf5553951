"""The outbox: mails queued in the transaction of what they tell of, so that none is lost and none tells too early.

What features call is `put`, `is_queued` and `in_use`; the rest is the worker's. Knows no request, no words and no SMTP.
"""

import secrets
from datetime import datetime, timedelta
from weakref import WeakSet

from sqlalchemy import ColumnElement, Engine, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from helpdesk.extensions import db
from helpdesk.mail.models import IS_WAITING, Mail

Facts = dict[str, int | str]

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
# Longer than a worker may take for one mail (smtp.DEADLINE_SECONDS), by far: nobody else has it meanwhile.
LEASE = timedelta(minutes=5)

_in_use: WeakSet[Engine] = WeakSet()


def use(engine: Engine) -> None:
    """Has the mails of this database queued. Without it there is no mail server, and nothing is kept for later."""
    _in_use.add(engine)


def in_use() -> bool:
    """Whether there is a mail server: whether a page may offer to send something."""
    return db.engine in _in_use


def put(kind: str, *, to: int, facts: Facts, key: str, at: datetime) -> bool:
    """Queues one mail for the account `to`, in the caller's transaction. False if there is no mail, or it had been.

    `facts` are ids and numbers, never a text: what is written is looked up when it leaves. The same `key` is the same
    mail, however often it is put.
    """
    if not in_use():
        return False
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    row = insert(Mail).values(
        user_id=to, kind=kind, facts=facts, key=key, token=secrets.token_hex(16), queued_at=at, next_try_at=at, tries=0
    )
    queued = db.session.execute(row.on_conflict_do_nothing(index_elements=["key"]).returning(Mail.id))
    return queued.first() is not None


def is_queued(kind: str, *, to: int, key_begins: str, since: datetime) -> bool:
    """Whether such a mail has been queued since that moment, whatever has become of it."""
    such = (Mail.user_id == to) & (Mail.kind == kind) & Mail.key.startswith(key_begins, autoescape=True)
    return db.session.scalar(select(Mail.id).where(such, Mail.queued_at > since).limit(1)) is not None


def due(*, at: datetime, most: int) -> list[int]:
    """The mails that may leave now, those that have waited longest first."""
    rows = select(Mail.id).where(_is_due(at)).order_by(Mail.next_try_at, Mail.id).limit(most)
    return list(db.session.scalars(rows))


def lease(mail_id: int, *, at: datetime) -> Mail | None:
    """Takes a mail for this worker alone, for a while. None if another one has it, or it has left."""
    taken = (
        update(Mail)
        .where(Mail.id == mail_id, _is_due(at))
        .values(leased_until=at + LEASE, tries=Mail.tries + 1)
        .execution_options(synchronize_session=False)
    )
    return db.session.get_one(Mail, mail_id) if db.session.execute(taken).rowcount == 1 else None


def mark_sent(mail: Mail, *, at: datetime) -> None:
    """The mail server has taken it, whoever else has it by now."""
    sent = update(Mail).where(Mail.id == mail.id).values(sent_at=at, leased_until=None, failed_at=None, why=None)
    db.session.execute(sent.execution_options(synchronize_session=False))


def put_off(mail: Mail, why: str, *, at: datetime) -> None:
    """It did not work this time: it is tried again after a minute, then after twice that, at most six hours."""
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(mail.tries - 1, 20))
    _settle(mail, next_try_at=at + wait, why=why)


def set_aside(mail: Mail, why: str, *, at: datetime) -> None:
    """It is not sent: nobody may have it any more, its mailbox refuses it, or it cannot be made."""
    _settle(mail, failed_at=at, why=why)


def hurry(why: str, *, at: datetime) -> None:
    """What waits for this reason is due now: the reason is gone."""
    waits = IS_WAITING & (Mail.next_try_at > at) & (Mail.why == why)
    db.session.execute(update(Mail).where(waits).values(next_try_at=at).execution_options(synchronize_session=False))


def try_again(*, at: datetime) -> int:
    """Queues anew what was set aside, and says how many that are."""
    anew = {"failed_at": None, "leased_until": None, "next_try_at": at, "queued_at": at, "tries": 0}
    again = update(Mail).where(Mail.failed_at.is_not(None)).values(anew)
    return db.session.execute(again.execution_options(synchronize_session=False)).rowcount


def forget(*, older_than: datetime) -> None:
    """Removes what was sent or set aside, and was queued before that moment."""
    over = or_(Mail.sent_at.is_not(None), Mail.failed_at.is_not(None))
    db.session.execute(delete(Mail).where(Mail.queued_at < older_than, over))


def _is_due(at: datetime) -> ColumnElement[bool]:
    free = or_(Mail.leased_until.is_(None), Mail.leased_until <= at)
    return IS_WAITING & (Mail.next_try_at <= at) & free


def _settle(mail: Mail, **values: object) -> None:
    """Writes the end of a try, unless the lease ran out and somebody else has it by now."""
    still_mine = (Mail.id == mail.id) & (Mail.tries == mail.tries)
    settled = update(Mail).where(still_mine).values(leased_until=None, **values)
    db.session.execute(settled.execution_options(synchronize_session=False))
