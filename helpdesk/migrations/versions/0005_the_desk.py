"""What a day at the desk needs: priorities, deadlines, tags, links, saved views, the bell, reports, the site's own texts

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from helpdesk.accounts import finding
from helpdesk.database import UTCDateTime

revision = "0005"
down_revision = "0004"

# Added as they stand: SQLite would otherwise make the table anew, and every row with it.
COLUMNS = {
    "ticket": {
        "priority": "VARCHAR(6) DEFAULT 'normal' NOT NULL CONSTRAINT ck_ticket_priority "
        "CHECK (priority IN ('low', 'normal', 'high', 'urgent'))",
        "owner_rank": "VARCHAR(60)",
        "due_at": "{time}",
        "warn_at": "{time}",
        "first_answered_at": "{time}",
        "reminded_at": "{time}",
        "closes_at": "{time}",
        "merged_into_id": "INTEGER CONSTRAINT fk_ticket_merged_into_id REFERENCES ticket (id)",
    },
    "chat": {"handed_over_in": "VARCHAR(2)"},
    "ticket_event": {
        "other_id": "INTEGER CONSTRAINT fk_ticket_event_other_id REFERENCES ticket (id)",
        "detail": "VARCHAR(80)",
    },
    "mail": {"ticket_id": "INTEGER"},
}
# How many people's words are made in one go.
AT_ONCE = 500
TIME = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP WITH TIME ZONE"}
TICKET_INDEXES = {
    "ix_ticket_priority_list": ["priority", "status", "updated_at", "id"],
    "ix_ticket_rank_list": ["owner_rank", "status", "updated_at", "id"],
    "ix_ticket_opened_list": ["status", "opened_at", "id"],
    "ix_ticket_state_list": ["status", "status_since", "id"],
    "ix_ticket_merged_into_id": ["merged_into_id"],
}
PARTIAL_INDEXES = {
    "ix_ticket_due": (["due_at", "id"], "due_at IS NOT NULL"),
    "ix_ticket_warn": (["warn_at", "due_at", "id"], "warn_at IS NOT NULL"),
    "ix_ticket_asked": (["status", "status_since", "id"], "status = 'awaiting_feedback' AND reminded_at IS NULL"),
    "ix_ticket_reminded": (["status", "closes_at", "id"], "status = 'awaiting_feedback' AND reminded_at IS NOT NULL"),
}
FILLED = (
    'UPDATE ticket SET owner_rank = (SELECT rank FROM "user" WHERE "user".id = ticket.owner_id)',
    'UPDATE ticket SET first_answered_at = (SELECT min(at) FROM ticket_event JOIN "user" ON "user".id = actor_id '
    "WHERE ticket_id = ticket.id AND what IN ('replied', 'requested_information', 'closed') AND role <> 'member')",
    "UPDATE chat SET handed_over_in = coalesce(asked_in, (SELECT language FROM ticket WHERE owner_id = member_id "
    "AND ticket.submission = chat.submission), language, 'en') WHERE submission IS NOT NULL",
)
# Copies that lists are filtered by, kept where every change passes: by the database.
RANK = "UPDATE ticket SET owner_rank = NEW.rank WHERE owner_id = NEW.id"
TAGS = "UPDATE ticket_tag SET status = NEW.status, updated_at = NEW.updated_at WHERE ticket_id = NEW.id"
TRIGGERS = {
    "sqlite": (
        f'CREATE TRIGGER keep_ticket_rank AFTER UPDATE OF rank ON "user" WHEN OLD.rank IS NOT NEW.rank '
        f"BEGIN {RANK}; END",
        f"CREATE TRIGGER keep_ticket_tag AFTER UPDATE OF status, updated_at ON ticket BEGIN {TAGS}; END",
    ),
    "postgresql": (
        f"CREATE FUNCTION keep_ticket_rank() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {RANK}; RETURN NULL; END $$",
        'CREATE TRIGGER keep_ticket_rank AFTER UPDATE OF rank ON "user" FOR EACH ROW '
        "WHEN (OLD.rank IS DISTINCT FROM NEW.rank) EXECUTE FUNCTION keep_ticket_rank()",
        f"CREATE FUNCTION keep_ticket_tag() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {TAGS}; RETURN NULL; END $$",
        "CREATE TRIGGER keep_ticket_tag AFTER UPDATE OF status, updated_at ON ticket FOR EACH ROW "
        "EXECUTE FUNCTION keep_ticket_tag()",
    ),
}
NO_TRIGGERS = {
    "sqlite": ("DROP TRIGGER keep_ticket_rank", "DROP TRIGGER keep_ticket_tag"),
    "postgresql": (
        'DROP TRIGGER keep_ticket_rank ON "user"', "DROP TRIGGER keep_ticket_tag ON ticket",
        "DROP FUNCTION keep_ticket_rank()", "DROP FUNCTION keep_ticket_tag()",
    ),
}  # fmt: skip


def upgrade() -> None:
    database = op.get_bind().dialect.name
    for table, columns in COLUMNS.items():
        for name, kind in columns.items():
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind.format(time=TIME[database])}")
    for name, columns in TICKET_INDEXES.items():
        op.create_index(name, "ticket", columns)
    for name, (columns, where) in PARTIAL_INDEXES.items():
        _partial(name, "ticket", columns, where)
    _partial("ix_mail_ticket_id", "mail", ["ticket_id", "user_id", "id"], "ticket_id IS NOT NULL")
    for statement in FILLED:
        op.execute(statement)
    _tickets()
    _agents()
    _people()
    _site()
    for statement in TRIGGERS[database]:
        op.execute(statement)


def _tickets() -> None:
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("retired_at", UTCDateTime()),
        sa.UniqueConstraint("key", name="uq_tag_key"),
    )
    op.create_table(
        "ticket_tag",
        _row("ticket_id", "ticket", "ticket_tag", primary_key=True),
        _row("tag_id", "tag", "ticket_tag", primary_key=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_ticket_tag_list", "ticket_tag", ["tag_id", "status", "updated_at", "ticket_id"])
    op.create_table(
        "ticket_link",
        sa.Column("id", sa.Integer(), primary_key=True),
        _row("ticket_id", "ticket", "ticket_link", nullable=False),
        _row("other_id", "ticket", "ticket_link", nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        _person("made_by", "ticket_link", nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("ticket_id", "other_id", name="uq_ticket_link_ticket_id_other_id"),
    )
    op.create_index("ix_ticket_link_other_id", "ticket_link", ["other_id"])
    op.create_table(
        "target",
        sa.Column("priority", sa.String(6), primary_key=True),
        sa.Column("first_minutes", sa.Integer()),
        sa.Column("next_minutes", sa.Integer()),
    )


def _agents() -> None:
    op.create_table(
        "agent_profile",
        _row("agent_id", "user", "agent_profile", primary_key=True),
        sa.Column("languages", sa.String(20), nullable=False),
        sa.Column("takes_tickets", sa.Boolean(), nullable=False),
        sa.Column("assigned_at", UTCDateTime()),
        sa.Column("shortcuts", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), primary_key=True),
        _row("owner_id", "user", "saved_view", nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("arguments", sa.String(1000), nullable=False),
        sa.Column("columns", sa.String(200), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_saved_view_owner_id", "saved_view", ["owner_id"])
    op.create_table(
        "unsent_text",
        _row("agent_id", "user", "unsent_text", primary_key=True),
        _row("ticket_id", "ticket", "unsent_text", primary_key=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("mode", sa.String(5), nullable=False),
        sa.Column("saved_at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_unsent_text_ticket_id", "unsent_text", ["ticket_id"])
    op.create_table(
        "ticket_viewer",
        _row("ticket_id", "ticket", "ticket_viewer", primary_key=True),
        _row("agent_id", "user", "ticket_viewer", primary_key=True),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("wrote_at", UTCDateTime()),
    )
    op.create_table(
        "bulk_change",
        sa.Column("id", sa.Integer(), primary_key=True),
        _row("agent_id", "user", "bulk_change", nullable=False),
        sa.Column("what", sa.String(12), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("undone_at", UTCDateTime()),
    )
    op.create_index("ix_bulk_change_agent", "bulk_change", ["agent_id", "id"])


def _people() -> None:
    op.create_index("ix_user_role", "user", ["role"])
    _words()
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), primary_key=True),
        _row("user_id", "user", "notice", nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        _row("ticket_id", "ticket", "notice"),
        _row("chat_id", "chat", "notice"),
        _person("actor_id", "notice"),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("read_at", UTCDateTime()),
        sa.UniqueConstraint("key", name="uq_notice_key"),
    )
    op.create_index("ix_notice_list", "notice", ["user_id", "id"])
    op.create_index("ix_notice_ticket_id", "notice", ["ticket_id"])
    op.create_index("ix_notice_chat_id", "notice", ["chat_id"])
    _partial("ix_notice_unread", "notice", ["user_id", "id"], "read_at IS NULL")
    op.create_table(
        "mail_choice",
        _row("user_id", "user", "mail_choice", primary_key=True),
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("wanted", sa.Boolean(), nullable=False),
    )


def _words() -> None:
    """The words by which people are found, and those of everybody who is there already."""
    word = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")
    table = op.create_table(
        "person_word",
        sa.Column("word", word, primary_key=True),
        _row("user_id", "user", "person_word", primary_key=True),
    )
    op.create_index("ix_person_word_user_id", "person_word", ["user_id"])
    person = sa.table("user", *(sa.column(name) for name in ("id", "name", "username", "email", "member_id")))
    last = 0
    while rows := op.get_bind().execute(
        sa.select(person).where(person.c.id > last).order_by(person.c.id).limit(AT_ONCE)
    ).all():  # fmt: skip
        last = rows[-1].id
        words = [{"user_id": row.id, "word": one} for row in rows for one in finding.words_of(row.name, row[2:])]
        op.get_bind().execute(sa.insert(table), words)


def _site() -> None:
    op.create_table(
        "site_setting",
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        _person("changed_by", "site_setting"),
    )
    op.create_table(
        "site_text",
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("language", sa.String(2), primary_key=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        _person("changed_by", "site_text"),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        _person("actor_id", "audit_entry"),
        _person("about_id", "audit_entry"),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
    )
    for part, first in {"at": [], "actor": ["actor_id"], "about": ["about_id"], "what": ["what"]}.items():
        op.create_index(f"ix_audit_entry_{part}", "audit_entry", [*first, "at", "id"])
    op.create_table(
        "report_cell",
        sa.Column("grain", sa.String(5), primary_key=True),
        sa.Column("measure", sa.String(24), primary_key=True),
        sa.Column("dimension", sa.String(12), primary_key=True),
        sa.Column("key", sa.String(24), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("bucket", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_report_cell_range", "report_cell", ["grain", "measure", "dimension", "day"])


def _row(name: str, of: str, table: str, *, primary_key: bool = False, nullable: bool = True) -> sa.Column[int]:
    """A column that names a row elsewhere and goes with it."""
    key = sa.ForeignKey(f"{of}.id", name=f"fk_{table}_{name}", ondelete="CASCADE")
    return sa.Column(
        name, sa.Integer(), key, primary_key=primary_key, nullable=nullable and not primary_key, autoincrement=False
    )


def _person(name: str, table: str, *, nullable: bool = True) -> sa.Column[int]:
    """A column that names who did it."""
    return sa.Column(name, sa.Integer(), sa.ForeignKey("user.id", name=f"fk_{table}_{name}"), nullable=nullable)


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    database = op.get_bind().dialect.name
    for statement in NO_TRIGGERS[database]:
        op.execute(statement)
    for table in (
        "person_word", "report_cell", "audit_entry", "site_text", "site_setting", "mail_choice", "notice", "bulk_change",
        "ticket_viewer", "unsent_text", "saved_view", "agent_profile", "target", "ticket_link", "ticket_tag", "tag",
    ):  # fmt: skip
        op.drop_table(table)
    op.drop_index("ix_user_role", "user")
    op.drop_index("ix_mail_ticket_id", "mail")
    for name in (*PARTIAL_INDEXES, *TICKET_INDEXES):
        op.drop_index(name, "ticket")
    for table, columns in COLUMNS.items():
        with op.batch_alter_table(table) as batch:
            if table == "ticket":
                batch.drop_constraint(op.f("ck_ticket_priority"), type_="check")
            for name in columns:
                batch.drop_column(name)
