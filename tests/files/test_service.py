"""Files from arrival to message: what two people may do with theirs, and what stays on disk."""

import io
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import event, select

from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.files import images, queries, service
from helpdesk.files.models import StoredFile
from helpdesk.files.policy import MIB, Limits
from helpdesk.files.store import Space, Store
from helpdesk.refusals import Busy, Invalid, NotFound, WrongState
from helpdesk.tickets.models import TicketMessage
from tests import builders

FORM, OTHER_FORM = "a" * 32, "b" * 32
LIMITS = Limits()


@pytest.fixture
def people(on_both):
    """Two members, and the application that they are in."""
    return SimpleNamespace(app=on_both, ana=builders.member("ana"), bo=builders.member("bo"))


@pytest.fixture
def store(on_both):
    """Where the application keeps its files."""
    return on_both.config["FILES_STORE"]


@pytest.fixture
def add(people, store):
    """Receives, stages and commits a file; a text of Ana's unless told otherwise."""

    def run(by=None, submission=FORM, name="log.txt", data=b"text", limits=LIMITS):
        prepared = service.receive(io.BytesIO(data), name, store=store, limits=limits)
        file = service.stage(prepared, submission=submission, by=by or people.ana)
        db.session.commit()
        return file

    return run


def _on_disk(store: Store) -> int:
    return sum(1 for path in store.root.rglob("*") if path.is_file())


def _message(owner: Person) -> int:
    made = builders.ticket(owner)
    return db.session.scalars(select(TicketMessage.id).where(TicketMessage.ticket_id == made.id)).one()


def test_a_received_picture_is_in_the_store_three_times_and_nothing_is_left_in_staging(bare_store, picture):
    prepared = service.receive(
        io.BytesIO(picture("JPEG", (2500, 1000))), "Bild\u202e.jpg", store=bare_store, limits=LIMITS
    )
    assert (prepared.name, prepared.kind.name, prepared.width, prepared.height) == ("Bild.jpg", "jpeg", 2500, 1000)
    assert all(bare_store.path(key).exists() for key in (prepared.key, prepared.view_key, prepared.thumb_key))
    assert prepared.size == bare_store.path(prepared.key).stat().st_size
    assert _on_disk(bare_store) == 3
    service.discard(prepared, store=bare_store)
    assert _on_disk(bare_store) == 0


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.svg", b"<svg/>", "file_type"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "file_unreadable"),
        ("a.txt", b"", "file_empty"),
        ("a.txt", b"x" * (2 * MIB), "file_too_large"),
    ],
)
def test_a_refused_file_is_named_and_leaves_nothing(bare_store, name, data, code):
    with pytest.raises(Invalid) as refused:
        service.receive(io.BytesIO(data), f"../{name}", store=bare_store, limits=Limits(max_bytes=MIB))
    assert (refused.value.code, refused.value.params["name"]) == (code, name)
    assert _on_disk(bare_store) == 0


def test_a_disk_that_fills_up_between_pictures_leaves_nothing(bare_store, picture, monkeypatch):
    keep, kept = Store.keep, []

    def keep_one(self, path):
        if kept:
            raise Busy("disk_full")
        kept.append(path)
        return keep(self, path)

    monkeypatch.setattr(Store, "keep", keep_one)
    with pytest.raises(Busy):
        service.receive(io.BytesIO(picture("PNG")), "a.png", store=bare_store, limits=LIMITS)
    assert _on_disk(bare_store) == 0


def test_no_picture_is_decoded_while_the_disk_is_full(tmp_path, picture, monkeypatch):
    monkeypatch.setattr(images, "recode", lambda *given: pytest.fail("decoded"))
    full = Store(tmp_path / "full", free_space=lambda root: Space(1000, 1))
    with pytest.raises(Busy):
        service.receive(io.BytesIO(picture("PNG")), "a.png", store=full, limits=LIMITS)


def test_a_staged_file_is_its_owners_in_that_form_alone(people, add):
    file = add()
    db.session.commit()
    assert queries.staged(people.ana.id, FORM) == [file]
    assert queries.staged_file(people.ana.id, FORM, file.token) is file
    assert (file.name, file.size, file.is_image, file.media_type) == ("log.txt", 4, False, "text/plain")
    for owner, submission, token in (
        (people.bo.id, FORM, file.token), (people.ana.id, OTHER_FORM, file.token), (people.ana.id, FORM, "c" * 32),
        (people.ana.id, FORM, file.token[:-1]), (people.ana.id, FORM, ""), (people.ana.id, FORM, file.token + "\n"),
        (people.ana.id, FORM, file.token.upper() + "\0"), (people.ana.id, FORM, "%"), (people.ana.id, "", file.token),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            queries.staged_file(owner, submission, token)
    assert queries.staged(people.bo.id, FORM) == []


def test_a_sixth_file_is_refused_in_this_form_and_taken_in_another(people, add):
    for _ in range(5):
        add()
    with pytest.raises(Invalid) as refused:
        add()
    assert refused.value.code == "files_too_many"
    assert add(submission=OTHER_FORM).id
    assert add(by=people.bo).id


def test_a_form_and_a_person_have_room_for_so_many_bytes(people, add):
    limits = Limits(max_submission_bytes=10, max_owner_bytes=15)
    add(data=b"x" * 10, limits=limits)
    with pytest.raises(Invalid) as refused:
        add(data=b"x", limits=limits)
    assert refused.value.code == "files_too_large"
    add(submission=OTHER_FORM, data=b"x" * 5, limits=limits)
    with pytest.raises(Invalid) as refused:
        add(submission="d" * 32, data=b"x", limits=limits)
    assert refused.value.code == "files_no_room"
    assert add(by=people.bo, data=b"x", limits=limits).id


def test_files_that_were_sent_count_for_their_owner_and_no_longer_for_their_form(people, add):
    for _ in range(5):
        add()
    service.claim(FORM, message_id=_message(people.ana), by=people.ana)
    service.check_room(FORM, by=people.ana, limits=LIMITS)
    with pytest.raises(Invalid) as refused:
        service.check_room(FORM, by=people.ana, limits=Limits(max_owner_bytes=20), size=1)
    assert refused.value.code == "files_no_room"


def test_a_removed_file_loses_its_bytes_after_the_commit_only(people, add, store, picture):
    file = add(name="a.png", data=picture("PNG", (2400, 1200)))
    db.session.commit()
    assert _on_disk(store) == 3
    service.remove(file, by=people.ana)
    assert _on_disk(store) == 3
    db.session.rollback()
    assert queries.staged(people.ana.id, FORM) == [file]
    service.remove(file, by=people.ana)
    db.session.commit()
    assert _on_disk(store) == 0
    assert queries.staged(people.ana.id, FORM) == []


def test_nobody_removes_another_persons_file_or_a_sent_one(people, add, store):
    file = add()
    with pytest.raises(NotFound):
        service.remove(file, by=people.bo)
    service.claim(FORM, message_id=_message(people.ana), by=people.ana)
    with pytest.raises(WrongState):
        service.remove(file, by=people.ana)
    db.session.commit()
    assert _on_disk(store) == 1


def test_claiming_takes_this_persons_files_of_this_form_and_no_other(people, add):
    mine, also_mine = add(), add(name="b.log")
    elsewhere, theirs = add(submission=OTHER_FORM), add(by=people.bo)
    message_id = _message(people.ana)
    assert service.claim(FORM, message_id=message_id, by=people.ana) == [mine, also_mine]
    db.session.commit()
    assert (elsewhere.message_id, theirs.message_id) == (None, None)
    assert queries.staged(people.ana.id, FORM) == []
    with pytest.raises(NotFound):
        queries.staged_file(people.ana.id, FORM, mine.token)
    assert service.claim(FORM, message_id=message_id, by=people.ana) == []


def test_the_files_of_many_messages_cost_one_query(people, add):
    file = add()
    message_id = _message(people.ana)
    service.claim(FORM, message_id=message_id, by=people.ana)
    db.session.commit()
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert queries.of_messages([message_id, 998, 999]) == {message_id: [file]}
    assert queries.of_messages([]) == {}
    assert [statement.split()[0] for statement in asked if statement != "BEGIN"] == ["SELECT"]


def test_a_sweep_takes_what_was_forgotten_for_a_day_and_keeps_the_rest(people, add, store):
    forgotten, sent, young = add(), add(submission=OTHER_FORM), add(submission="d" * 32)
    service.claim(OTHER_FORM, message_id=_message(people.ana), by=people.ana)
    forgotten.created_at = sent.created_at = now() - timedelta(hours=25)
    assert service.sweep(older_than=now() - timedelta(hours=24)) == 1
    db.session.commit()
    assert set(db.session.scalars(select(StoredFile))) == {sent, young}
    assert _on_disk(store) == 2


def test_bytes_without_a_row_are_swept_once_they_are_old(people, add, store):
    add()
    service.receive(io.BytesIO(b"orphan"), "a.txt", store=store, limits=LIMITS)
    db.session.commit()
    assert service.sweep_store(store=store, older_than=now() - timedelta(hours=24)) == 0
    assert service.sweep_store(store=store, older_than=now() + timedelta(hours=1)) == 1
    assert _on_disk(store) == 1


def test_of_twenty_uploads_at_once_exactly_five_find_room(people, store):
    prepared = [service.receive(io.BytesIO(b"text"), f"{place}.txt", store=store, limits=LIMITS) for place in range(20)]
    together, outcomes = threading.Barrier(20), []

    def upload(one):
        with people.app.app_context():
            intend_to_write()
            together.wait(10)
            try:
                service.stage(one, submission=FORM, by=people.ana)
                db.session.commit()
                outcomes.append("staged")
            except Invalid as refusal:
                db.session.rollback()
                outcomes.append(refusal.code)
            db.session.remove()

    uploads = [threading.Thread(target=upload, args=(one,)) for one in prepared]
    for thread in uploads:
        thread.start()
    for thread in uploads:
        thread.join(30)
    assert (outcomes.count("staged"), outcomes.count("files_too_many")) == (5, 15)
    assert len(queries.staged(people.ana.id, FORM)) == 5
