"""F26: an upgrade that is killed leaves the old schema or the new one, none in between, and all that people wrote."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, inspect

from helpdesk import serving
from helpdesk.extensions import db
from tests import builders, postgresql
from tests.conftest import Make
from tests.faults.scenes import SEED
from tests.processes import PYTHON, ROOT, clean_environment

Shape = dict[str, list[str]]
WORDS = "What I wrote."


@pytest.fixture
def app(either: Flask) -> Flask:
    return either


class Copies:
    """Copies of the test's database as it is now: for each a folder and, on PostgreSQL, a database of its own."""

    def __init__(self, app: Flask, folder: Path, request: pytest.FixtureRequest) -> None:
        self._app, self._folder = app, folder
        self._address = app.config["HELPDESK"].database_url
        self._socket = request.getfixturevalue("postgresql_socket") if self._address else ""
        self._databases: list[str] = []

    def make(self) -> tuple[Path, str]:
        """Another one; its instance folder and its address, if it has one."""
        with self._app.app_context():
            db.session.remove()
            db.engine.dispose()
        folder = self._folder / f"copy-{builders.token()}"
        folder.mkdir()
        if not self._address:
            shutil.copy(self._folder / "helpdesk.sqlite", folder)
            return folder, ""
        self._databases.append(f"copy_{builders.token()}")
        present = self._address.split("@/")[1].split("?")[0]
        return folder, postgresql.create_database(self._socket, self._databases[-1], template=present)

    def drop(self) -> None:
        for name in self._databases:
            postgresql.drop_database(self._socket, name)


def shape(instance: Path, address: str) -> Shape:
    """The tables of a database with their columns, the version of its schema, and what people wrote."""
    plain = address.replace("postgresql://", "postgresql+psycopg://") or f"sqlite:///{instance / 'helpdesk.sqlite'}"
    engine = create_engine(plain)
    try:
        tables = inspect(engine)
        found = {
            name: sorted(column["name"] for column in tables.get_columns(name))
            for name in tables.get_table_names()
            if not name.startswith("ticket_words")
        }
        with engine.connect() as connection:
            for name, column in (("alembic_version", "version_num"), ("ticket_message", "body")):
                rows = connection.exec_driver_sql(f"SELECT {column} FROM {name} ORDER BY 1")
                found[f"{name}.{column}"] = list(rows.scalars())
        return found
    finally:
        engine.dispose()


def upgraded(*orders: tuple[Path, str, int]) -> list[str]:
    """Upgrades each of these, killed at a statement; the number of statements of those that were not."""
    lines = "".join(f"{folder} {address} {last}\n" for folder, address, last in orders)
    command = [PYTHON, "-m", "tests.faults.upgrade_killed"]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, cwd=ROOT, env=clean_environment())
    told = done.stdout.split()
    assert len(told) == len(orders), done.stderr
    return told


SOME, ALL = slice(0, None, 3), slice(None)


@pytest.mark.parametrize("which", [SOME, pytest.param(ALL, marks=pytest.mark.soak)], ids=["short", "long"])
def test_an_upgrade_that_is_killed_leaves_the_old_schema_or_the_new_one(
    app: Flask, make: Make, tmp_path: Path, request: pytest.FixtureRequest, which: slice
) -> None:
    """From the schemas that there were, with data: killed at a statement chosen by lot, and then done whole."""
    make.ticket(make.member())
    scripts = app.extensions["migrate"].directory
    with app.app_context():
        versions = [script.revision for script in serving._scripts(app).walk_revisions()][::-1]
        downgrade(directory=scripts, revision=versions[0])
    make.look(words_of_then)
    copies, dice = Copies(app, tmp_path, request), random.Random(SEED)
    try:
        olds = {}
        for version in versions[:-1][which]:
            with app.app_context():
                upgrade(directory=scripts, revision=version)
            copy = copies.make()
            olds[version] = (copy, shape(*copy), copies.make())
        statements = [int(told) for told in upgraded(*((*spare, 0) for _copy, _old, spare in olds.values()))]
        new = shape(*next(iter(olds.values()))[2])
        assert new["alembic_version.version_num"] == versions[-1:] and new["ticket_message.body"] == [WORDS]

        last = [dice.randrange(3, number) for number in statements]
        killed = [(*copy, number) for (copy, _old, _spare), number in zip(olds.values(), last, strict=True)]
        assert upgraded(*killed) == ["killed"] * len(killed)
        for version, (copy, old, _spare) in olds.items():
            assert shape(*copy) in (old, new), f"{version}, killed at one of {last} of {statements}"

        assert "killed" not in upgraded(*((*copy, 0) for copy, _old, _spare in olds.values()))
        assert all(shape(*copy) == new for copy, _old, _spare in olds.values())
    finally:
        copies.drop()


def words_of_then() -> None:
    """A message as the first schema had it; going down to there may have lost what was written."""
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM ticket_message")
        connection.exec_driver_sql(
            "INSERT INTO ticket_message (ticket_id, seq, author_id, kind, body, submission, written_at) "
            f"SELECT id, 1, owner_id, 'description', '{WORDS}', 'x', '2026-03-06 12:00:00' FROM ticket"
        )
