"""T18, T22: somebody loses what they may while they are connected, on both transports, all at the same moment.

The watch goes round every 4 seconds, so this takes that long once. Times are those of the monotonic clock.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest

from helpdesk.accounts import queries as accounts
from helpdesk.accounts import service, sessions
from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.chat.models import Chat
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.ranks import Ranks
from tests.browser.desk import Desk
from tests.builders import PASSWORD_HASH
from tests.chat.clients.ears import NoAnswer
from tests.chat.clients.people import Client, People, token
from tests.chat.clients.raw import NotConnected

WITHIN_S = 5.0
MARGIN_S = 1.0  # for a machine that does other things too
TRANSPORTS = ("websocket", "polling")


def _user(person: Person) -> User:
    return accounts.user(person.id)


def _demote(person: Person) -> None:
    _user(person).role, _user(person).rank = "member", "Gold"


def _end_time(person: Person) -> None:
    for row in sessions.of_person(person):
        row.ends_at = now()


MEMBERS_LOSE: dict[str, Callable[[Person], None]] = {
    "was disabled": lambda person: service.disable(_user(person), at=now()),
    "has another password": lambda person: service.set_password(_user(person), PASSWORD_HASH, at=now()),
    "signed out everywhere": lambda person: sessions.end_all(person.id),
    "has a lower rank": lambda person: service.set_rank(_user(person), "Manager", ranks=Ranks()),
    "has been signed in for too long": _end_time,
}
AGENTS_LOSE = {**MEMBERS_LOSE, "is no agent any more": _demote}
del AGENTS_LOSE["has a lower rank"]
LOSSES = [("member", loss) for loss in [*MEMBERS_LOSE, "signed out"]] + [("agent", loss) for loss in AGENTS_LOSE]


@dataclass
class Lost:
    """Somebody who has lost it, the one they talked with, and the seconds until they were cut."""

    client: Client
    other: Client
    chat: int
    person: Person
    cookie: str
    seconds: float | None = None


@pytest.fixture(scope="module")
def lost(desk: Desk) -> Iterator[dict[tuple[str, str, str], Lost]]:
    """A conversation for each loss; all are lost at once, and everybody is waited for."""
    people = People(desk)
    cases = {
        (who, loss, transport): _talking(people, who, transport) for who, loss in LOSSES for transport in TRANSPORTS
    }
    for (_, loss, _), case in cases.items():
        if loss == "signed out":
            assert people.web(case.person).post("/sign-out")[0] == 303
        else:
            desk.inside(lambda loss=loss, person=case.person: (MEMBERS_LOSE | AGENTS_LOSE)[loss](person))
    begun = time.monotonic()
    for case in cases.values():
        with suppress(AssertionError):
            case.client.ears.until(
                lambda case=case: case.client.ears.gone, begun + WITHIN_S + MARGIN_S - time.monotonic()
            )
            case.seconds = time.monotonic() - begun
    yield cases
    people.leave()


def _talking(people: People, who: str, transport: str) -> Lost:
    kinds = {"member": ("raw", "websocket"), "agent": ("raw", "websocket"), who: ("raw", transport)}
    own, theirs, chat = people.pair(member=kinds["member"], agent=kinds["agent"])
    person = people.last_member if who == "member" else people.last_agent
    client, other = (own, theirs) if who == "member" else (theirs, own)
    return Lost(client, other, chat, person, people.web(person).cookie)


cases = pytest.mark.parametrize(("who", "loss"), LOSSES, ids=["-".join(loss).replace(" ", "-") for loss in LOSSES])
both = pytest.mark.parametrize("transport", TRANSPORTS)


@both
@cases
def test_they_are_cut_within_five_seconds(
    lost: dict[tuple[str, str, str], Lost], who: str, loss: str, transport: str
) -> None:
    """T18, T22: by the server, without having done anything."""
    seconds = lost[who, loss, transport].seconds

    assert seconds is not None and seconds < WITHIN_S + MARGIN_S


@both
@cases
def test_they_hear_nothing_more_and_do_not_come_back_as_what_they_were(
    people: People, lost: dict[tuple[str, str, str], Lost], who: str, loss: str, transport: str
) -> None:
    """T18, T22: not by the old connection, and not by a new one with the old cookie."""
    case = lost[who, loss, transport]
    heard = len(case.client.ears.heard)
    # The agent has been gone for a moment only: the chat is still theirs, and the member may speak in it.
    case.other.ask("message:say", {"chat": case.chat, "client_id": token(), "body": "Only for friends."})
    assert len(case.client.ears.heard) == heard
    again = people.client_with(case.cookie, transport=transport)
    if loss == "is no agent any more":
        assert again.connect().ask("chat:claim", {"chat": case.chat})["error"] == "not_allowed"
        return
    with pytest.raises(NotConnected, match="rank_too_low" if "rank" in loss else "not_signed_in"):
        again.connect(chat=case.chat)


@both
def test_the_others_are_still_connected(lost: dict[tuple[str, str, str], Lost], transport: str) -> None:
    """T22: only those who lost something are cut."""
    for (_, _, over), case in lost.items():
        assert over != transport or not case.other.ears.gone


@pytest.mark.parametrize(("loss", "error"), [("signed out", "not_signed_in"), ("is disabled", "not_signed_in")])
def test_what_they_say_at_once_is_refused_and_cuts_them_at_once(people: People, loss: str, error: str) -> None:
    """T22: the session is read at every event, not only by the watch."""
    own, _, chat = people.pair(member=("raw", "websocket"), agent=("raw", "websocket"))
    member = people.last_member
    assert own.ask("typing:start", {"chat": chat}) == {"ok": True}
    if loss == "signed out":
        people.web(member).post("/sign-out")
    else:
        people.desk.inside(lambda: service.disable(_user(member), at=now()))

    assert own.ask("message:say", {"chat": chat, "client_id": token(), "body": "Still me."})["error"] == error
    assert own.ears.until(lambda: own.ears.gone) < 2


def test_an_agent_who_became_a_member_does_nothing_of_an_agent_any_more(people: People) -> None:
    """T18: a role is no memory of the socket."""
    _, _, chat = _waiting_with_agent(people)
    agent, theirs = people.agent()
    people.desk.inside(lambda: _demote(agent))

    try:
        assert theirs.ask("chat:claim", {"chat": chat})["error"] == "not_allowed"
    except NoAnswer:
        assert theirs.ears.gone, "the watch was quicker"
    assert people.desk.inside(lambda: db.session.get_one(Chat, chat).state) == "waiting"


def _waiting_with_agent(people: People) -> tuple[Person, Client, int]:
    people.agent()
    return people.waiting()
