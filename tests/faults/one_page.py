"""Somebody's page in a process of its own, which tests may stop as a closed laptop is: PORT COOKIE CHAT."""

import asyncio
import random
import sys

from tests.faults.desk import Badge
from tests.faults.talker import Talker


async def _open(talker: Talker) -> None:
    living = asyncio.create_task(talker.live())
    said = 0
    while not living.done():
        if talker.connections > said and talker.line is not None:
            said = talker.connections
            print(f"connected {said}", flush=True)
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    port, cookie, chat = sys.argv[1:]
    badge = Badge(None, cookie, "", "")  # type: ignore[arg-type]  # nobody is asked who it is
    asyncio.run(_open(Talker(int(port), badge, int(chat), random.Random(chat))))
