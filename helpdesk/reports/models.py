"""The table of the reports: what was counted on a day, by language, agent or tag."""

from datetime import date

from sqlalchemy import Date, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.extensions import db


class ReportCell(db.Model):
    """How often something happened on one day of the site's time zone.

    `grain` is `day` or `month` (then `day` is its first): long ranges read months. `measure` is what is counted, as
    `opened` or `first_response`; `dimension` and `key` say for whom (`all` and empty, `language` and `fr`, `agent` and
    an id, `tag` and an id). `bucket` is 0 for plain counts; for durations it is their place on a fixed scale, so that
    medians and percentiles come from sums.
    """

    __tablename__ = "report_cell"
    __table_args__ = (Index("ix_report_cell_range", "grain", "measure", "dimension", "day"),)

    grain: Mapped[str] = mapped_column(String(5), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    measure: Mapped[str] = mapped_column(String(24), primary_key=True)
    dimension: Mapped[str] = mapped_column(String(12), primary_key=True)
    key: Mapped[str] = mapped_column(String(24), primary_key=True)
    bucket: Mapped[int] = mapped_column(primary_key=True)
    times: Mapped[int]
