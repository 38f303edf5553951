"""The outbox

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

import helpdesk.database

revision = "0003"
down_revision = "0002"


def upgrade() -> None:

    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("queued_at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("leased_until", helpdesk.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("sent_at", helpdesk.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("failed_at", helpdesk.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_mail_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_mail_key")),
        sa.UniqueConstraint("token", name=op.f("uq_mail_token")),
    )
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mail_due",
            ["next_try_at", "id"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_mail_queued_at"), ["queued_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_mail_user_id"), ["user_id"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_user_id"))
        batch_op.drop_index(batch_op.f("ix_mail_queued_at"))
        batch_op.drop_index("ix_mail_due")

    op.drop_table("mail")
