"""T28: twice at once is once, and whoever comes back is up to date."""

import threading
import time

from sqlalchemy import func, select

from helpdesk.accounts.person import Person
from helpdesk.chat.models import Chat
from helpdesk.extensions import db
from tests.chat.clients.people import People, token


def test_a_double_click_begins_one_chat(people: People) -> None:
    """T28: the same form ten times at the same moment."""
    people.agent()
    member = people.desk.make.member()
    answers = _at_once(people, member, [token()] * 10)

    assert answers == [303] * 10
    assert _chats(people, member) == 1
    people.remember(member)


def test_two_tabs_begin_one_chat(people: People) -> None:
    """T28: two forms of the same person, each sent by five hands."""
    people.agent()
    member = people.desk.make.member()
    answers = _at_once(people, member, [token() for _ in range(2)] * 5)

    assert answers == [303] * 10
    assert _chats(people, member) == 1
    people.remember(member)


def test_two_people_at_once_begin_two_chats(people: People) -> None:
    """T28: it is one chat a member, not one chat."""
    people.agent()
    members = [people.desk.make.member() for _ in range(2)]
    for member in members:
        assert _at_once(people, member, [token()]) == [303]
    assert [_chats(people, member) for member in members] == [1, 1]
    for member in members:
        people.remember(member)


def test_whoever_comes_back_is_up_to_date_within_two_seconds(people: People) -> None:
    """T28: an agent does not answer without having seen what a colleague has said meanwhile; nor does a member."""
    _own, theirs, chat = people.pair(member=("raw", "websocket"), agent=("raw", "websocket"))
    agent, member = people.last_agent, people.last_member
    shown = list(theirs.inbox.shown)
    theirs.cut()
    people.say_much(chat, 100)
    for person, seen in ((agent, shown), (member, shown)):
        begun = time.monotonic()
        back = people.client(person).show(chat, seen)
        back.ears.until(lambda back=back: back.inbox.head == len(shown) + 100)
        assert time.monotonic() - begun < 2.0


def _at_once(people: People, member: Person, client_ids: list[str]) -> list[int]:
    """The answers to forms that are sent as simultaneously as threads can."""
    web = people.web(member)
    web.get("/chat")
    answers: list[int] = []
    gate = threading.Barrier(len(client_ids))

    def click(client_id: str) -> None:
        facts = {"name": "Ben", "member_ref": "", "email": "ben@example.org", "question": "Once?"}
        gate.wait(20)
        answers.append(web.post("/chat", client_id=client_id, **facts)[0])

    clicks = [threading.Thread(target=click, args=(client_id,)) for client_id in client_ids]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join(30)
    return answers


def _chats(people: People, member: Person) -> int:
    count = select(func.count()).select_from(Chat).where(Chat.member_id == member.id)
    return int(people.desk.make.look(lambda: db.session.scalar(count)))  # type: ignore[call-overload]
