"""The outbox: mails queued in the transaction of what they tell of, so that none is lost and none tells too early.

What features call is `put`, `put_all`, `times`, `is_queued` and `in_use`; the rest is the worker's. Knows no request,
no words and no SMTP.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from weakref import WeakSet

from sqlalchemy import (
    JSON,
    ColumnElement,
    Engine,
    Integer,
    String,
    cast,
    column,
    delete,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    table,
    true,
    update,
)  # fmt: skip
from sqlalchemy.dialects import postgresql, sqlite

from helpdesk.database import UTCDateTime
from helpdesk.extensions import db
from helpdesk.mail.kinds import KINDS
from helpdesk.mail.models import IS_WAITING, Mail, MailChoice

Facts = dict[str, int | str]

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
# Longer than a worker may take for one mail (smtp.DEADLINE_SECONDS), by far: nobody else has it meanwhile.
LEASE = timedelta(minutes=5)

# Of the accounts only what the outbox has to know: it stands below every feature.
_user = table("user", column("id", Integer), column("disabled_at", UTCDateTime))
_PLAIN_UUID = func.replace(cast(func.gen_random_uuid(), String), "-", "")

_in_use: WeakSet[Engine] = WeakSet()


def use(engine: Engine) -> None:
    """Has the mails of this database queued. Without it there is no mail server, and nothing is kept for later."""
    _in_use.add(engine)


def in_use() -> bool:
    """Whether there is a mail server: whether a page may offer to send something."""
    return db.engine in _in_use


def put(kind: str, *, to: int, facts: Facts, key: str, at: datetime) -> bool:
    """Queues one mail for the account `to`, in the caller's transaction.

    `facts` are ids and numbers, never a text: what is written is looked up when it leaves. The same `key` is the same
    mail, however often it is put. False if nothing was queued: there is no mail server, it had been queued before,
    the person has switched its kind off, or there is no such account.
    """
    return _queue(kind, _user.c.id == to, facts, literal(key, String), at) == 1


def put_all(kind: str, *, to: Iterable[int], facts: Facts, key: str, at: datetime) -> int:
    """Queues a mail for each of these accounts that wants it, by one statement, and says how many those are.

    `key` is made each person's own.
    """
    people = set(to)
    if not people:
        return 0
    return _queue(kind, _user.c.id.in_(people), facts, literal(f"{key}:", String) + cast(_user.c.id, String), at)


def _queue(kind: str, whom: ColumnElement[bool], facts: Facts, key: ColumnElement[str], at: datetime) -> int:
    """Who is there and wants it is asked by the statement that writes it: with many people it costs what one does."""
    if not in_use():
        return 0
    wants = _wants(KINDS[kind].wanted, kind)
    on_sqlite = db.engine.dialect.name == "sqlite"
    values = {
        Mail.user_id: _user.c.id,
        Mail.kind: literal(kind, String),
        Mail.facts: literal(facts, JSON),
        Mail.ticket_id: literal(facts.get("ticket"), Integer),
        Mail.key: key,
        Mail.token: func.lower(func.hex(func.randomblob(16))) if on_sqlite else _PLAIN_UUID,
        Mail.queued_at: literal(at, UTCDateTime),
        Mail.next_try_at: literal(at, UTCDateTime),
    }
    rows = select(*values.values()).where(whom, _user.c.disabled_at.is_(None), wants)
    row = (sqlite.insert if on_sqlite else postgresql.insert)(Mail).from_select(list(values), rows)
    queued = db.session.execute(row.on_conflict_do_nothing(index_elements=["key"]).returning(Mail.id))
    return len(queued.all())


def _wants(wanted: bool | None, kind: str) -> ColumnElement[bool]:
    """Whether the account has not chosen otherwise."""
    if wanted is None:
        return true()
    chosen = exists().where(
        MailChoice.user_id == _user.c.id, MailChoice.kind == kind, MailChoice.wanted.is_(not wanted)
    )
    return not_(chosen)


def times(kind: str, *, to: int, since: datetime) -> int:
    """How often a mail of this kind has been queued for this account since that moment, whatever became of it."""
    such = (Mail.user_id == to) & (Mail.kind == kind) & (Mail.queued_at > since)
    return db.session.scalar(select(func.count()).select_from(Mail).where(such)) or 0


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


def hold(mail: Mail, *, at: datetime) -> None:
    """It is well, and waits until that moment."""
    _settle(mail, next_try_at=at, why="enough for now")


def set_aside(mail: Mail, why: str, *, at: datetime) -> None:
    """It is not sent: nobody may have it any more, its mailbox refuses it, or it cannot be made."""
    _settle(mail, failed_at=at, why=why)


def hurry(why: str, *, at: datetime) -> None:
    """What waits for this reason is due now: the reason is gone."""
    waits = IS_WAITING & (Mail.next_try_at > at) & (Mail.why == why)
    db.session.execute(update(Mail).where(waits).values(next_try_at=at).execution_options(synchronize_session=False))


def try_again(*, at: datetime) -> int:
    """Queues anew what was set aside, and says how many that are; what a later mail has overtaken stays."""
    anew = {"failed_at": None, "leased_until": None, "next_try_at": at, "queued_at": at, "tries": 0}
    again = update(Mail).where(Mail.failed_at.is_not(None), Mail.why != "overtaken").values(anew)
    return db.session.execute(again.execution_options(synchronize_session=False)).rowcount


def figures() -> tuple[int, int]:
    """How many mails wait, and how many are set aside."""
    waiting = db.session.scalar(select(func.count()).select_from(Mail).where(IS_WAITING))
    set_aside = db.session.scalar(select(func.count()).select_from(Mail).where(Mail.failed_at.is_not(None)))
    return waiting or 0, set_aside or 0


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
