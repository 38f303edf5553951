"""F09: the server's clock jumps by an hour and back, passes 2038 and the ends of summer times; nothing is lost."""

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import count, pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from helpdesk import demo
from helpdesk.ranks import Role
from tests.faults import pages
from tests.faults.checker import assert_nothing_is_lost
from tests.faults.desk import Desk
from tests.faults.facts import Badge
from tests.faults.scenes import SEED, Conversations, pairs, run
from tests.faults.talker import Talker
from tests.processes import Browser

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
pytestmark = pytest.mark.skipif(not LIBRARIES, reason="libfaketime is not installed")
HOUR = 3600
ROUND_SECONDS = 5
BEFORE_SECONDS = 8
SHORT = [HOUR, -HOUR]
# Never twelve hours at once: for so long an agent may be idle.
LONG = [HOUR, -HOUR, 10 * HOUR, 60, -10 * HOUR, 0] * 3


def clock(file: Path, says: str) -> dict[str, str]:
    """The settings of a process whose clock says what stands in a file, each time that it is asked."""
    file.write_text(says)
    return {
        "LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip


@pytest.mark.parametrize("jumps", [SHORT, pytest.param(LONG, marks=pytest.mark.soak)], ids=["short", "long"])
def test_whoever_talks_or_waits_notices_nothing_of_a_clock_that_jumps(tmp_path: Path, jumps: list[int]) -> None:
    file = tmp_path / "clock"
    with Desk(tmp_path, **clock(file, "+0")) as desk:
        sides, waiting = pairs(desk, 3), desk.people(3)
        queue = [desk.waiting(member) for member in waiting]
        here = [
            Talker(desk.port, member, chat_id, random.Random(f"{SEED} waits {chat_id}"))
            for member, chat_id in zip(waiting, queue, strict=True)
        ]
        [reader] = desk.people(1, Role.AGENT)
        desk.serve()
        seen = run(_jump(desk, sides, here, reader, file, jumps), 120 + 20 * len(jumps))
        found = assert_nothing_is_lost(desk, sides)
        left = [desk.chat(chat_id) for chat_id in queue]
        assert [chat.state for chat in left] == ["waiting"] * 3, "everybody has kept their place"
        assert sorted(left, key=lambda chat: chat.place) == left, "in the order in which they came"
        assert all(side.connections == 1 for side in [*sides, *here]), "no page was cut off"
        print(f"{len(jumps)} jumps, seen by the server as {seen} s: {found.acknowledged} acknowledged")
        assert all(abs(told - jump) < 30 for told, jump in zip(seen, jumps, strict=True)), seen


async def _jump(
    desk: Desk, sides: list[Talker], here: list[Talker], reader: Badge, file: Path, jumps: list[int]
) -> list[int]:
    """How far from ours the server's clock was after each jump, by the dates of its answers."""
    seen = []
    async with Conversations(sides, every=0.6) as talk, Conversations(here) as wait:
        await talk.all_connected()
        await wait.all_connected()
        for jump in jumps:
            await talk.acknowledge(len(sides))
            file.write_text(f"{jump:+}")
            await talk.acknowledge(2 * len(sides))
            await asyncio.sleep(ROUND_SECONDS)  # the watch and the sweeps go round in the new time, too
            answer = await pages.get(desk.port, "/desk", reader)
            assert answer.status == 200, "no session has ended"
            seen.append(round(parsedate_to_datetime(answer.headers["date"]).timestamp() - time.time()))
        await talk.settle(desk, 30)
    return seen


def end_of_summer(zone: str) -> str:
    """The next moment at which the clocks of a zone are put back, less two seconds, in UTC."""
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    offsets = ((at, at.astimezone(ZoneInfo(zone)).utcoffset()) for at in (hour + timedelta(hours=n) for n in count()))
    (moment, _) = next(late for early, late in pairwise(offsets) if late[1] < early[1])
    return f"{moment - timedelta(seconds=2):%Y-%m-%d %H:%M:%S}"


TURNING = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca")


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("UTC", "2038-01-19 03:14:08"),
        *(pytest.param(zone, end_of_summer(zone), marks=pytest.mark.soak, id=zone) for zone in TURNING),
    ],
)
def test_the_desk_works_across_the_moments_at_which_clocks_turn(tmp_path: Path, zone: str, moment: str) -> None:
    """The moment is in UTC, the server's zone is one whose clock turns then. It is brought to a little before."""
    turns, file = datetime.fromisoformat(moment).replace(tzinfo=UTC), tmp_path / "clock"
    with Desk(tmp_path, TZ=zone, **clock(file, "+0")) as desk:
        desk.serve()
        file.write_text(f"+{int((turns - datetime.now(UTC)).total_seconds()) - BEFORE_SECONDS}")
        member = Browser(desk.server)
        assert member.sign_in(demo.ACCOUNTS[0].username, demo.PASSWORD) == 303
        before = after = _says(member)
        assert turns - timedelta(minutes=1) < before <= turns, f"it says {before}: the clock was not set"
        deadline = time.monotonic() + 60
        while after < turns + timedelta(seconds=2) and time.monotonic() < deadline:
            assert member.get("/technical-issues").status == 200
            after = _says(member)
        assert after > turns, "the moment has passed"
        begun = member.get("/technical-issues/new")
        assert begun.status == 302, "what is written now is written"
        assert member.get(begun.headers["Location"]).status == 200
        assert "Traceback" not in desk.printed, desk.printed
        print(f"{zone}: from {before} to {after}")


def _says(browser: Browser) -> datetime:
    """What the server's clock says."""
    return parsedate_to_datetime(browser.get("/profile").headers["Date"])
