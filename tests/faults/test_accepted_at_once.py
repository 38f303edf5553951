"""F11: many agents accept the same chats at the same moment, by socket and by form; each chat has one winner."""

import asyncio
import random
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from helpdesk.ranks import Role
from tests import postgresql
from tests.faults import pages
from tests.faults.desk import Desk
from tests.faults.facts import Badge
from tests.faults.line import Line
from tests.faults.scenes import SEED, run

# A form takes longer than a socket, in seconds; with this much for some of them, both doors win.
HEAD_START = 0.05


@dataclass
class Race:
    """Who tries to have which chats, at which servers; and what each was told: `won`, or the winner's name."""

    desk: Desk
    agents: list[Badge]
    chats: list[int]
    ports: list[int]
    told: dict[tuple[int, int], str] = field(default_factory=dict)  # by chat and agent
    by: Counter[str] = field(default_factory=Counter)


@pytest.mark.parametrize(
    ("agents", "chats"), [(20, 40), pytest.param(50, 200, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_each_chat_is_accepted_by_one_agent_and_the_others_are_told_by_whom(
    tmp_path: Path, agents: int, chats: int
) -> None:
    with Desk(tmp_path) as desk:
        _prepare_and_race(desk, agents, chats, [desk])


@pytest.mark.soak
def test_two_servers_on_postgresql_have_one_winner_too(tmp_path: Path, postgresql_socket: str) -> None:
    name = f"accepted_{tmp_path.name}"
    address = postgresql.create_database(postgresql_socket, name, template="prepared")
    with ExitStack() as ending:
        ending.callback(postgresql.drop_database, postgresql_socket, name)
        desk = ending.enter_context(Desk(tmp_path, database_url=address))
        twin = ending.enter_context(Desk(tmp_path, database_url=address))
        _prepare_and_race(desk, 50, 200, [desk, twin])


def _prepare_and_race(desk: Desk, agents: int, chats: int, servers: list[Desk]) -> None:
    waiting = [desk.waiting(member) for member in desk.people(chats)]
    for server in servers:
        server.serve()
    race = Race(desk, desk.people(agents, Role.AGENT), waiting, [server.port for server in servers])
    run(_accept_all(race), 60 + agents * chats / 20)
    names = {agent.person.id: agent.person.name for agent in race.agents}
    for chat_id in race.chats:
        winner = desk.chat(chat_id).agent_id
        answers = {agent.person.id: race.told[chat_id, agent.person.id] for agent in race.agents}
        assert answers == {one: "won" if one == winner else names[winner] for one in names}
        assert [message.body for message in desk.stored(chat_id)].count("claim") == 1
    winners = Counter(desk.chat(chat_id).agent_id for chat_id in race.chats)
    print(f"{agents} agents, {chats} chats, {len(servers)} servers: {len(winners)} of them won, by {dict(race.by)}")
    assert len(winners) > 1, "one agent was always first: that was no race"
    assert all(race.by[f"{door} {end}"] for door in ("socket", "form") for end in ("won", "lost"))


async def _accept_all(race: Race) -> None:
    """One chat after the other, all agents at once: each second time by socket, otherwise by form."""
    dice = random.Random(SEED)
    lines = [await _line(agent, race.ports[place % len(race.ports)]) for place, agent in enumerate(race.agents)]
    try:
        for turn, chat_id in enumerate(race.chats):
            tries = [
                _by_socket(race, lines[place], agent, chat_id, dice.uniform(0, HEAD_START))
                if (turn + place) % 2
                else _by_form(race, race.ports[turn % len(race.ports)], agent, chat_id)
                for place, agent in enumerate(race.agents)
            ]
            dice.shuffle(tries)
            await asyncio.gather(*tries)
    finally:
        for line in lines:
            await line.close()


async def _line(agent: Badge, port: int) -> Line:
    """Of somebody who is looking at this server's page."""
    there = replace(agent, origin=f"http://127.0.0.1:{port}")
    return await Line.open(port, there, {}, lambda name, facts: None)


async def _by_socket(race: Race, line: Line, agent: Badge, chat_id: int, later: float) -> None:
    await asyncio.sleep(later)
    while (answer := await line.ask("chat:claim", {"chat": chat_id}, 30)).get("error") == "chat_too_fast":
        await asyncio.sleep(1)
    if answer["ok"]:
        told = "won"
    else:
        assert answer["error"] == "chat_taken", answer
        told = str(answer["agent"])
    _note(race, "socket", agent, chat_id, told)


async def _by_form(race: Race, port: int, agent: Badge, chat_id: int) -> None:
    answer = await pages.post(port, f"/desk/chats/{chat_id}/claim", agent)
    assert answer.status == 303, answer.body
    if answer.headers["location"].startswith(f"/desk/chats/{chat_id}"):
        told = "won"
    else:
        words = race.desk.told(answer.headers["set-cookie"])
        names = [one.person.name for one in race.agents if one.person.name in words]
        assert len(names) == 1, f"the next page names the winner, and nobody else: {words}"
        told = names[0]
    _note(race, "form", agent, chat_id, told)


def _note(race: Race, door: str, agent: Badge, chat_id: int, told: str) -> None:
    race.told[chat_id, agent.person.id] = told
    race.by[f"{door} {'won' if told == 'won' else 'lost'}"] += 1
