"""F08: another process holds the database's write lock; nothing stands still, writes come late or are refused."""

import asyncio
import sqlite3
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.builders import token
from tests.faults import pages
from tests.faults.checker import assert_nothing_is_lost
from tests.faults.desk import Desk
from tests.faults.scenes import Conversations, pairs, run
from tests.faults.talker import Talker

# It is 0.1 on a quiet machine; one that runs other tests pauses by itself. A wait inside SQLite would be the whole 3 s.
MOST_SECONDS_OF_SILENCE = 1.5
# The desk waits for the database this long before it says that it is busy; a form's answer is there soon after.
MOST_SECONDS_FOR_A_FORM = 9.0


@dataclass
class Seen:
    """What came back while the database was locked."""

    silence: float = 0.0  # the longest that a page took which asks for nothing but to be answered
    beats: int = 0
    forms: Counter[int] = field(default_factory=Counter)
    reads: Counter[int] = field(default_factory=Counter)
    slowest_form: float = 0.0
    without_retry_after: int = 0


@pytest.mark.parametrize("seconds", [3, pytest.param(10, marks=pytest.mark.soak)])
def test_a_locked_database_makes_nobody_wait_but_the_writers(tmp_path: Path, seconds: int) -> None:
    with Desk(tmp_path) as desk:
        sides = pairs(desk, 4)
        desk.serve()
        seen = run(_locked(desk, sides, seconds), 60 + 3 * seconds)
        found = assert_nothing_is_lost(desk, sides)
        refused = Counter(code for side in sides for code in side.refused)
        print(f"locked {seconds} s: {seen}, refused by socket: {dict(refused)}, {found.acknowledged} acknowledged")
        assert seen.beats > 10 and seen.silence < MOST_SECONDS_OF_SILENCE
        assert set(seen.reads) == {200}
        assert set(seen.forms) <= {303, 503} and not seen.without_retry_after
        assert seen.slowest_form < MOST_SECONDS_FOR_A_FORM
        assert set(refused) <= {"busy"}
        if seconds > 5:
            assert seen.forms[503] and refused, "nobody was kept waiting for longer than the desk waits itself"


async def _locked(desk: Desk, sides: list[Talker], seconds: float) -> Seen:
    seen = Seen()
    async with Conversations(sides, every=0.8) as talk:
        await talk.all_connected()
        await asyncio.sleep(1)
        with closing(sqlite3.connect(desk.file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            stored = _head(desk, sides)
            others = [asyncio.create_task(part) for part in (_beat(desk, seen), _read(desk, sides[0], seen))]
            forms = [asyncio.create_task(_say(desk, side, seen)) for side in sides[::2]]
            await asyncio.sleep(seconds)
            assert _head(desk, sides) == stored, "nobody else could write"
            assert any(side.waiting for side in sides), "nobody wanted to write"
            other.execute("ROLLBACK")
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
        await asyncio.gather(*forms)
        await talk.settle(desk, 30)
    return seen


def _head(desk: Desk, sides: list[Talker]) -> int:
    return sum(desk.chat(side.chat_id).last_seq for side in sides)


async def _beat(desk: Desk, seen: Seen) -> None:
    """Asks again and again for a page that needs the database for reading at most."""
    while True:
        begun = time.monotonic()
        try:
            assert (await pages.get(desk.port, "/readyz")).status == 200
            seen.beats += 1
        finally:
            seen.silence = max(seen.silence, time.monotonic() - begun)
        await asyncio.sleep(0.02)


async def _read(desk: Desk, side: Talker, seen: Seen) -> None:
    while True:
        seen.reads[(await pages.get(desk.port, "/profile", side.badge)).status] += 1
        await asyncio.sleep(0.2)


async def _say(desk: Desk, side: Talker, seen: Seen) -> None:
    """A message by form: late, or refused in words that say when to try again. Then it is tried again."""
    letter = token()
    while True:
        begun = time.monotonic()
        answer = await pages.post(
            desk.port, f"/chat/{side.chat_id}/messages", side.badge, client_id=letter, body=f"#form {letter}"
        )
        seen.slowest_form = max(seen.slowest_form, time.monotonic() - begun)
        seen.forms[answer.status] += 1
        if answer.status != 503:
            return
        seen.without_retry_after += not answer.headers.get("retry-after", "").isdigit()
        await asyncio.sleep(0.5)
