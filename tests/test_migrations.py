"""What the migrations make is what the models say, on both databases: nobody can forget one of the two."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect
from sqlalchemy.schema import SchemaItem

from helpdesk.extensions import db

# Made in SQL, because each database has its own kind of full-text index.
NOT_MODELS = ("ticket_words", "alembic_version")


def differences(app: Flask) -> list[str]:
    """What a migration that is made now would hold."""

    def is_ours(item: SchemaItem, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
        return not (kind == "table" and (name or "").startswith(NOT_MODELS))

    with app.app_context(), db.engine.connect() as connection:
        options = {"include_object": is_ours, "compare_type": True}
        return [str(one) for one in compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata)]


def test_the_models_and_the_migrations_agree(on_both: Flask) -> None:
    assert differences(on_both) == []


def test_a_column_that_no_migration_makes_is_noticed(on_both: Flask) -> None:
    with on_both.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE tag DROP COLUMN retired_at")
        assert "retired_at" not in [column["name"] for column in inspect(connection).get_columns("tag")]
    (missing,) = differences(on_both)
    assert "add_column" in missing and "retired_at" in missing
