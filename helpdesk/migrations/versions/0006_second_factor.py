"""The second step of the sign-in: authenticator apps, passkeys, recovery codes; when somebody last proved themselves

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from helpdesk.database import UTCDateTime

revision = "0006"
down_revision = "0005"

# Added as they stand: SQLite would otherwise make the table anew, and every row with it.
COLUMNS = (('"user"', "second_factor_at"), ("user_session", "proved_at"))
TIME = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP WITH TIME ZONE"}
TABLES = ("passkey_challenge", "second_step", "recovery_code", "passkey", "authenticator_app")


def upgrade() -> None:
    time = TIME[op.get_bind().dialect.name]
    for table, name in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {time}")
    _factors()
    _proofs()


def _factors() -> None:
    op.create_table(
        "authenticator_app",
        _person("authenticator_app", primary_key=True),
        sa.Column("key", sa.String(200)),
        sa.Column("next_key", sa.String(200)),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("added_at", UTCDateTime()),
        sa.Column("used_at", UTCDateTime()),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), primary_key=True),
        _person("passkey"),
        sa.Column("credential_id", sa.String(1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.String(80), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime()),
        sa.UniqueConstraint("credential_id", name="uq_passkey_credential_id"),
    )
    op.create_index("ix_passkey_user_id", "passkey", ["user_id"])
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.String(64), primary_key=True),
        _person("recovery_code"),
        sa.Column("made_at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_recovery_code_user_id", "recovery_code", ["user_id"])


def _proofs() -> None:
    op.create_table(
        "second_step",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False),
        _person("second_step"),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("token_hash", name="uq_second_step_token_hash"),
    )
    op.create_index("ix_second_step_user_id", "second_step", ["user_id"])
    op.create_index("ix_second_step_ends_at", "second_step", ["ends_at"])
    op.create_table(
        "passkey_challenge",
        sa.Column("holder", sa.String(40), primary_key=True),
        sa.Column("challenge", sa.String(100), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_passkey_challenge_ends_at", "passkey_challenge", ["ends_at"])


def _person(table: str, *, primary_key: bool = False) -> sa.Column:
    key = sa.ForeignKey("user.id", name=f"fk_{table}_user_id", ondelete="CASCADE")
    return sa.Column("user_id", sa.Integer(), key, nullable=False, primary_key=primary_key)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for table, name in COLUMNS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
