"""Keeps the figures of the reports with each change, in its transaction. Never commits, never reads the request.

What a transaction counts is written just before it commits, all of it in one statement and one order: the rows that
everybody changes (today's, of all) are held for a moment only, and two transactions never lock each other out.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, bindparam, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from helpdesk.extensions import db
from helpdesk.reports.models import ReportCell
from helpdesk.reports.ranges import DAY, MONTH

# Whose figures these are, when they are everybody's.
ALL = ("all", "")
_QUEUE = "report_cells"
_COLUMNS = ("grain", "measure", "dimension", "key", "day", "bucket")
_zones: WeakKeyDictionary[Engine, ZoneInfo] = WeakKeyDictionary()


def use_zone(engine: Engine, zone: str) -> None:
    """Has the days of this database's figures begin and end at midnight in that time zone."""
    _zones[engine] = ZoneInfo(zone)


def day_of(at: datetime) -> date:
    """The day of a moment, in the site's time zone."""
    zone: tzinfo = _zones.get(db.engine) or UTC
    return at.astimezone(zone).date()


def count(
    measure: str,
    *,
    at: datetime,
    keys: Iterable[tuple[str, str]] = (),
    bucket: int = 0,
    times: int = 1,
    overall: bool = True,
) -> None:
    """Adds to what was counted on the day of `at`: once for all, and once for each of `keys`, as (language, fr).

    It is written when the transaction commits, and dropped with it. `times` is -1 for what is taken back; without
    `overall` only the keys are counted. For something that took its time `bucket` is its place on the scale.
    """
    day = day_of(at)
    cells: Counter[tuple[object, ...]] = db.session().info.setdefault(_QUEUE, Counter())
    for dimension, key in {*keys, *([ALL] if overall else [])}:
        for grain, start in ((DAY, day), (MONTH, day.replace(day=1))):
            cells[grain, measure, dimension, key, start, bucket] += times


def _upsert(insert: type[sqlite.Insert] | type[postgresql.Insert]) -> sqlite.Insert | postgresql.Insert:
    table = ReportCell.__table__
    row = insert(table).values({name: bindparam(name) for name in (*_COLUMNS, "times")})
    more = {"times": table.c.times + row.excluded.times}
    return row.on_conflict_do_update(index_elements=list(_COLUMNS), set_=more)


# Made once, and given its rows each time: a statement with all rows in it would be compiled anew for each change.
_UPSERTS = {"sqlite": _upsert(sqlite.Insert), "postgresql": _upsert(postgresql.Insert)}


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    cells: Counter[tuple[object, ...]] = session.info.pop(_QUEUE, None) or Counter()
    rows = [
        {**dict(zip(_COLUMNS, cell, strict=True)), "times": times} for cell, times in sorted(cells.items()) if times
    ]
    if rows:
        session.execute(_UPSERTS[session.get_bind().dialect.name], rows)


@event.listens_for(Session, "after_soft_rollback")
def _drop(session: Session, previous: object) -> None:
    session.info.pop(_QUEUE, None)
