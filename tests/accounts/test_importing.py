"""The command `import-members`: what a directory file does to the accounts."""

import csv
import stat
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from helpdesk.accounts import importing, passwords, service
from helpdesk.accounts.models import PasswordLink, User
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from tests import builders
from tests.accounts.directory_lines import ANNA, BERT, HEADER, WERKZEUG, Import, account, count, links_files


def test_new_members_are_added_and_get_a_link(imported: Import, tmp_path: Path) -> None:
    result = imported(ANNA, BERT)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "2 new, 0 changed, 0 unchanged, 0 bad"
    anna = account("anna")
    assert (anna.email, anna.name, anna.member_id) == ("anna@example.org", "Anna Ek", "A1")
    assert (anna.rank, anna.language, anna.role, anna.origin) == ("Gold", "sv", "member", "directory")
    (file,) = links_files(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(row["username"], row["email"]) for row in rows] == [
        ("anna", "anna@example.org"),
        ("bert", "bert@example.org"),
    ]
    site, token = rows[0]["link"].split("/set-password/")
    assert site == "http://127.0.0.1:5000"
    assert service.user_of_link(token, at=now()).username == "anna"
    link = db.session.scalars(select(PasswordLink).where(PasswordLink.user_id == anna.id)).one()
    assert token not in link.token_hash
    assert (link.ends_at - link.created_at).days == 7


def test_a_member_whose_hash_is_in_the_file_needs_no_link(imported: Import, tmp_path: Path) -> None:
    assert imported(f'carl,carl@example.org,Carl,,Gold,,"{builders.PASSWORD_HASH}"').exit_code == 0
    assert passwords.matches(account("carl").password_hash, builders.PASSWORD)
    assert (count(PasswordLink), links_files(tmp_path)) == (0, [])


def test_links_go_where_the_operator_says(imported: Import, tmp_path: Path) -> None:
    target = tmp_path / "links.csv"
    assert imported(ANNA, options=("--links", str(target))).exit_code == 0
    assert links_files(tmp_path) == []
    assert target.exists()
    again = imported(BERT, options=("--links", str(target)))
    assert again.exit_code == 1
    assert "File exists" in again.stderr
    assert "anna" in target.read_text()
    assert count(User) == 1


@pytest.mark.parametrize("settings", [{"public_url": "https://help.example.org/"}])
def test_links_begin_with_the_public_address(imported: Import, tmp_path: Path) -> None:
    imported(ANNA)
    assert "https://help.example.org/set-password/" in links_files(tmp_path)[0].read_text()


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝"])
def test_a_username_is_no_formula_in_the_file_of_links(imported: Import, tmp_path: Path, sign: str) -> None:
    assert imported(f"{sign}1+1,anna@example.org,Anna,,Gold,,").exit_code == 0
    assert f"\n'{sign}1+1," in links_files(tmp_path)[0].read_text()


def test_the_same_file_again_changes_nothing(imported: Import, tmp_path: Path) -> None:
    imported(ANNA, BERT)
    before = [row.token_hash for row in db.session.scalars(select(PasswordLink))]
    again = imported(ANNA, BERT)
    assert again.stdout == "0 new, 0 changed, 2 unchanged, 0 bad\n"
    assert [row.token_hash for row in db.session.scalars(select(PasswordLink))] == before
    assert len(links_files(tmp_path)) == 1


def test_what_has_changed_in_the_directory_changes_here(imported: Import) -> None:
    imported(ANNA, BERT)
    result = imported("Anna,anna.ek@example.org,Anna Ek-Roy,A9,diamond,sv,", BERT)
    assert result.stdout == "0 new, 1 changed, 1 unchanged, 0 bad\n"
    anna = account("anna")
    assert (anna.username, anna.email, anna.email_key) == ("Anna", "anna.ek@example.org", "anna.ek@example.org")
    assert (anna.name, anna.member_id, anna.rank) == ("Anna Ek-Roy", "A9", "Diamond")


def test_what_the_directory_does_not_say_stays(imported: Import) -> None:
    imported(ANNA)
    result = imported("anna,anna@example.org,Anna Ek,,Gold,,")
    assert result.stdout == "0 new, 0 changed, 1 unchanged, 0 bad\n"
    assert (account("anna").member_id, account("anna").language) == ("A1", "sv")


def test_a_chosen_language_stays_and_a_missing_one_is_filled_in(imported: Import) -> None:
    imported(ANNA, BERT.replace(",fr,", ",,"))
    result = imported(ANNA.replace(",sv,", ",es,"), BERT)
    assert result.stdout == "0 new, 1 changed, 1 unchanged, 0 bad\n"
    assert (account("anna").language, account("bert").language) == ("sv", "fr")


def test_a_hash_is_taken_only_by_an_account_without_a_password(imported: Import) -> None:
    imported(ANNA, BERT + WERKZEUG)
    result = imported(ANNA + WERKZEUG, f'{BERT}"{builders.PASSWORD_HASH}"')
    assert result.stdout == "0 new, 1 changed, 1 unchanged, 0 bad\n"
    assert account("anna").password_hash == account("bert").password_hash == WERKZEUG
    assert count(PasswordLink) == 0, "anna has a password now: her link is void"


def test_a_new_address_makes_the_link_void_that_went_to_the_old_one(imported: Import) -> None:
    imported(ANNA, BERT)
    imported(ANNA.replace("anna@", "new@"), BERT)
    assert [link.user_id for link in db.session.scalars(select(PasswordLink))] == [account("bert").id]


def test_who_is_missing_from_the_file_stays(imported: Import) -> None:
    imported(ANNA, BERT)
    imported(BERT)
    assert account("anna").disabled_at is None


def test_a_dry_run_writes_nothing(imported: Import, tmp_path: Path) -> None:
    result = imported(ANNA, options=("--dry-run",))
    assert result.stdout == "Nothing was written. It would be: 1 new, 0 changed, 0 unchanged, 0 bad\n"
    assert (count(User), links_files(tmp_path)) == (0, [])


def test_a_disabled_account_stays_disabled(imported: Import) -> None:
    imported(ANNA)
    intend_to_write()
    service.disable(account("anna"), at=now())
    db.session.commit()
    assert "1 changed" in imported(ANNA.replace("Gold", "Premier")).stdout
    assert account("anna").disabled_at is not None
    assert account("anna").rank == "Premier"


def test_a_file_with_semicolons_and_a_byte_order_mark_is_read(imported: Import) -> None:
    result = imported(ANNA.replace(",", ";"), header=HEADER.replace(",", ";"), encoding="utf-8-sig")
    assert result.stdout.endswith("1 new, 0 changed, 0 unchanged, 0 bad\n")


def test_many_members_cost_few_statements(imported: Import, tmp_path: Path) -> None:
    lines = [f"user{number},user{number}@example.org,Name {number},M{number},Gold,," for number in range(5000)]
    statements: list[str] = []

    @event.listens_for(db.engine, "before_cursor_execute")
    def _seen(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    assert imported(*lines).stdout.endswith("5000 new, 0 changed, 0 unchanged, 0 bad\n")
    # A batch: who is there, the accounts, their links, and the words by which they are found (looked up, written).
    assert len(statements) < 5000 / importing.AT_ONCE * 5 + 10
    assert count(PasswordLink) == 5000
    statements.clear()
    assert imported(*lines).stdout == "0 new, 0 changed, 5000 unchanged, 0 bad\n"
    assert len(statements) < 5000 / importing.AT_ONCE + 10
    assert imported(*[line.replace("Gold", "Elite") for line in lines]).stdout.startswith("0 new, 5000 changed")
    assert db.session.scalar(select(func.count()).where(User.rank == "Elite")) == 5000


def test_importing_works_on_both_databases(on_both: Flask, tmp_path: Path) -> None:
    file = tmp_path / "directory.csv"
    outcomes = []
    for rank in ("Gold", "Gold", "Elite"):
        file.write_text(f"{HEADER}\n{ANNA.replace('Gold', rank)}\n{BERT}{WERKZEUG}\n")
        outcomes.append(on_both.test_cli_runner().invoke(args=["import-members", str(file)]).stdout.splitlines()[-1])
        db.session.remove()
    assert outcomes == [
        "2 new, 0 changed, 0 unchanged, 0 bad",
        "0 new, 0 changed, 2 unchanged, 0 bad",
        "0 new, 1 changed, 1 unchanged, 0 bad",
    ]
    assert (account("anna").rank, count(PasswordLink)) == ("Elite", 1)
