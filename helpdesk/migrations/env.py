"""Runs the migrations on the application's own engine, each whole or not at all."""

import logging

from alembic import context
from flask import current_app

from helpdesk.database import intend_to_write

# Made in SQL by the migrations, because each database has its own kind of full-text index.
NOT_MODELS = ("ticket_words",)

logging.getLogger("alembic").setLevel(logging.WARNING)
database = current_app.extensions["migrate"].db


def is_ours(item: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
    """Whether autogeneration looks at this table."""
    return not (kind == "table" and (name or "").startswith(NOT_MODELS))


def run() -> None:
    """One transaction for all steps: a killed upgrade leaves the old schema."""
    intend_to_write()
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            include_object=is_ours,
            render_as_batch=True,
            transaction_per_migration=False,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
