"""People's data: exports, erasures, removals, what is held; when a ticket or chat was emptied, who was last seen when

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from helpdesk.database import UTCDateTime, now

revision = "0007"
down_revision = "0006"

# Added as they stand: SQLite would otherwise make the table anew, and every row with it.
COLUMNS = (("ticket", "emptied_at"), ("chat", "emptied_at"), ('"user"', "last_seen_at"))
TIME = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP WITH TIME ZONE"}
PARTIAL_INDEXES = {
    "ix_ticket_kept": ("ticket", ["closed_at", "id"], "closed_at IS NOT NULL AND emptied_at IS NULL"),
    "ix_chat_kept": ("chat", ["ended_at", "id"], "ended_at IS NOT NULL AND emptied_at IS NULL"),
    "ix_removal_not_scrubbed": ("removal", ["id"], "scrubbed_at IS NULL"),
}
TABLES = ("legal_hold", "removal", "erasure", "data_export")


def upgrade() -> None:
    time = TIME[op.get_bind().dialect.name]
    for table, name in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {time}")
    # When somebody was last here was not written down: nobody counts as absent from before the upgrade.
    user = sa.table("user", sa.column("last_seen_at", UTCDateTime()))
    op.get_bind().execute(sa.update(user).values(last_seen_at=now()))
    _rights()
    for name, (table, columns, where) in PARTIAL_INDEXES.items():
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _rights() -> None:
    op.create_table(
        "data_export",
        _row("user_id", "user", "data_export", primary_key=True, ondelete="CASCADE"),
        sa.Column("token", sa.String(32), nullable=False),
        _time("asked_at", nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("done", "parts", "tries")),
        *(_time(name) for name in ("leased_until", "ready_at", "failed_at", "ends_at")),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.UniqueConstraint("token", name="uq_data_export_token"),
    )
    op.create_table(
        "erasure",
        _row("user_id", "user", "erasure", primary_key=True),
        sa.Column("why", sa.String(8), nullable=False),
        _time("asked_at", nullable=False),
        _row("asked_by", "user", "erasure"),
        _time("due_at", nullable=False),
        *(_time(name) for name in ("begun_at", "done_at", "scrubbed_at")),
        sa.CheckConstraint("why IN ('member', 'admin', 'inactive', 'restored')", name="why"),
    )
    op.create_index("ix_erasure_due", "erasure", ["done_at", "due_at"])
    op.create_table(
        "removal",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("what", sa.String(10), nullable=False),
        *(_row(name, of, "removal") for name, of in (("ticket_id", "ticket"), ("chat_id", "chat"), ("by_id", "user"))),
        _time("at", nullable=False),
        _time("scrubbed_at"),
        sa.CheckConstraint("what IN ('passage', 'file', 'retention')", name="what"),
    )
    op.create_table(
        "legal_hold",
        _row("user_id", "user", "legal_hold", primary_key=True),
        _time("made_at", nullable=False),
    )


def _row(name: str, of: str, table: str, *, primary_key: bool = False, ondelete: str | None = None) -> sa.Column[int]:
    """A column that names a row elsewhere."""
    key = sa.ForeignKey(f"{of}.id", name=f"fk_{table}_{name}", ondelete=ondelete)
    return sa.Column(name, sa.Integer(), key, primary_key=primary_key, nullable=not primary_key, autoincrement=False)


def _time(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, UTCDateTime(), nullable=nullable)


def downgrade() -> None:
    for name, (table, _columns, _where) in PARTIAL_INDEXES.items():
        op.drop_index(name, table)
    for table in TABLES:
        op.drop_table(table)
    for table, name in COLUMNS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
