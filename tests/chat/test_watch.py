"""The rounds of the watch, on both databases, at moments that the test names."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from helpdesk import connections
from helpdesk.accounts import sessions
from helpdesk.accounts.models import User, UserSession
from helpdesk.accounts.person import Person
from helpdesk.chat import presence, queries, service
from helpdesk.chat import watch as watching
from helpdesk.chat.models import AgentPresence, Chat
from helpdesk.chat.watch import Watch
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.site import kept
from tests import builders
from tests.chat.talking import Page, SignIn, chat_of, nobody_is_left
from tests.conftest import Make

__all__ = ["nobody_is_left"]
START = now()


def after(**time: float) -> datetime:
    return START + timedelta(**time)


@pytest.fixture
def app(either: Flask) -> Flask:
    return either


@pytest.fixture
def watch(app: Flask) -> Watch:
    """A watch that began an hour ago."""
    return Watch(app, began=after(hours=-1))


class World:
    """A member in the queue who was seen at START, and an agent who takes chats."""

    def __init__(self, app: Flask, make: Make) -> None:
        self.app, self.make = app, make
        self.member, self.agent = make.member(), make.agent()
        self.chat = make.look(lambda: chat_of(self.member).id)
        make.look(self._set)

    def _set(self) -> None:
        service.set_available(self.agent, True, at=START)
        db.session.execute(update(Chat).values(seen_at=START))
        db.session.commit()

    def claim(self) -> "World":
        def claim() -> None:
            service.claim(db.session.get_one(Chat, self.chat), by=self.agent, at=START)
            db.session.commit()

        self.make.look(claim)
        return self

    def row(self) -> Chat:
        return self.make.look(lambda: db.session.get_one(Chat, self.chat))

    def presence(self) -> AgentPresence:
        return self.make.look(lambda: db.session.get_one(AgentPresence, self.agent.id))

    def available(self, at: datetime) -> int:
        return self.make.look(lambda: presence.available(at=at))


@pytest.fixture
def world(app: Flask, make: Make) -> World:
    return World(app, make)


# --- Sessions ---------------------------------------------------------------------------------------------------------


def end_session(person: Person) -> None:
    db.session.execute(update(UserSession).where(UserSession.user_id == person.id).values(ends_at=START))


def disable(person: Person) -> None:
    db.session.execute(update(User).where(User.id == person.id).values(disabled_at=START))


def lower(person: Person) -> None:
    db.session.execute(update(User).where(User.id == person.id).values(rank="Premier"))


def leave_unused(person: Person) -> None:
    seen_at = now() - sessions.IDLE[person.role]
    db.session.execute(update(UserSession).where(UserSession.user_id == person.id).values(seen_at=seen_at))


def give_away(person: Person) -> None:
    """Signs the person out, and somebody else in whose session is given the same number."""
    row = db.session.scalars(select(UserSession).where(UserSession.user_id == person.id)).one()
    row.user_id = builders.member().id


@pytest.mark.parametrize("change", [end_session, disable, lower, leave_unused, give_away])
def test_a_socket_whose_session_is_over_is_cut_without_any_event(
    app: Flask, make: Make, as_person: SignIn, watch: Watch, change: object
) -> None:
    member, other = make.member(), make.member()
    page, stays = Page(app, as_person(member)), Page(app, as_person(other))
    watch.go_round(at=now())
    assert page.is_open

    def write() -> None:
        change(member)
        db.session.commit()

    make.look(write)
    watch.go_round(at=now())

    assert not page.is_open
    assert stays.is_open
    assert not connections.is_here(member.id)


# --- Members in the queue ---------------------------------------------------------------------------------------------


def test_who_is_away_for_two_minutes_has_left_and_can_come_back(world: World, watch: Watch) -> None:
    watch.go_round(at=after(seconds=119))
    assert world.row().state == "waiting"

    watch.go_round(at=after(seconds=121))
    assert world.row().state == "left"

    def resume() -> str:
        chat = db.session.get_one(Chat, world.chat)
        service.resume(chat, by=world.member, at=after(seconds=130))
        db.session.commit()
        return chat.state

    assert world.make.look(resume) == "waiting"
    watch.go_round(at=after(seconds=140))
    assert world.row().state == "waiting"


def test_who_has_a_page_open_is_there_and_that_is_written_seldom(world: World, watch: Watch, as_person: SignIn) -> None:
    page = Page(world.app, as_person(world.member))
    seen = []
    for second in range(4, 300, 4):
        watch.go_round(at=after(seconds=second))
        seen.append(world.row().seen_at)

    assert world.row().state == "waiting"
    assert page.is_open
    written = sorted(set(seen))
    assert all(later - earlier >= presence.SEEN_EVERY for earlier, later in pairwise(written))
    assert written[-1] > after(seconds=280)


def test_the_two_minutes_begin_when_the_page_is_closed(world: World, watch: Watch, as_person: SignIn) -> None:
    page = Page(world.app, as_person(world.member))
    watch.go_round(at=after(seconds=16))
    page.socket.disconnect()

    watch.go_round(at=after(seconds=28))
    watch.go_round(at=after(seconds=147))
    assert world.row().state == "waiting"
    watch.go_round(at=after(seconds=149))
    assert world.row().state == "left"


def test_another_process_does_not_count_people_of_this_one_as_gone(
    world: World, watch: Watch, as_person: SignIn
) -> None:
    """Two watches on one database; the member's page is at the first one."""
    other = Watch(world.app, began=after(hours=-1))
    page = Page(world.app, as_person(world.member))
    for second in range(4, 400, 4):
        watch.go_round(at=after(seconds=second))
        elsewhere = connections.open_now()
        for sid in elsewhere:
            connections.gone(sid)
        connections.take_left()
        other.go_round(at=after(seconds=second + 2))
        for sid, person in elsewhere.items():
            connections.arrived(sid, person)

    assert page.socket.is_connected()
    assert world.row().state == "waiting"


def test_a_server_that_was_away_throws_nobody_out_of_the_queue(world: World) -> None:
    began = after(minutes=30)
    started = Watch(world.app, began=began)

    started.go_round(at=began + timedelta(seconds=4))
    started.go_round(at=began + timedelta(seconds=119))
    assert world.row().state == "waiting"

    started.go_round(at=began + timedelta(seconds=121))
    assert world.row().state == "left"


# --- Agents -----------------------------------------------------------------------------------------------------------


def test_chats_of_an_agent_who_is_gone_go_to_the_front(world: World, watch: Watch, make: Make) -> None:
    world.claim()
    later = make.look(lambda: chat_of(make.member()).id)

    watch.go_round(at=after(seconds=59))
    assert world.row().state == "active"
    watch.go_round(at=after(seconds=61))

    assert (world.row().state, world.row().agent_id) == ("waiting", None)
    assert make.look(lambda: [row.id for row in queries.waiting()]) == [world.chat, later]
    watch.go_round(at=after(seconds=65))
    assert world.row().state == "waiting", "the member was not looked for while there was an agent"


def test_an_agent_with_an_open_page_keeps_their_chats(world: World, watch: Watch, as_person: SignIn) -> None:
    world.claim()
    page = Page(world.app, as_person(world.agent))
    for second in range(4, 200, 4):
        watch.go_round(at=after(seconds=second))

    assert page.is_open
    assert world.row().state == "active"
    assert world.available(after(seconds=200)) == 1


def test_an_agent_who_closes_the_last_page_is_not_promised_to_anybody(
    world: World, watch: Watch, as_person: SignIn
) -> None:
    browser = as_person(world.agent)
    page = Page(world.app, browser)
    world.claim()
    watch.go_round(at=after(seconds=16))
    page.socket.disconnect()
    watch.go_round(at=after(seconds=20))
    assert world.available(after(seconds=24)) == 1, "a page that loads anew is closed for a moment"

    watch.go_round(at=after(seconds=26))
    assert world.available(after(seconds=26)) == 0
    assert world.row().state == "active"

    again = Page(world.app, browser)
    watch.go_round(at=after(seconds=30))
    assert again.is_open
    assert world.available(after(seconds=30)) == 1


def test_an_agent_whose_server_was_away_keeps_their_chats_for_a_while(world: World) -> None:
    world.claim()
    began = after(minutes=30)
    started = Watch(world.app, began=began)

    started.go_round(at=began + timedelta(seconds=59))
    assert world.row().state == "active"
    started.go_round(at=began + timedelta(seconds=61))
    assert world.row().state == "waiting"


def test_who_comes_back_the_next_day_has_to_say_again_that_they_take_chats(
    world: World, watch: Watch, as_person: SignIn
) -> None:
    watch.go_round(at=after(minutes=14))
    assert world.presence().available is True
    watch.go_round(at=after(minutes=16))

    assert world.presence().available is False
    page = Page(world.app, as_person(world.agent))
    watch.go_round(at=after(minutes=17))
    assert page.is_open
    assert world.available(after(minutes=17)) == 0


# --- What it costs ----------------------------------------------------------------------------------------------------


def statements(app: Flask, watch: Watch, at: datetime) -> list[str]:
    """The SQL of one round."""
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement.split()[0].upper() if not statement.startswith("BEGIN") else statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        watch.go_round(at=at)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return asked


@pytest.fixture(autouse=True)
def read_already(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the site has decided is read every few seconds, which are over sooner on a slow machine."""
    monkeypatch.setattr(kept, "FRESH_SECONDS", 3600.0)


def test_a_round_with_nothing_to_write_writes_nothing(world: World, watch: Watch, as_person: SignIn) -> None:
    pages = [Page(world.app, as_person(person)) for person in (world.member, world.agent)]
    watch.go_round(at=after(seconds=16))

    asked = statements(world.app, watch, after(seconds=20))

    assert {sql for sql in asked if not sql.startswith("BEGIN")} == {"SELECT"}, asked
    assert "BEGIN IMMEDIATE" not in asked
    assert len([sql for sql in asked if sql == "SELECT"]) <= 8
    assert all(page.is_open for page in pages)


def test_two_hundred_who_wait_cost_no_more_queries_than_one(
    world: World, watch: Watch, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.go_round(at=after(seconds=4))
    few = statements(world.app, watch, after(seconds=8))
    people = [world.member, *make.look(two_hundred_wait)]

    assert len(statements(world.app, watch, after(seconds=12))) == len(few)

    monkeypatch.setattr(watching, "cut_ended", lambda at: None)  # nobody of them has signed in
    for person in people:
        connections.arrived(f"socket of {person.id}", person)
    asked = statements(world.app, watch, after(seconds=16))
    assert asked.count("UPDATE") == 1, "all are seen at once"
    assert len([sql for sql in asked if sql == "SELECT"]) <= len([sql for sql in few if sql == "SELECT"]) + 1


def two_hundred_wait() -> list[Person]:
    people = [builders.member() for _ in range(200)]
    rows = [
        {
            "member_id": person.id, "name": "Kim", "email": "kim@example.org", "state": "waiting", "place": 100 + place,
            "began_at": START, "seen_at": START, "member_ref": "", "last_seq": 0, "ahead": 0, "agent_read_seq": 0,
            "rating_comment": "",
        }
        for place, person in enumerate(people)
    ]  # fmt: skip
    db.session.execute(Chat.__table__.insert(), rows)
    db.session.commit()
    return people
