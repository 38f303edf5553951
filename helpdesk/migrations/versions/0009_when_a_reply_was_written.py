"""Each text of a saved reply knows when it was written, so that one can be older than the English

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

from helpdesk.database import UTCDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    with op.batch_alter_table("saved_reply_text") as table:
        table.add_column(sa.Column("changed_at", UTCDateTime()))
    # All of a reply's texts were saved together until now: none of them is older than another.
    op.execute(
        "UPDATE saved_reply_text SET changed_at = "
        "(SELECT changed_at FROM saved_reply WHERE saved_reply.id = saved_reply_text.reply_id)"
    )
    with op.batch_alter_table("saved_reply_text") as table:
        table.alter_column("changed_at", existing_type=UTCDateTime(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("saved_reply_text") as table:
        table.drop_column("changed_at")
