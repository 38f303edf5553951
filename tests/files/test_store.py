"""Bytes in a folder: arriving, staying, going."""

import errno
import io
import os
import stat
from datetime import timedelta
from hashlib import sha256

import pytest

from helpdesk.database import now
from helpdesk.files.store import Space, Store
from helpdesk.refusals import Busy, Invalid, NotFound

GIB = 1024**3


def _age(path, hours):
    old = (now() - timedelta(hours=hours)).timestamp()
    os.utime(path, (old, old))


def test_a_received_file_is_staged_for_us_alone_with_its_size_and_hash(bare_store):
    staged = bare_store.receive(io.BytesIO(b"x" * 700_000), 1_000_000)
    assert staged.path.read_bytes() == b"x" * 700_000
    assert (staged.size, staged.sha256) == (700_000, sha256(b"x" * 700_000).hexdigest())
    assert staged.head == b"x" * 65536
    assert stat.S_IMODE(staged.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(bare_store.root.stat().st_mode) == 0o700


def test_a_stream_is_left_at_the_first_byte_too_many_and_nothing_stays(bare_store):
    class Endless:
        asked = 0

        def read(self, size):
            self.asked += size
            return b"x" * size

    endless = Endless()
    with pytest.raises(Invalid) as refused:
        bare_store.receive(endless, 1_000_000)
    assert refused.value.code == "file_too_large"
    assert endless.asked < 2_000_000
    assert list((bare_store.root / "staging").iterdir()) == []


def test_a_file_of_exactly_the_limit_is_received(bare_store):
    assert bare_store.receive(io.BytesIO(b"x" * 1000), 1000).size == 1000


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_disk_that_fills_up_is_said_and_nothing_stays(bare_store, number):
    class Filling:
        def read(self, size):
            raise OSError(number, "full")

    with pytest.raises(Busy) as refused:
        bare_store.receive(Filling(), 1000)
    assert refused.value.code == "disk_full"
    assert list((bare_store.root / "staging").iterdir()) == []


def test_a_broken_stream_leaves_nothing(bare_store):
    class Broken:
        def read(self, size):
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        bare_store.receive(Broken(), 1000)
    assert list((bare_store.root / "staging").iterdir()) == []


@pytest.mark.parametrize(
    ("total", "free", "takes"),
    [
        (5 * GIB, GIB // 2, True),
        (5 * GIB, GIB // 2 - 1, False),
        (1000 * GIB, GIB, True),
        (1000 * GIB, GIB - 1, False),
        (1000, 0, False),
    ],
)
def test_uploads_stop_at_a_tenth_or_a_gigabyte_of_free_space(tmp_path, total, free, takes):
    store = Store(tmp_path, free_space=lambda root: Space(total, free))
    if takes:
        assert store.receive(io.BytesIO(b"x"), 10).size == 1
        return
    with pytest.raises(Busy) as refused:
        store.receive(io.BytesIO(b"x"), 10)
    assert refused.value.code == "disk_full"


def test_the_real_disk_is_asked_by_default(tmp_path):
    assert Store(tmp_path)._free_space(tmp_path).total > 0


def test_a_kept_file_can_be_read_under_its_key_only(bare_store):
    staged = bare_store.receive(io.BytesIO(b"hello"), 10)
    key = bare_store.keep(staged.path)
    assert not staged.path.exists()
    assert bare_store.place(key) == f"{key[:2]}/{key[2:4]}/{key}"
    assert bare_store.size(key) == 5
    with bare_store.open(key) as file:
        assert file.read() == b"hello"
    assert stat.S_IMODE(bare_store.path(key).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "key", ["", "..", "../../etc/passwd", "A" * 32, "0" * 31, "0" * 33, "0" * 32 + "\n", "/" + "0" * 31]
)
def test_what_is_not_a_key_is_never_made_a_path(bare_store, key):
    for verb in (bare_store.open, bare_store.path, bare_store.discard, bare_store.place):
        with pytest.raises(NotFound):
            verb(key)


def test_a_key_that_nobody_has_is_not_found(bare_store):
    for verb in (bare_store.open, bare_store.size):
        with pytest.raises(NotFound):
            verb("0" * 32)


def test_discarding_twice_is_fine(bare_store):
    key = bare_store.keep(bare_store.receive(io.BytesIO(b"x"), 10).path)
    bare_store.discard(key)
    bare_store.discard(key)
    assert not bare_store.path(key).exists()


def test_only_staged_files_are_dropped(bare_store, tmp_path):
    other = tmp_path / "other"
    other.write_text("stays")
    with pytest.raises(ValueError, match="not a staged file"):
        bare_store.drop(other)
    assert other.exists()


def test_a_sweep_takes_old_files_that_nobody_knows_and_no_other(bare_store):
    known, orphan, young = (bare_store.keep(bare_store.receive(io.BytesIO(b"x"), 10).path) for _ in range(3))
    left, arriving = (bare_store.receive(io.BytesIO(b"x"), 10).path for _ in range(2))
    for path in (bare_store.path(known), bare_store.path(orphan), left):
        _age(path, 25)
    assert bare_store.sweep(now() - timedelta(hours=24), {known}) == 2
    assert not bare_store.path(orphan).exists()
    assert not left.exists()
    assert bare_store.path(known).exists()
    assert bare_store.path(young).exists()
    assert arriving.exists()
