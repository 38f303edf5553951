"""Compares what writers were told, what the database holds and what both sides have seen: the same, once, in order."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.faults.desk import Desk
from tests.faults.facts import Stored
from tests.faults.talker import Talker


@dataclass(frozen=True)
class Findings:
    """How much was compared, and what was wrong with it."""

    typed: int
    acknowledged: int
    stored: int
    wrong: tuple[str, ...]


def compare(stored: Mapping[int, Sequence[Stored]], sides: Sequence[Talker]) -> Findings:
    """Looks at each chat's messages in the database, and at each side of it as a writer and as a reader."""
    wrong: list[str] = []
    for chat_id, messages in stored.items():
        wrong += [f"chat {chat_id}: {fault}" for fault in _faults_of(messages)]
    for side in sides:
        who = f"{side.badge.person.username} in chat {side.chat_id}"
        messages = stored[side.chat_id]
        wrong += [
            f"{who}: {fault}" for fault in (*side.faults, *_as_writer(side, messages), *_as_reader(side, messages))
        ]
    return Findings(
        sum(len(side.typed) for side in sides),
        sum(len(side.acknowledged) for side in sides),
        sum(len(messages) for messages in stored.values()),
        tuple(wrong),
    )


def assert_nothing_is_lost(desk: Desk, sides: Sequence[Talker]) -> Findings:
    """Fails with everything that is wrong; otherwise gives the counts."""
    found = compare({side.chat_id: desk.stored(side.chat_id) for side in sides}, sides)
    assert not found.wrong, "\n".join(found.wrong[:20])
    assert found.acknowledged, "nothing was acknowledged: nothing was tested"
    return found


def _faults_of(messages: Sequence[Stored]) -> list[str]:
    faults = []
    if [message.seq for message in messages] != list(range(1, len(messages) + 1)):
        faults.append(f"seq has gaps or doubles: {[message.seq for message in messages]}")
    for name, values in (
        ("client_id", [message.client_id for message in messages]),
        ("text", [message.body for message in messages if "#" in message.body]),
    ):
        faults += [f"{name} {value!r} is stored {times} times" for value, times in Counter(values).items() if times > 1]
    return faults


def _as_writer(side: Talker, messages: Sequence[Stored]) -> list[str]:
    """Acknowledged is stored as acknowledged, typed is stored once all is well again, and in the order of typing."""
    faults = []
    by_client = {message.client_id: message for message in messages}
    for letter in side.typed:
        message = by_client.get(letter.client_id)
        if letter.seq is None:
            faults.append(f"{letter.body!r} is still in the outbox")
        elif message is None:
            faults.append(f"{letter.body!r} was acknowledged as {letter.seq} and is not stored")
        elif (message.seq, message.body) != (letter.seq, letter.body):
            faults.append(f"{letter.body!r} was acknowledged as {letter.seq} and is stored as {message}")
    own = {letter.client_id for letter in side.typed}
    order = [message.client_id for message in messages if message.client_id in own]
    if order != [letter.client_id for letter in side.typed if letter.client_id in by_client]:
        faults.append("what was typed first does not stand first")
    return faults


def _as_reader(side: Talker, messages: Sequence[Stored]) -> list[str]:
    if side.shown == list(messages):
        return []
    differing = next((i for i, pair in enumerate(zip(side.shown, messages, strict=False)) if pair[0] != pair[1]), None)
    if differing is not None:
        return [f"sees {side.shown[differing]} where {messages[differing]} is stored"]
    return [f"sees {len(side.shown)} of {len(messages)} messages"]
