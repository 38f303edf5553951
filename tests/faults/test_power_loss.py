"""F03: the power goes at random moments: what the disk has then is a whole database with every acknowledged message.

An approximation: the server stands still, its files are copied, and the end of the log of writes is lost or garbled
behind the last commit that somebody was told of. That a commit is on the disk before anybody is told is what SQLite's
`synchronous=FULL` means, which tests/test_database.py holds.
"""

import asyncio
import os
import random
import shutil
import signal
import sqlite3
import struct
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.faults.desk import Desk
from tests.faults.scenes import SEED, Conversations, apart, pairs, run
from tests.faults.talker import Talker

HEADER, FRAME_HEADER = 32, 24


@dataclass
class Copy:
    """What the disk had at a moment, and what had been acknowledged before: chat, place and text of each message."""

    folder: Path
    acknowledged: set[tuple[int, int, str]] = field(default_factory=set)

    @property
    def database(self) -> Path:
        return self.folder / "helpdesk.sqlite"

    @property
    def log(self) -> Path:
        return self.folder / "helpdesk.sqlite-wal"

    def lost(self, keeps: int, garbled: bytes = b"") -> set[tuple[int, int, str]]:
        """Opens it with only so many bytes of the log, and gives what was acknowledged and is not there.

        Fails when the database is not whole.
        """
        again = self.folder / "again"
        shutil.rmtree(again, ignore_errors=True)
        again.mkdir()
        shutil.copy(self.database, again)
        (again / self.log.name).write_bytes(self.log.read_bytes()[:keeps] + garbled)
        with closing(sqlite3.connect(again / self.database.name)) as opened:
            assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert opened.execute("PRAGMA foreign_key_check").fetchall() == []
            return self.acknowledged - set(opened.execute("SELECT chat_id, seq, body FROM chat_message"))

    def ends_of_commits(self) -> list[int]:
        """Where in the log each commit ends, oldest first. Only frames of the log's present round count."""
        data = self.log.read_bytes()
        page, salts = struct.unpack(">I", data[8:12])[0], data[16:24]
        ends, place = [], HEADER
        while place + FRAME_HEADER + page <= len(data) and data[place + 8 : place + 16] == salts:
            commits = struct.unpack(">I", data[place + 4 : place + 8])[0] != 0
            place += FRAME_HEADER + page
            if commits:
                ends.append(place)
        return ends


@pytest.mark.parametrize("moments", [6, pytest.param(60, marks=pytest.mark.soak)])
def test_what_the_disk_has_when_the_power_goes_is_whole(tmp_path: Path, moments: int) -> None:
    with Desk(tmp_path) as desk:
        sides = pairs(desk, 4)
        desk.serve()
        copies = run(_copy(desk, sides, tmp_path, moments), 120 + 20 * moments)
    dice, tried, bound = random.Random(SEED), 0, 0
    for copy in copies:
        size, ends = copy.log.stat().st_size, copy.ends_of_commits()
        assert copy.lost(size) == set()
        needed = next((end for end in ends if not copy.lost(end)), size)
        for keeps in (needed, *(dice.randint(needed, size) for _ in range(3))):
            assert copy.lost(keeps) == set()
            assert copy.lost(keeps, dice.randbytes(dice.randint(1, 9000))) == set(), "garbage is no commit"
            tried += 2
        before = [end for end in ends if end < needed]
        bound += bool(before and copy.lost(before[-1]))
    assert bound, "no cut has lost anything: the cuts were not near what counts"
    found = [len(copy.acknowledged) for copy in copies]
    print(f"{len(copies)} copies with {min(found)} to {max(found)} acknowledged messages, opened in {tried} states")


async def _copy(desk: Desk, sides: list[Talker], folder: Path, moments: int) -> list[Copy]:
    dice, copies = random.Random(SEED), []
    async with Conversations(sides, every=0.4) as talk:
        await talk.all_connected()
        for moment in range(moments):
            await talk.acknowledge(len(sides))
            await asyncio.sleep(dice.uniform(0, 0.7))
            copies.append(await _at_this_moment(desk, sides, folder / f"copy-{moment}"))
        await talk.settle(desk, 30)
    return copies


async def _at_this_moment(desk: Desk, sides: list[Talker], folder: Path) -> Copy:
    """Copies the files of a server that stands still. Nothing is acknowledged meanwhile."""
    folder.mkdir()
    os.kill(desk.server.process.pid, signal.SIGSTOP)
    try:
        told = {(side.chat_id, one.seq, one.body) for side in sides for one in side.acknowledged}
        for end in ("", "-wal"):
            await apart(shutil.copy, f"{desk.file}{end}", folder)
    finally:
        os.kill(desk.server.process.pid, signal.SIGCONT)
    return Copy(folder, told)
