"""What the tests of accounts share."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from tests.accounts.directory_lines import HEADER, Import
from tests.accounts.two_step import Phone
from tests.conftest import Client, Make

SignedIn = Callable[[Person], Client]


@pytest.fixture
def imported(app_context: Flask, tmp_path: Path) -> Import:
    """Runs the command on a file of these lines."""

    def run(*lines: str, options: tuple[str, ...] = (), header: str = HEADER, encoding: str = "utf-8") -> Result:
        file = tmp_path / "directory.csv"
        file.write_bytes("".join(f"{line}\n" for line in (header, *lines)).encode(encoding))
        result = app_context.test_cli_runner().invoke(args=["import-members", str(file), *options])
        db.session.remove()
        return result

    return run


@pytest.fixture
def anna(make: Make) -> Person:
    return make.member("anna")  # type: ignore[return-value]


@pytest.fixture
def tab(as_person: SignedIn, anna: Person) -> Client:
    return as_person(anna)


@pytest.fixture
def phone(app: Flask, anna: Person) -> Phone:
    return Phone(app, anna)
