"""The first schema

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

import helpdesk.database

revision = "0001"
down_revision = None

# Full-text search, each database's own. The text comes folded (tickets/search.py), so the tokenisers stay plain.
SEARCH = {
    "sqlite": (
        "CREATE VIRTUAL TABLE ticket_words USING fts5(owner, public, internal, tokenize='unicode61', prefix='2 3')",
    ),
    "postgresql": (
        "CREATE TABLE ticket_words (ticket_id integer PRIMARY KEY REFERENCES ticket(id) ON DELETE CASCADE, "
        "public tsvector NOT NULL, internal tsvector NOT NULL)",
        "CREATE INDEX ix_ticket_words_public ON ticket_words USING gin (public)",
        "CREATE INDEX ix_ticket_words_all ON ticket_words USING gin ((public || internal))",
    ),
}


def upgrade() -> None:
    op.create_table(
        "sign_in_failure",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_failure")),
    )
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_failure_last_at"), ["last_at"], unique=False)

    op.create_table(
        "ticket_count",
        sa.Column("scope", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "status", name=op.f("pk_ticket_count")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=80), nullable=False),
        sa.Column("username_key", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("member_id", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("rank", sa.String(length=60), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("time_zone", sa.String(length=60), nullable=True),
        sa.Column("theme", sa.String(length=6), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("disabled_at", helpdesk.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('member', 'agent', 'admin')", name=op.f("ck_user_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email_key", name=op.f("uq_user_email_key")),
        sa.UniqueConstraint("member_id", name=op.f("uq_user_member_id")),
        sa.UniqueConstraint("username_key", name=op.f("uq_user_username_key")),
    )
    op.create_table(
        "parked_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("fields", sa.String(), nullable=False),
        sa.Column("parked_at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_parked_form_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_form")),
    )
    with op.batch_alter_table("parked_form", schema=None) as batch_op:
        batch_op.create_index("uq_parked_form_user_path", ["user_id", "path"], unique=True)

    op.create_table(
        "password_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_password_link_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_link_token_hash")),
    )
    with op.batch_alter_table("password_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_password_link_user_id"), ["user_id"], unique=False)

    op.create_table(
        "ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("status_since", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("opened_at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("waiting_since", helpdesk.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", helpdesk.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("submission", sa.String(length=32), nullable=False),
        sa.CheckConstraint("status IN ('open', 'awaiting_feedback', 'closed')", name=op.f("ck_ticket_status")),
        sa.ForeignKeyConstraint(["assignee_id"], ["user.id"], name=op.f("fk_ticket_assignee_id")),
        sa.ForeignKeyConstraint(["follows_id"], ["ticket.id"], name=op.f("fk_ticket_follows_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_ticket_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("owner_id", "submission", name=op.f("uq_ticket_owner_id_submission")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_assignee_list", ["assignee_id", "status", "updated_at", "id"], unique=False)
        batch_op.create_index("ix_ticket_desk_list", ["status", "updated_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_follows_id"), ["follows_id"], unique=False)
        batch_op.create_index("ix_ticket_language_list", ["language", "status", "updated_at", "id"], unique=False)
        batch_op.create_index("ix_ticket_owner_list", ["owner_id", "status", "status_since", "id"], unique=False)
        batch_op.create_index("ix_ticket_waiting", ["waiting_since", "id"], unique=False)

    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("created_at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_session_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("submission", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("saved_at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["follows_id"], ["ticket.id"], name=op.f("fk_draft_follows_id")),
        sa.ForeignKeyConstraint(["member_id"], ["user.id"], name=op.f("fk_draft_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("member_id", name=op.f("uq_draft_member_id")),
        sa.UniqueConstraint("submission", name=op.f("uq_draft_submission")),
    )
    op.create_table(
        "ticket_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["about_id"], ["user.id"], name=op.f("fk_ticket_event_about_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_ticket_event_actor_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_event_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_event")),
        sa.UniqueConstraint("ticket_id", "seq", name=op.f("uq_ticket_event_ticket_id_seq")),
    )
    op.create_table(
        "ticket_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("submission", sa.String(length=32), nullable=False),
        sa.Column("written_at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('description', 'reply', 'note', 'request', 'thanks')", name=op.f("ck_ticket_message_kind")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_ticket_message_author_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_message_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_message")),
        sa.UniqueConstraint(
            "ticket_id", "author_id", "submission", name=op.f("uq_ticket_message_ticket_id_author_id_submission")
        ),
        sa.UniqueConstraint("ticket_id", "seq", name=op.f("uq_ticket_message_ticket_id_seq")),
    )
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("submission", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("view_key", sa.String(length=32), nullable=True),
        sa.Column("thumb_key", sa.String(length=32), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("created_at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["ticket_message.id"], name=op.f("fk_stored_file_message_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_stored_file_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("token", name=op.f("uq_stored_file_token")),
    )
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.create_index("ix_stored_file_message", ["message_id", "created_at"], unique=False)
        batch_op.create_index("ix_stored_file_owner_submission", ["owner_id", "submission"], unique=False)
    for statement in SEARCH[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE ticket_words")
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.drop_index("ix_stored_file_owner_submission")
        batch_op.drop_index("ix_stored_file_message")

    op.drop_table("stored_file")
    op.drop_table("ticket_message")
    op.drop_table("ticket_event")
    op.drop_table("draft")
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_session_user_id"))

    op.drop_table("user_session")
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_index("ix_ticket_waiting")
        batch_op.drop_index("ix_ticket_owner_list")
        batch_op.drop_index("ix_ticket_language_list")
        batch_op.drop_index(batch_op.f("ix_ticket_follows_id"))
        batch_op.drop_index("ix_ticket_desk_list")
        batch_op.drop_index("ix_ticket_assignee_list")

    op.drop_table("ticket")
    with op.batch_alter_table("password_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_password_link_user_id"))

    op.drop_table("password_link")
    with op.batch_alter_table("parked_form", schema=None) as batch_op:
        batch_op.drop_index("uq_parked_form_user_path")

    op.drop_table("parked_form")
    op.drop_table("user")
    op.drop_table("ticket_count")
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_failure_last_at"))

    op.drop_table("sign_in_failure")
