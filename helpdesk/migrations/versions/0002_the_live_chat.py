"""The live chat

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

import helpdesk.database

revision = "0002"
down_revision = "0001"


def upgrade() -> None:

    op.create_table(
        "agent_presence",
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("seen_at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("left_at", helpdesk.database.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["user.id"], name=op.f("fk_agent_presence_agent_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_agent_presence")),
    )
    op.create_table(
        "chat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("submission", sa.String(length=32), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("member_ref", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("ahead", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("asked_in", sa.String(length=2), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("agent_read_seq", sa.Integer(), nullable=False),
        sa.Column("began_at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", helpdesk.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", helpdesk.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("rating_comment", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'active', 'ended', 'left')", name=op.f("ck_chat_state")),
        sa.ForeignKeyConstraint(["agent_id"], ["user.id"], name=op.f("fk_chat_agent_id")),
        sa.ForeignKeyConstraint(["member_id"], ["user.id"], name=op.f("fk_chat_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("chat", schema=None) as batch_op:
        batch_op.create_index("ix_chat_accepted", ["accepted_at"], unique=False)
        batch_op.create_index("ix_chat_agent", ["agent_id", "state"], unique=False)
        batch_op.create_index("ix_chat_ended", ["ended_at", "id"], unique=False)
        batch_op.create_index("ix_chat_member", ["member_id", "id"], unique=False)
        batch_op.create_index(
            "ix_chat_open",
            ["member_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('waiting', 'active')"),
            postgresql_where=sa.text("state IN ('waiting', 'active')"),
        )
        batch_op.create_index("ix_chat_queue", ["state", "place"], unique=False)
        batch_op.create_index("ix_chat_submission", ["submission"], unique=False)

    op.create_table(
        "chat_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_chat_message_author_id")),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_chat_message_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_message")),
        sa.UniqueConstraint("chat_id", "client_id", name=op.f("uq_chat_message_chat_id_client_id")),
        sa.UniqueConstraint("chat_id", "seq", name=op.f("uq_chat_message_chat_id_seq")),
    )


def downgrade() -> None:

    op.drop_table("chat_message")
    with op.batch_alter_table("chat", schema=None) as batch_op:
        batch_op.drop_index("ix_chat_submission")
        batch_op.drop_index("ix_chat_queue")
        batch_op.drop_index("ix_chat_open")
        batch_op.drop_index("ix_chat_member")
        batch_op.drop_index("ix_chat_ended")
        batch_op.drop_index("ix_chat_agent")
        batch_op.drop_index("ix_chat_accepted")

    op.drop_table("chat")
    op.drop_table("agent_presence")
