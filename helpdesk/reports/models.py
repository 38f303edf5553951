"""The table of the reports: what was counted on a day, by language, agent or tag."""

from datetime import date

from sqlalchemy import Date, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.extensions import db


class ReportCell(db.Model):
    """How often something happened on one day of the site's time zone.

    `grain` is `day` or `month` (then `day` is its first): long ranges read months. `measure` is what is counted, as
    `opened` or `first_response`; `dimension` and `key` say for whom (`all` and empty, `language` and `fr`, `agent` and
    an id, `tag` and an id). `bucket` is 0 for plain counts; for durations it is their place on a fixed scale
    (scale.py), for ratings the rating. The key is in the order in which one language's or agent's days are read, and
    the index in that of a day's languages or agents.
    """

    __tablename__ = "report_cell"
    __table_args__ = (
        Index("ix_report_cell_range", "grain", "measure", "dimension", "day"),
        {"sqlite_with_rowid": False},
    )

    grain: Mapped[str] = mapped_column(String(5), primary_key=True)
    measure: Mapped[str] = mapped_column(String(24), primary_key=True)
    dimension: Mapped[str] = mapped_column(String(12), primary_key=True)
    key: Mapped[str] = mapped_column(String(24), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    bucket: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    times: Mapped[int]
