"""Members in each state of a chat, for the sweeps: who they are is where they are, all of them at /chat."""

from datetime import datetime

from helpdesk.accounts.person import Person
from helpdesk.chat import handover, service
from helpdesk.chat.models import Chat
from helpdesk.database import now
from tests.browser.chat_world import begin, say
from tests.browser.desk import Desk
from tests.browser.pages import Who

STATES = (Who.WAITING, Who.TALKING, Who.LEFT, Who.ENDED)
ANSWER = "See https://example.org/a-very-long-address/without-any-space-" + "x" * 60


def make_chatting_members(desk: Desk, team: Person, language: str) -> dict[Who, Person]:
    """One member in each state. Nobody is given up while the sweep goes on."""
    people = {who: desk.make.member(language=language, name="Guillermina Hernández-Castellanos") for who in STATES}
    desk.inside(lambda: _fill(people, team, now()))
    return people


def _fill(people: dict[Who, Person], team: Person, at: datetime) -> None:
    chats: dict[Who, Chat] = {who: begin(person, at) for who, person in people.items()}
    for who in (Who.TALKING, Who.ENDED):
        service.claim(chats[who], by=team, at=at)
        for body in ("Hello, which browser?", ANSWER):
            say(chats[who], body, team, at)
        say(chats[who], "w" * 200, people[who], at)
    handover.fill_draft(chats[Who.TALKING], "sv", member=people[Who.TALKING], at=at)
    service.leave(chats[Who.LEFT], by=people[Who.LEFT], at=at)
    service.end(chats[Who.ENDED], by=team, at=at)
