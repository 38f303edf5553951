"""What the migrations make is what the models say, on both databases: nobody can forget one of the two."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect

from helpdesk.database import is_a_models
from helpdesk.extensions import db


def differences(app: Flask) -> list[str]:
    """What a migration that is made now would hold."""
    with app.app_context(), db.engine.connect() as connection:
        options = {"include_object": is_a_models, "compare_type": True}
        return [str(one) for one in compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata)]


def test_the_models_and_the_migrations_agree(on_both: Flask) -> None:
    assert differences(on_both) == []


def test_a_column_that_no_migration_makes_is_noticed(on_both: Flask) -> None:
    with on_both.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE tag DROP COLUMN retired_at")
        assert "retired_at" not in [column["name"] for column in inspect(connection).get_columns("tag")]
    (missing,) = differences(on_both)
    assert "add_column" in missing and "retired_at" in missing
