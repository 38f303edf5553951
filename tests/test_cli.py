"""The operator's commands: each refusal beside its success, never a traceback."""

import re
import sqlite3
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from helpdesk import create_app
from helpdesk.accounts import passwords, queries, sessions
from helpdesk.accounts.models import PasswordLink, User, UserSession
from helpdesk.config import Config
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.ranks import Role
from tests import builders

ADMIN = ("--username", "root.ek", "--email", "Root@Example.org", "--name", "Ruth Ek", "--password-stdin")
GOOD = "a walk along the river"

Run = Callable[..., Result]


@pytest.fixture
def run(app_context: Flask) -> Run:
    """Runs a command of ours; what was typed is `typed`."""

    def command(*arguments: str, typed: str = "") -> Result:
        result = app_context.test_cli_runner().invoke(args=arguments, input=typed)
        db.session.remove()
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return command


def refused(result: Result, sentence: str) -> bool:
    return result.exit_code == 1 and result.stderr.startswith("Error: ") and sentence in result.stderr


def user(name: str) -> User:
    found = queries.user_by_name(name)
    assert found is not None
    return found


@pytest.mark.parametrize(("command", "role"), [("create-admin", Role.ADMIN), ("create-agent", Role.AGENT)])
def test_an_account_of_the_team_is_created(run: Run, command: str, role: Role) -> None:
    result = run(command, *ADMIN, typed=f"{GOOD}\n")
    assert (result.exit_code, result.stdout) == (0, "root.ek can sign in now.\n")
    made = user("root.ek")
    assert (made.role, made.origin, made.email, made.name) == (role.value, "command", "Root@example.org", "Ruth Ek")
    assert passwords.matches(made.password_hash, GOOD)


def test_what_is_not_given_is_asked_for_and_the_password_is_not_shown(run: Run) -> None:
    result = run("create-admin", typed=f"root\nroot@example.org\nRuth Ek\n{GOOD}\n{GOOD}\n")
    assert result.exit_code == 0
    assert GOOD not in result.output
    assert user("root").role == Role.ADMIN.value


@pytest.mark.parametrize(
    ("changed", "password", "sentence"),
    [
        ({}, "short", "at least 12 characters"),
        ({}, "", "at least 12 characters"),
        ({}, "root.ek root.ek", "too easy to guess"),
        ({"--email": "nonsense"}, GOOD, "the e-mail address 'nonsense' cannot be used"),
        ({"--username": "ruth ek"}, GOOD, "a space or an invisible sign"),
        ({"--name": " "}, GOOD, "the name is missing"),
        ({"--username": "Zoe"}, GOOD, "already exists"),
        ({"--email": "ZOE@example.org"}, GOOD, "already exists"),
    ],
)
def test_an_account_that_cannot_be_is_refused(run: Run, changed: dict[str, str], password: str, sentence: str) -> None:
    builders.member("zoe")
    options = dict(zip(ADMIN[:-1:2], ADMIN[1:-1:2], strict=True)) | changed
    result = run("create-admin", *(part for pair in options.items() for part in pair), ADMIN[-1], typed=f"{password}\n")
    assert refused(result, sentence), result.output
    assert db.session.scalar(select(func.count()).select_from(User)) == 1


def test_a_link_to_set_a_password_works_once_and_voids_the_older_one(run: Run) -> None:
    builders.member("anna", password_hash=None)
    older, newer = (run("set-password-link", "anna").stdout.strip() for _ in range(2))
    assert newer.startswith("http://127.0.0.1:5000/set-password/")
    links = db.session.scalars(select(PasswordLink)).all()
    assert [link.token_hash for link in links] == [sessions.token_hash(newer.rsplit("/", 1)[1])]
    assert (links[0].ends_at - links[0].created_at).days == 7
    assert older != newer


def test_a_link_that_replaces_a_password_is_good_for_an_hour(run: Run) -> None:
    builders.member("anna")
    run("set-password-link", "anna")
    link = db.session.scalars(select(PasswordLink)).one()
    assert (link.ends_at - link.created_at).total_seconds() == 3600


def test_disabling_ends_the_sessions_and_enabling_lets_in_again(run: Run) -> None:
    anna, bert = builders.member("anna"), builders.member("bert")
    for person in (anna, bert):
        sessions.start(user(person.username), browser="Firefox", at=now())
    db.session.commit()
    assert run("disable-member", "anna").exit_code == 0
    assert user("anna").disabled_at is not None
    assert [session.user_id for session in db.session.scalars(select(UserSession))] == [bert.id]
    assert refused(run("set-password-link", "anna"), "The account anna is disabled. Enable it first.")
    assert run("enable-member", "anna").exit_code == 0
    assert user("anna").disabled_at is None


@pytest.mark.parametrize("rank", [("blue", "diamond"), ("Blue Diamond",)])
def test_a_rank_is_set(run: Run, rank: tuple[str, ...]) -> None:
    builders.member("anna")
    assert run("set-rank", "anna", *rank).stdout == "anna is Blue Diamond now.\n"
    assert user("anna").rank == "Blue Diamond"


def test_a_rank_that_the_site_does_not_have_is_refused(run: Run) -> None:
    builders.member("anna", rank="Gold")
    assert refused(run("set-rank", "anna", "Titanium"), "Titanium")
    assert user("anna").rank == "Gold"


@pytest.mark.parametrize(
    "command",
    [("set-password-link",), ("disable-member",), ("enable-member",), ("set-rank", "Gold")],
    ids=lambda command: command[0],
)
def test_an_unknown_account_is_refused(run: Run, command: tuple[str, ...]) -> None:
    assert refused(run(command[0], "nobody", *command[1:]), "There is no account 'nobody'.")


def test_a_busy_database_is_a_sentence(run: Run, app_context: Flask) -> None:
    builders.member("anna", rank="Gold")
    with sqlite3.connect(app_context.config["HELPDESK"].instance / "helpdesk.sqlite", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert refused(run("set-rank", "anna", "Elite"), "database is locked. Try again in a moment.")
        other.execute("ROLLBACK")
    other.close()
    assert run("set-rank", "anna", "Elite").exit_code == 0


def test_an_account_is_found_by_its_address_and_its_member_id(run: Run) -> None:
    builders.member("anna", email="anna@example.org", member_id="A1")
    for name in ("ANNA@example.org", "A1"):
        assert run("disable-member", name).exit_code == 0


def test_every_setting_is_listed_with_its_value_and_meaning(run: Run) -> None:
    result = run("settings")
    assert (
        "HELPDESK_MINIMUM_RANK = Silver\n    The lowest rank that opens Technical Issues and chat.\n" in result.stdout
    )
    for setting in fields(Config):
        assert re.search(rf"^{setting.metadata['variable']} = .+\n    .+", result.stdout, re.MULTILINE)


def test_secret_settings_are_not_shown(run: Run, app_context: Flask) -> None:
    app_context.config["HELPDESK"] = Config(
        secret_key="the-key", database_url="postgresql://desk:word@db/desk", redis_url="redis://:word@cache",
        mail_password="pass-phrase",
    )  # fmt: skip
    shown = run("settings").stdout
    for variable in ("HELPDESK_SECRET_KEY", "DATABASE_URL", "HELPDESK_REDIS_URL", "HELPDESK_MAIL_PASSWORD"):
        assert f"{variable} = (hidden)\n" in shown
    assert not re.search("the-key|:word|pass-phrase", shown)


def test_a_new_instance_is_prepared_and_says_so_before(tmp_path: Path) -> None:
    app = create_app(Config(instance=tmp_path / "new", secret_key="a key for this test only 0123456789"))
    before = app.test_cli_runner().invoke(args=["set-rank", "anna", "Gold"])
    assert refused(before, "Has `flask prepare` been run?")
    prepared = app.test_cli_runner().invoke(args=["prepare"])
    assert (prepared.exit_code, prepared.stdout) == (0, "The database is ready. Next: flask create-admin\n")
    assert app.test_cli_runner().invoke(args=["prepare"]).stdout == "The database is ready.\n"
    after = app.test_cli_runner().invoke(args=["set-rank", "anna", "Gold"])
    assert refused(after, "There is no account 'anna'.")
    with app.app_context():
        db.engine.dispose()


def test_every_command_says_in_one_line_what_it_does(app: Flask) -> None:
    mine = {"helpdesk.cli", "helpdesk.accounts.commands"}
    ours = [command for command in app.cli.commands.values() if command.callback.__module__ in mine]
    assert len(ours) == 10
    for command in ours:
        assert re.fullmatch(r"[A-Z][^.]{10,46}\.", command.get_short_help_str()), command.name
