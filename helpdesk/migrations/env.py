"""Runs the migrations on the application's own engine, each whole or not at all."""

import logging

from alembic import context
from flask import current_app

from helpdesk.database import intend_to_write, is_a_models

logging.getLogger("alembic").setLevel(logging.WARNING)
database = current_app.extensions["migrate"].db


def run() -> None:
    """One transaction for all steps: a killed upgrade leaves the old schema."""
    intend_to_write()
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            include_object=is_a_models,
            render_as_batch=True,
            transaction_per_migration=False,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
