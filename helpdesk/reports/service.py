"""Keeps the figures of the reports, with each change, in its transaction. Never commits, never reads the request."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.dialects import postgresql, sqlite

from helpdesk.extensions import db
from helpdesk.reports.models import ReportCell


def count(measure: str, *, day: date, keys: Mapping[str, str], bucket: int = 0, times: int = 1) -> None:
    """Adds to what was counted on a day: once for all, and once for each dimension in `keys`, as language: fr."""
    cells = [
        {"grain": grain, "day": start, "measure": measure, "dimension": dimension, "key": key, "bucket": bucket}
        for grain, start in (("day", day), ("month", day.replace(day=1)))
        for dimension, key in sorted({"all": "", **keys}.items())
    ]
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    row = insert(ReportCell).values([{**cell, "times": times} for cell in cells])
    primary = [column.name for column in ReportCell.__table__.primary_key]
    db.session.execute(
        row.on_conflict_do_update(index_elements=primary, set_={"times": ReportCell.times + row.excluded.times})
    )
