"""What is told to whom, and that it is told once: places in the queue, who is available, how far a chat is."""

from datetime import UTC, datetime, timedelta

import gevent
import pytest
from flask import Flask
from sqlalchemy import event

from helpdesk.accounts.person import Person
from helpdesk.chat import messages, places, service
from helpdesk.chat.heads import Heads
from helpdesk.chat.models import Chat
from helpdesk.chat.places import Places
from helpdesk.chat.watch import Watch
from helpdesk.database import now
from helpdesk.extensions import db
from tests import builders
from tests.chat.talking import Page, SignIn, chat_of, nobody_is_left
from tests.conftest import Make

__all__ = ["nobody_is_left"]


@pytest.fixture
def app(either: Flask) -> Flask:
    return either


class Queue:
    """Three members who wait, each with a page, and an agent who takes chats, with one too."""

    def __init__(self, app: Flask, make: Make, as_person: SignIn) -> None:
        self.app, self.make = app, make
        self.members = [make.member() for _ in range(3)]
        self.agent = make.agent()
        self.available(self.agent, True)
        self.chats = [make.look(lambda one=one: chat_of(one).id) for one in self.members]
        self.pages = [Page(app, as_person(one)) for one in self.members]
        self.desk = Page(app, as_person(self.agent))
        self.told()

    def available(self, agent: Person, yes: bool) -> None:
        def say() -> None:
            service.set_available(agent, yes, at=now())
            db.session.commit()

        self.make.look(say)

    def do(self, verb: object, chat: int, by: Person) -> None:
        def done() -> None:
            verb(db.session.get_one(Chat, chat), by=by, at=now())
            db.session.commit()

        self.make.look(done)

    def told(self, at: datetime | None = None) -> list[list[tuple[str, object]]]:
        """What each page has been told, the desk's last, once the places have been told."""
        known: Places = self.app.extensions["places"]
        self.make.look(lambda: known.tell(at=at or now()))
        return [page.told() for page in (*self.pages, self.desk)]


@pytest.fixture
def queue(app: Flask, make: Make, as_person: SignIn) -> Queue:
    return Queue(app, make, as_person)


def test_everybody_behind_a_chat_that_is_accepted_moves_up_and_nobody_else_hears_of_it(queue: Queue) -> None:
    queue.do(service.claim, queue.chats[1], by=queue.agent)

    first, second, third, desk = queue.told()

    assert [event for event, _ in second] == ["chat:claimed"]
    [(event, facts)] = third
    assert event == "queue:moved"
    assert {**facts, "wait_s": None} == {"chat": queue.chats[2], "place": 2, "ahead": 1, "wait_s": None}
    assert [{**facts, "wait_s": None} for _, facts in first] == [
        {"chat": queue.chats[0], "place": 1, "ahead": 0, "wait_s": None}
    ], "of the first only the waiting time is known better"
    assert desk[1:] == [("queue:changed", {})]


def test_nobody_is_told_what_they_know(queue: Queue) -> None:
    assert queue.told() == [[], [], [], []]


def test_who_has_left_is_told_no_place(queue: Queue) -> None:
    queue.do(service.leave, queue.chats[0], by=queue.members[0])

    first, second, third, desk = queue.told()

    assert [event for event, _ in first] == ["chat:changed"]
    assert [facts["place"] for _, facts in second + third] == [1, 2]
    assert desk == [("queue:changed", {})]


def test_when_the_last_agent_goes_away_everybody_who_waits_is_told(queue: Queue, make: Make) -> None:
    colleague = make.agent()
    queue.available(colleague, True)
    assert queue.told()[0] == [("presence:changed", {"agents": 2})]

    queue.available(colleague, False)
    queue.available(queue.agent, False)

    assert queue.told() == [
        *[[("presence:changed", {"agents": 0})]] * 3, [("queue:changed", {}), ("presence:changed", {"agents": 0})]
    ]  # fmt: skip


@pytest.mark.parametrize("settings", [{"chat_hours": "mon-fri 09:00-17:30 Europe/Paris"}])
def test_when_the_hours_end_everybody_who_waits_is_told(queue: Queue) -> None:
    monday = datetime(2030, 3, 4, 16, 29, 59, tzinfo=UTC)

    def be_there(at: datetime) -> None:
        queue.make.look(lambda: (service.set_available(queue.agent, True, at=at), db.session.commit()))

    be_there(monday)
    assert ("presence:changed", {"agents": 1}) in queue.told(monday)[0]

    assert queue.told(monday + timedelta(seconds=2))[:3] == [[("presence:changed", {"agents": 0})]] * 3


def test_who_chats_or_has_nothing_to_do_with_it_hears_nothing_of_the_queue(
    queue: Queue, make: Make, as_person: SignIn
) -> None:
    idle = Page(queue.app, as_person(make.member()))
    queue.do(service.claim, queue.chats[0], by=queue.agent)
    queue.told()

    queue.available(queue.agent, False)
    queue.do(service.leave, queue.chats[1], by=queue.members[1])
    first, *_ = queue.told()

    assert idle.told() == []
    assert "presence:changed" in [event for event, _ in first], "their agent has gone: they wait again"


def test_the_round_of_the_watch_sees_what_another_process_has_changed(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "GATHERED_S", 0)
    watch = Watch(queue.app, began=now())
    watch.go_round(at=now())
    gevent.sleep(0.05)
    queue.told()

    def elsewhere() -> None:
        db.session.execute(db.update(Chat).where(Chat.id == queue.chats[0]).values(state="left"))
        db.session.commit()

    queue.make.look(elsewhere)
    watch.go_round(at=now())
    gevent.sleep(0.05)

    assert [page.told("queue:moved")[0][1]["place"] for page in queue.pages[1:]] == [1, 2]
    assert queue.desk.told() == [("queue:changed", {})]


def test_a_page_that_has_just_come_is_told_where_it_stands(
    queue: Queue, as_person: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "GATHERED_S", 0)
    watch = Watch(queue.app, began=now())
    watch.go_round(at=now())
    gevent.sleep(0.05)
    queue.told()

    again = Page(queue.app, as_person(queue.members[2]))
    watch.go_round(at=now())
    gevent.sleep(0.05)

    assert again.told("queue:moved")[0][1]["place"] == 3
    assert queue.pages[0].told() == []


def test_a_change_costs_the_same_queries_however_many_wait(queue: Queue) -> None:
    asked: list[str] = []
    with queue.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    queue.do(service.leave, queue.chats[0], by=queue.members[0])
    asked.clear()

    queue.told()

    assert len([sql for sql in asked if sql.startswith("SELECT")]) == 3, asked


def test_heads_are_told_to_those_whose_chat_has_grown(queue: Queue) -> None:
    heads = Heads(queue.app)
    heads._every = 0.0

    def say(chat: int, by: Person) -> None:
        messages.store(chat, "Hello", author_id=by.id, client_id=builders.token(), at=now())
        db.session.commit()

    queue.make.look(heads.tell)
    assert [len(page.told("chat:head")) for page in (*queue.pages, queue.desk)] == [1, 1, 1, 0]
    queue.make.look(lambda: say(queue.chats[0], queue.members[0]))
    queue.make.look(heads.tell)
    queue.make.look(heads.tell)

    assert [page.told("chat:head") for page in (*queue.pages, queue.desk)] == [
        [("chat:head", {"chat": queue.chats[0], "head": 2})], [], [], []
    ]  # fmt: skip


def test_the_last_head_of_a_chat_that_has_ended_is_told_too(queue: Queue) -> None:
    heads = Heads(queue.app)
    heads._every = 0.0
    queue.do(service.claim, queue.chats[0], by=queue.agent)
    queue.make.look(heads.tell)
    queue.told()

    queue.do(service.end, queue.chats[0], by=queue.agent)
    queue.make.look(heads.tell)

    told = [("chat:head", {"chat": queue.chats[0], "head": 3})]
    assert (queue.pages[0].told("chat:head"), queue.desk.told("chat:head")) == (told, told)


def test_one_process_alone_tells_heads_seldom_and_several_at_every_round(app: Flask) -> None:
    every = Heads(app)._every

    assert every == (0.0 if app.config["HELPDESK"].database_url else 20.0)
