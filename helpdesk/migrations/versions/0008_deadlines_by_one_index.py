"""Deadlines are found by one index: what is due soon is counted from now on, not past all that is overdue

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

DUE, WARNED = sa.text("due_at IS NOT NULL"), sa.text("warn_at IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_ticket_warn", "ticket")
    _replace_due("due_at", "id", "warn_at")


def downgrade() -> None:
    _replace_due("due_at", "id")
    columns = ["warn_at", "due_at", "id"]
    op.create_index("ix_ticket_warn", "ticket", columns, sqlite_where=WARNED, postgresql_where=WARNED)


def _replace_due(*columns: str) -> None:
    op.drop_index("ix_ticket_due", "ticket")
    op.create_index("ix_ticket_due", "ticket", list(columns), sqlite_where=DUE, postgresql_where=DUE)
