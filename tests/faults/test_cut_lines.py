"""F16: a network that resets, swallows, halves, delays, and cuts behind the commit; all arrives once, in order."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from helpdesk.chat.models import Chat
from helpdesk.extensions import db
from helpdesk.ranks import Role
from tests.builders import token
from tests.faults import pages
from tests.faults.checker import assert_nothing_is_lost
from tests.faults.desk import Desk, served
from tests.faults.facts import Badge
from tests.faults.pages import Page
from tests.faults.proxy import Fault, Proxy
from tests.faults.scenes import SEED, Conversations, pairs, run, until
from tests.faults.talker import Talker


@dataclass(frozen=True)
class Size:
    """How often each fault comes, and how long one lasts, in seconds."""

    rounds: int
    lasts: float


LONG = pytest.param(Size(rounds=15, lasts=3), marks=pytest.mark.soak)
FAULTS = [Fault.RESET, Fault.SILENCE, Fault.HALF_CLOSE, Fault.DELAY, Fault.CUT_ANSWER, Fault.REFUSE]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with served(tmp_path_factory.mktemp("cut")) as desk:
        yield desk
        assert "Traceback" not in desk.printed, desk.printed


@pytest.mark.parametrize("size", [Size(rounds=1, lasts=1.5), LONG], ids=["short", "long"])
def test_a_broken_network_loses_and_doubles_nothing(desk: Desk, size: Size) -> None:
    with Proxy(desk.port) as network:
        sides = pairs(desk, 4)
        for side in sides[::2]:
            side.port = network.port  # the members are far away, the agents beside the desk
        run(_break_again_and_again(desk, sides, network, size), 60 + 60 * size.rounds)
        found = assert_nothing_is_lost(desk, sides)
        print(f"{dict(network.happened)}, {found.acknowledged} acknowledged, {found.stored} stored")
        assert all(network.happened[fault] >= size.rounds for fault in FAULTS), network.happened


async def _break_again_and_again(desk: Desk, sides: list[Talker], network: Proxy, size: Size) -> None:
    dice = random.Random(SEED)
    async with Conversations(sides, every=0.8) as talk:
        await talk.all_connected()
        for fault in dice.sample(FAULTS * size.rounds, len(FAULTS) * size.rounds):
            network.fault = fault
            if fault is Fault.REFUSE:
                network.cut()  # so that somebody tries
            await until(lambda: network.happened[network.fault] > 0, 20, f"{network.fault} has happened")
            await asyncio.sleep(dice.uniform(0.5, 1.5) * size.lasts)
            network.fault = Fault.NONE
            if fault in {Fault.SILENCE, Fault.HALF_CLOSE}:
                network.cut()  # which ping would notice too, in its time
            await talk.acknowledge(len(sides))
        await talk.settle(desk, 30)


@pytest.mark.parametrize("times", [5, pytest.param(100, marks=pytest.mark.soak)])
def test_what_was_stored_but_not_acknowledged_is_not_stored_again(desk: Desk, times: int) -> None:
    with Proxy(desk.port) as network:
        member, agent = pairs(desk, 1)
        member.port = network.port
        stored_first = run(_cut_behind_the_commit(desk, member, agent, network, times), 30 + 15 * times)
        assert_nothing_is_lost(desk, [member, agent])
        assert network.happened[Fault.CUT_ANSWER] >= times
        # Now and then a ping of the desk comes first, and is what is cut.
        assert stored_first >= 0.8 * times, "the cuts came when the text was stored and its answer was not there"


async def _cut_behind_the_commit(desk: Desk, member: Talker, agent: Talker, network: Proxy, times: int) -> int:
    stored_first = 0
    async with Conversations([member, agent]) as talk:
        for _ in range(times):
            await talk.all_connected()
            cuts = network.happened[Fault.CUT_ANSWER]
            network.fault = Fault.CUT_ANSWER
            member.type(f"#{len(member.typed)} {token()}")
            await until(lambda before=cuts: network.happened[Fault.CUT_ANSWER] > before, 20, "the answer was cut")
            network.fault = Fault.NONE
            stored = {message.client_id for message in desk.stored(member.chat_id)}
            stored_first += member.typed[-1].client_id in stored and member.typed[-1].seq is None
            await talk.acknowledge(1)
        await talk.settle(desk, 20)
    return stored_first


def test_a_chat_whose_answer_was_lost_is_begun_once(desk: Desk) -> None:
    (member,), _ = desk.people(1), desk.people(1, Role.AGENT)
    form = {"name": "Kim", "member_ref": "", "email": "kim@example.org", "question": "Where is it?"}

    answers = _twice_through_a_cut(desk, "/chat", member, **form)

    chats = desk.look(lambda: list(db.session.scalars(select(Chat.id).where(Chat.member_id == member.person.id))))
    assert answers.status == 303 and len(chats) == 1
    assert [message.body for message in desk.stored(chats[0])] == ["Where is it?"]


def test_a_message_by_form_whose_answer_was_lost_is_stored_once(desk: Desk) -> None:
    (member,), (agent,) = desk.people(1), desk.people(1, Role.AGENT)
    chat_id = desk.conversation(member, agent)

    answer = _twice_through_a_cut(desk, f"/chat/{chat_id}/messages", member, body="Once.")

    assert answer.status == 303
    assert [message.body for message in desk.stored(chat_id)].count("Once.") == 1


def _twice_through_a_cut(desk: Desk, path: str, badge: Badge, **fields: str) -> Page:
    """Sends a form whose answer is cut behind the commit, and then the same form again."""
    letter = token()

    async def send_twice() -> Page:
        with Proxy(desk.port) as network:
            network.fault = Fault.CUT_ANSWER
            with pytest.raises((OSError, EOFError)):
                await pages.post(network.port, path, badge, client_id=letter, **fields)
            assert network.happened[Fault.CUT_ANSWER] == 1
            network.fault = Fault.NONE
            return await pages.post(network.port, path, badge, client_id=letter, **fields)

    return run(send_twice(), 60)
