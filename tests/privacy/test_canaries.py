"""After an erasure nothing is left of anybody's words: not in a byte of the database's files, the folder of files, the
outbox, the log, nor in a backup that was made before and is restored.
"""

import logging
from pathlib import Path

import pytest
from flask import Flask

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_read, intend_to_write, now
from helpdesk.extensions import db
from helpdesk.operating import backup, restore
from helpdesk.privacy import rounds
from helpdesk.privacy.erasing import service as erasing
from tests import builders
from tests.operating.conftest import Elsewhere, elsewhere  # noqa: F401  a fixture
from tests.privacy import canaries


@pytest.fixture
def app(either: Flask) -> Flask:
    """On both databases, also where another one is restored."""
    return either


@pytest.fixture
def log_file(tmp_path: Path):
    """Everything that is logged, as on a talkative site."""
    path = tmp_path / "desk.log"
    handler = logging.FileHandler(path)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield path
    root.setLevel(level)
    root.removeHandler(handler)
    handler.close()


def filled(app: Flask) -> Person:
    """A desk with two members who have left their words everywhere; the first of them."""
    agent, ada, bo = builders.agent(), canaries.member("one"), canaries.member("two")
    for who, person in (("one", ada), ("two", bo)):
        canaries.leave_everywhere(app, person, agent, at=now(), who=who)
    return ada


def erase(app: Flask, person: Person) -> None:
    intend_to_write()
    erasing.ask(db.session.get_one(User, person.id), by=person, at=now(), at_once=True)
    db.session.commit()
    db.session.remove()
    intend_to_read()
    rounds.go_round(app, at=now())


def close(app: Flask) -> None:
    db.session.remove()
    db.engine.dispose()


def test_before_an_erasure_every_word_is_there(on_both: Flask, tmp_path: Path) -> None:
    filled(on_both)
    assert canaries.found_in_tables(canaries.words().values()), "the search itself finds something"
    in_tables = {one.split(": ")[1] for one in canaries.found_in_tables(canaries.words().values())}
    in_files = {one.split(": ")[1] for one in canaries.found_in_files(tmp_path / "files", canaries.words().values())}
    assert in_tables | in_files == set(canaries.words().values())


@pytest.mark.usefixtures("log_file")
def test_after_an_erasure_no_byte_of_any_word_is_left(on_both: Flask, tmp_path: Path) -> None:
    ada = filled(on_both)
    before = canaries.counts_of_desk()

    erase(on_both, ada)

    words = canaries.words().values()
    assert canaries.found_in_tables(words) == []
    # With everything as it stands while the desk goes on serving: -wal and -shm are among the files.
    assert canaries.found_in_files(tmp_path, words) == []
    assert canaries.counts_of_desk() == before
    others = canaries.words("two").values()
    left = [*canaries.found_in_tables(others), *canaries.found_in_files(tmp_path / "files", others)]
    assert {one.split(": ")[1] for one in left} == set(others), "nothing of anybody else is gone"


def test_a_backup_that_was_made_before_is_restored_without_the_words(
    on_both: Flask,
    tmp_path: Path,
    elsewhere: Elsewhere,  # noqa: F811
) -> None:
    ada = filled(on_both)
    archive = backup.make(on_both, tmp_path / "kept" / "desk.zip").path
    erase(on_both, ada)
    other = elsewhere()
    instance: Path = other.config["HELPDESK"].instance
    tombstones = tmp_path / "tombstones.jsonl"
    (instance / tombstones.name).write_bytes(tombstones.read_bytes())
    assert canaries.found_in_files(tmp_path, canaries.words().values(), but=("desk.zip",)) == []

    done = restore.take(other, archive, at=now())

    assert done.forgotten == 1
    with other.app_context():
        words = canaries.words().values()
        assert canaries.found_in_tables(words) == []
        assert canaries.found_in_files(instance, words) == []
        assert db.session.get_one(User, ada.id).origin == "erased"
        others = canaries.words("two").values()
        left = [*canaries.found_in_tables(others), *canaries.found_in_files(instance / "files", others)]
        assert {one.split(": ")[1] for one in left} == set(others)
        close(other)


def test_without_its_tombstone_the_same_backup_would_bring_them_back(
    on_both: Flask,
    tmp_path: Path,
    elsewhere: Elsewhere,  # noqa: F811
) -> None:
    ada = filled(on_both)
    archive = backup.make(on_both, tmp_path / "kept" / "desk.zip").path
    erase(on_both, ada)
    other = elsewhere()

    assert restore.take(other, archive, at=now()).forgotten == 0

    with other.app_context():
        assert canaries.found_in_tables(canaries.words().values()), "so it is the tombstone that does it"
        close(other)
