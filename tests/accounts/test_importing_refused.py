"""The command `import-members`: what it refuses, and that nothing is half done then."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from helpdesk.accounts import commands, importing, service
from helpdesk.accounts.directory import Member
from helpdesk.accounts.models import PasswordLink, User
from helpdesk.database import now
from helpdesk.extensions import db
from tests import builders
from tests.accounts.directory_lines import ANNA, BERT, WERKZEUG, Import, account, count, links_files


def test_with_a_bad_line_nothing_is_imported(imported: Import, tmp_path: Path) -> None:
    result = imported(ANNA, BERT.replace("Silver", "Lead"), "carl,nonsense,Carl,,Gold,,")
    assert result.exit_code == 1
    assert "directory.csv, line 3: the site has no rank 'Lead'" in result.stderr
    assert "directory.csv, line 4: the e-mail address 'nonsense' cannot be used" in result.stderr
    assert "Nothing was imported: 1 new, 0 changed, 0 unchanged, 2 bad" in result.stderr
    assert (count(User), links_files(tmp_path)) == (0, [])


def test_with_partial_the_good_lines_are_imported(imported: Import) -> None:
    result = imported(ANNA, BERT.replace("Silver", "Lead"), options=("--partial",))
    assert result.exit_code == 0
    assert "line 3: " in result.stderr
    assert result.stdout.endswith("1 new, 0 changed, 0 unchanged, 1 bad\n")
    assert [user.username for user in db.session.scalars(select(User))] == ["anna"]


def test_of_many_bad_lines_the_first_are_shown_and_all_are_counted(imported: Import) -> None:
    result = imported(*[f"user{number},nonsense,Name,,Gold,," for number in range(250)])
    assert result.stderr.count("line ") == 200
    assert "… and 50 more bad lines." in result.stderr


@pytest.mark.parametrize("team", [builders.agent, builders.admin])
def test_the_directory_cannot_touch_the_team(imported: Import, team: Callable[..., object]) -> None:
    team("anna", email="team@example.org")
    result = imported(ANNA, BERT, options=("--partial",))
    assert "line 2: the username 'anna' belongs to an agent or administrator" in result.stderr
    assert (account("anna").email, account("anna").rank) == ("team@example.org", None)
    assert account("bert").rank == "Silver"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"email": "Anna@Example.org"}, "the e-mail address 'anna@example.org' belongs to the account 'zoe'"),
        ({"member_id": "A1"}, "the member ID 'A1' belongs to the account 'zoe'"),
    ],
)
def test_what_another_account_has_cannot_be_taken(imported: Import, facts: dict[str, str], reason: str) -> None:
    builders.member("zoe", **facts)
    result = imported(ANNA)
    assert result.exit_code == 1
    assert f"line 2: {reason}" in result.stderr
    assert count(User) == 1


def test_a_file_that_is_no_directory_is_refused_with_a_sentence(imported: Import) -> None:
    result = imported(ANNA, header="who,what")
    assert result.exit_code == 1
    assert result.stderr == "Error: The first line must name the columns; username is missing.\n"


def test_a_failed_commit_leaves_neither_accounts_nor_links(
    imported: Import, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written = []

    def fail() -> None:
        written.extend(links_files(tmp_path))
        raise OperationalError("COMMIT", {}, OSError("disk full"))

    with monkeypatch.context() as broken:
        broken.setattr(db.session, "commit", fail)
        result = imported(ANNA)
    assert (result.exit_code, len(written)) == (1, 1)
    assert "disk full" in result.stderr
    assert (count(User), count(PasswordLink), links_files(tmp_path)) == (0, 0, [])


def test_somebody_who_gets_an_account_meanwhile_is_not_overrun(
    imported: Import, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write = commands._write

    def too_late(found: importing.Comparison, path: Path) -> None:
        builders.member("bert", name="Another Bert")
        write(found, path)

    monkeypatch.setattr(commands, "_write", too_late)
    result = imported(ANNA, BERT)
    assert result.exit_code == 1
    assert "Accounts were changed meanwhile" in result.stderr
    assert [user.name for user in db.session.scalars(select(User))] == ["Another Bert"]
    assert links_files(tmp_path) == []


def test_what_a_person_chooses_meanwhile_stays(app_context: Flask) -> None:
    zoe = builders.member("zoe", language=None, password_hash=None)
    line = Member(2, "zoe", "zoe", zoe.email, zoe.email, "Zoe", "Elite", language="fr", password_hash=WERKZEUG)
    found = importing.compare([line])
    db.session.rollback()
    service.choose_language(account("zoe"), "es")
    service.set_password(account("zoe"), builders.PASSWORD_HASH, at=builders.NOON)
    db.session.commit()
    importing.write(found, links=importing.LinksFile(Path("unused"), ""), at=now(), advance=lambda done: None)
    db.session.commit()
    changed = account("zoe")
    assert (changed.rank, changed.language, changed.password_hash) == ("Elite", "es", builders.PASSWORD_HASH)
