"""What is said through a socket, on both databases: stored once, in order, by the same rules as everywhere."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import gevent
import pytest
from flask import Flask
from sqlalchemy import delete, event, func, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from helpdesk.accounts import sessions
from helpdesk.accounts.models import User, UserSession
from helpdesk.accounts.person import Person
from helpdesk.chat import messages, queries, service
from helpdesk.chat.messages import Stored
from helpdesk.chat.models import Chat, ChatMessage
from helpdesk.chat.wishes import Wish
from helpdesk.database import intend_to_read, intend_to_write, now
from helpdesk.extensions import db
from helpdesk.refusals import Invalid, NotAllowed, NotFound, NotSignedIn, Refusal, WrongState
from tests import builders


@contextmanager
def writing() -> Iterator[None]:
    """A write transaction of the test's own, which is over when the messages are said."""
    db.session.rollback()
    intend_to_write()
    yield
    db.session.commit()
    db.session.remove()
    intend_to_read()


def signed_in(person: Person) -> Person:
    with writing():
        return sessions.start(db.session.get_one(User, person.id), browser="", at=now())


def open_chat(member: Person) -> int:
    """A chat in the queue, with its question as message 1."""
    with writing():
        return service.begin(
            name=member.name, member_ref="", email=member.email, question="My page stays blank.",
            client_id=builders.token(), by=member, at=now(),
        ).id  # fmt: skip


def welcome(person: Person) -> None:
    """A gate that lets everybody in."""


def wish(chat: int, body: str, by: Person, client_id: str = "", admit: Callable[[Person], None] = welcome) -> Wish:
    return Wish(chat, client_id or str(uuid.uuid4()), body, by, admit)


def at_once(app: Flask, wishes: list[Wish]) -> list[Stored | Exception]:
    """What comes of these when all are said at the same moment: by greenlets of one process, or by several threads."""

    def say(one: Wish) -> Stored | Exception:
        with app.app_context():
            try:
                return app.extensions["saying"].say(one)
            except Exception as fault:
                return fault

    if db.engine.dialect.name == "sqlite":
        return [greenlet.get() for greenlet in gevent.joinall([gevent.spawn(say, one) for one in wishes])]
    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(say, wishes))


def said(app: Flask, one: Wish) -> Stored:
    return app.extensions["saying"].say(one)


def bodies(chat: int) -> list[str]:
    rows = messages.after(chat, 1)
    assert [row.seq for row in rows] == list(range(2, len(rows) + 2)), "in order, none missing, none twice"
    assert db.session.scalar(select(Chat.last_seq).where(Chat.id == chat)) == len(rows) + 1
    db.session.remove()
    return [row.body for row in rows]


@pytest.fixture(autouse=True)
def nobody_is_told_of_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """That happens a moment later, when these tests have ended."""
    monkeypatch.setattr(service.queue_changed, "_listeners", [])


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """What is told, and whether it could be read from the database by then."""
    heard: list[dict[str, object]] = []

    def hear(**facts: object) -> None:
        with db.engine.connect() as other:
            same = select(ChatMessage.seq).where(ChatMessage.client_id == facts["client_id"])
            heard.append({**facts, "committed": other.scalar(same) == facts["seq"]})

    monkeypatch.setattr(service.message_said, "_listeners", [hear])
    return heard


def test_a_message_is_committed_before_anybody_is_told(on_both: Flask, told: list[dict[str, object]]) -> None:
    member = signed_in(builders.member(name="Ana"))
    chat = open_chat(member)

    stored = said(on_both, wish(chat, "Firefox", member))

    assert (stored.seq, stored.repeated, bodies(chat)) == (2, False, ["Firefox"])
    assert [(one["seq"], one["author"], one["to"], one["committed"]) for one in told] == [(2, "Ana", [member.id], True)]


def test_many_who_speak_at_once_all_get_a_place_of_their_own(on_both: Flask, told: list[dict[str, object]]) -> None:
    members = [signed_in(builders.member()) for _ in range(4)]
    chats = [open_chat(member) for member in members]

    wishes = [wish(chat, f"{number}", by) for number in range(8) for chat, by in zip(chats, members, strict=True)]
    answers = at_once(on_both, wishes)

    for chat in chats:
        own = [(one.body, answer.seq) for one, answer in zip(wishes, answers, strict=True) if one.chat_id == chat]
        assert bodies(chat) == [body for body, seq in sorted(own, key=lambda pair: pair[1])]
    assert len(told) == 32 and all(one["committed"] for one in told)


def test_in_one_process_the_order_is_that_in_which_they_spoke(app_context: Flask) -> None:
    member = signed_in(builders.member())
    chat = open_chat(member)

    answers = at_once(app_context, [wish(chat, f"{number}", member) for number in range(10)])

    assert [answer.seq for answer in answers] == list(range(2, 12))
    assert bodies(chat) == [f"{number}" for number in range(10)]


def test_the_same_message_sent_many_times_at_once_is_one(on_both: Flask, told: list[dict[str, object]]) -> None:
    member = signed_in(builders.member())
    chat = open_chat(member)

    answers = at_once(on_both, [wish(chat, "Firefox", member, "0123456789ab") for _ in range(8)])
    later = said(on_both, wish(chat, "Firefox", member, "0123456789ab"))

    assert {(answer.seq, answer.at) for answer in [*answers, later]} == {(2, later.at)}
    assert sum(not answer.repeated for answer in answers) == 1
    assert (bodies(chat), len(told)) == (["Firefox"], 1)


def test_by_form_and_by_socket_it_is_the_same_message(on_both: Flask) -> None:
    member = signed_in(builders.member())
    chat = open_chat(member)
    first = said(on_both, wish(chat, "Firefox", member, "0123456789ab"))

    with writing():
        row = db.session.get_one(Chat, chat)
        again = service.say(row, "Firefox", client_id="0123456789ab", by=member, at=now())

    assert (again.seq, again.at, again.repeated) == (first.seq, first.at, True)
    assert bodies(chat) == ["Firefox"]


def test_a_client_id_of_the_other_side_is_refused_and_never_answered_as_stored(on_both: Flask) -> None:
    member, agent = signed_in(builders.member()), signed_in(builders.agent())
    chat = open_chat(member)
    with writing():
        service.claim(db.session.get_one(Chat, chat), by=agent, at=now())
    said(on_both, wish(chat, "Firefox", member, "0123456789ab"))

    with pytest.raises(Invalid):
        said(on_both, wish(chat, "Which browser?", agent, "0123456789ab"))
    with pytest.raises(Invalid), writing():
        service.say(db.session.get_one(Chat, chat), "Which?", client_id="0123456789ab", by=agent, at=now())
    assert bodies(chat) == ["claim", "Firefox"]


def test_what_was_stored_is_answered_so_even_when_the_chat_is_over(on_both: Flask) -> None:
    member, agent = signed_in(builders.member()), signed_in(builders.agent())
    chat = open_chat(member)
    first = said(on_both, wish(chat, "Firefox", member, "0123456789ab"))
    with writing():
        row = db.session.get_one(Chat, chat)
        service.claim(row, by=agent, at=now())
        service.end(row, by=agent, at=now())

    again = said(on_both, wish(chat, "Firefox", member, "0123456789ab"))

    assert (again.seq, again.at) == (first.seq, first.at)
    with pytest.raises(WrongState):
        said(on_both, wish(chat, "Hello?", member))


def test_what_may_not_be_said_is_not_stored(on_both: Flask) -> None:
    member, agent = signed_in(builders.member()), signed_in(builders.agent())
    other, stranger = signed_in(builders.agent()), signed_in(builders.member())
    chat = open_chat(member)
    with writing():
        service.claim(db.session.get_one(Chat, chat), by=agent, at=now())

    for one, refusal in (
        (wish(chat, "", member), Invalid),
        (wish(chat, "x" * (service.BODY_SIGNS + 1), member), Invalid),
        (wish(chat, "Hello", other), WrongState),
        (wish(chat, "Hello", stranger), NotFound),
        (wish(chat + 1, "Hello", member), NotFound),
        (wish(chat, "Hello", member, admit=refuse), NotAllowed),
    ):
        with pytest.raises(refusal):
            said(on_both, one)
    said(on_both, wish(chat, "Hello", agent))

    assert [body for body in bodies(chat) if body != "claim"] == ["Hello"]


def refuse(person: Person) -> None:
    raise NotAllowed()


def end_session(person: Person) -> None:
    db.session.execute(delete(UserSession).where(UserSession.id == person.session_id))


def let_session_grow_old(person: Person) -> None:
    old = now() - sessions.IDLE[person.role]
    db.session.execute(update(UserSession).where(UserSession.id == person.session_id).values(seen_at=old))


def let_session_run_out(person: Person) -> None:
    ended = now() - timedelta(seconds=1)
    db.session.execute(update(UserSession).where(UserSession.id == person.session_id).values(ends_at=ended))


def disable(person: Person) -> None:
    db.session.execute(update(User).where(User.id == person.id).values(disabled_at=now()))


def give_session_to_another(person: Person) -> None:
    another = db.session.scalar(select(func.max(User.id)))
    db.session.execute(update(UserSession).where(UserSession.id == person.session_id).values(user_id=another))


@pytest.mark.parametrize(
    "change", [end_session, let_session_grow_old, let_session_run_out, disable, give_session_to_another]
)
def test_who_is_no_longer_signed_in_says_nothing(on_both: Flask, change: Callable[[Person], None]) -> None:
    member = signed_in(builders.member())
    chat = open_chat(member)
    said(on_both, wish(chat, "Still here", member))
    builders.member()
    with writing():
        change(member)

    with pytest.raises(NotSignedIn):
        said(on_both, wish(chat, "Gone", member))
    assert bodies(chat) == ["Still here"]


def test_the_gate_sees_the_person_as_they_are_now(on_both: Flask) -> None:
    member = signed_in(builders.member(rank="Gold"))
    chat = open_chat(member)
    with writing():
        db.session.execute(update(User).where(User.id == member.id).values(rank="Manager", name="New Name"))
    seen: list[Person] = []

    said(on_both, wish(chat, "Hello", member, admit=seen.append))

    assert [(person.rank, person.name, person.session_id) for person in seen] == [
        ("Manager", "New Name", member.session_id)
    ]


def test_a_message_that_cannot_be_stored_takes_no_other_with_it(on_both: Flask, told: list[dict[str, object]]) -> None:
    members = [signed_in(builders.member()) for _ in range(3)]
    chats = [open_chat(member) for member in members]
    broken, refused = wish(chats[1], "\ud800", members[1]), wish(chats[2], "", members[2])
    wishes = [wish(chats[0], "Before", members[0]), broken, refused, wish(chats[0], "After", members[0])]

    before, fault, refusal, after = at_once(on_both, wishes)

    assert isinstance(fault, UnicodeEncodeError) and isinstance(refusal, Invalid)
    assert {before.seq, after.seq} == {2, 3} and sorted(bodies(chats[0])) == ["After", "Before"]
    assert (bodies(chats[1]), bodies(chats[2]), len(told)) == ([], [], 2)


def test_nothing_is_answered_or_told_that_is_not_committed(on_both: Flask, told: list[dict[str, object]]) -> None:
    member = signed_in(builders.member())
    chat = open_chat(member)
    failures = []

    def fail(connection: Connection) -> None:
        failures.append(connection)
        raise OperationalError("COMMIT", None, OSError("the disk is full"))

    wishes = [wish(chat, f"{number}", member) for number in range(3)]
    event.listen(db.engine, "commit", fail)
    answers = at_once(on_both, wishes)
    event.remove(db.engine, "commit", fail)

    assert failures and all(isinstance(answer, OperationalError) for answer in answers)
    assert (bodies(chat), told) == ([], [])
    again = at_once(on_both, wishes)
    assert not any(isinstance(answer, Exception) or answer.repeated for answer in again)
    assert sorted(bodies(chat)) == ["0", "1", "2"] and len(told) == 3


def test_what_is_stored_is_answered_so_even_when_nobody_can_be_told(
    on_both: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    member = signed_in(builders.member())
    chat = open_chat(member)

    def fail(**facts: object) -> None:
        raise OSError("nobody listens")

    monkeypatch.setattr(service.message_said, "_listeners", [fail])
    answers = at_once(on_both, [wish(chat, f"{number}", member) for number in range(2)])

    assert sorted(answer.seq for answer in answers) == [2, 3] and sorted(bodies(chat)) == ["0", "1"]
    assert [record.message for record in caplog.records].count("a message was stored, and not told") == 2


def test_messages_that_wait_together_share_one_commit(app_context: Flask) -> None:
    member = signed_in(builders.member())
    chat = open_chat(member)
    commits = []

    def count(connection: Connection) -> None:
        commits.append(connection)

    event.listen(db.engine, "commit", count)
    at_once(app_context, [wish(chat, f"{number}", member) for number in range(10)])
    event.remove(db.engine, "commit", count)

    assert len(commits) == 1


def test_the_language_is_looked_for_in_the_first_messages(on_both: Flask) -> None:
    member = signed_in(builders.member())
    chat = open_chat(member)

    said(on_both, wish(chat, "Bonjour, ma commande ne passe pas depuis ce matin.", member))
    said(on_both, wish(chat, "Sorry, jag menar att jag inte kan bearbeta beställningen", member))

    assert db.session.scalar(select(Chat.language).where(Chat.id == chat)) == "fr"


def test_a_socket_meets_the_same_refusals_as_a_page(on_both: Flask) -> None:
    member = signed_in(builders.member())
    chat = open_chat(member)
    row = queries.visible_chat(member, chat)
    for body in ("", "x" * (service.BODY_SIGNS + 1)):
        with pytest.raises(Refusal) as by_page:
            service.say(row, body, client_id=builders.token(), by=member, at=now())
        db.session.rollback()
        with pytest.raises(Refusal) as by_socket:
            said(on_both, wish(chat, body, member))
        assert (by_page.value.code, by_page.value.params) == (by_socket.value.code, by_socket.value.params)
