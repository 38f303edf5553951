"""Somebody's page in a process of its own, which tests may stop as a closed laptop is: PORT COOKIE FILE.

The file will hold the chat's number: a chat that is begun before this process runs would wait with nobody there.
"""

import asyncio
import random
import sys
import time
from pathlib import Path

from tests.faults.facts import Badge
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
    port, cookie, file = sys.argv[1:]
    print("ready", flush=True)
    while not (chat := Path(file).read_text()):
        time.sleep(0.05)
    badge = Badge(None, cookie, "", "")  # type: ignore[arg-type]  # nobody is asked who it is
    asyncio.run(_open(Talker(int(port), badge, int(chat), random.Random(chat))))
