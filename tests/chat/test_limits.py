"""How much one person may do at their sockets, however many of them they have open."""

import gevent
import pytest
from flask import Flask

from helpdesk import connections, pace
from helpdesk.chat import paces
from tests import builders
from tests.chat.talking import Page, SignIn, Talk, nobody_is_left, talk
from tests.conftest import Make

__all__ = ["nobody_is_left", "talk"]


@pytest.fixture(autouse=True)
def time_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, nothing of a window passes."""
    monkeypatch.setattr(pace.time, "monotonic", lambda: 1000.0)


def test_a_member_says_so_much_and_then_hears_when_to_go_on(talk: Talk) -> None:
    answers = [talk.says(talk.theirs, str(number)) for number in range(paces.SAY.members + 1)]

    assert [answer["ok"] for answer in answers] == [True] * paces.SAY.members + [False]
    assert answers[-1] == {"ok": False, "error": "chat_too_fast", "seconds": 10}
    assert len(talk.bodies()) == 1 + paces.SAY.members
    assert talk.theirs.is_open


def test_typing_and_catching_up_do_not_eat_what_may_be_said(talk: Talk) -> None:
    for event, kind in (("typing:start", paces.TYPING), ("chat:catch_up", paces.CATCH_UP), ("no:such", paces.UNKNOWN)):
        for _ in range(kind.members):
            assert talk.theirs.ask(event, {"chat": talk.chat}).get("error") != "chat_too_fast", event
        assert talk.theirs.ask(event, {"chat": talk.chat})["error"] == "chat_too_fast", event

    assert talk.says(talk.theirs, "Still heard")["ok"]


def test_two_pages_and_a_form_of_one_person_count_together(talk: Talk) -> None:
    other = Page(talk.app, talk.theirs.browser)
    for number in range(paces.SAY.members - 1):
        assert talk.says(other if number % 2 else talk.theirs, str(number))["ok"]

    form = {"body": "By a form", "client_id": builders.token()}
    first, second = (talk.theirs.browser.post(f"/chat/{talk.chat}/messages", data=form) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 422)
    assert "too quickly" in second.text
    assert talk.says(other, "By the socket")["error"] == "chat_too_fast"
    assert talk.bodies()[-1] == "By a form"


def test_an_agent_has_several_chats_and_may_say_more(talk: Talk) -> None:
    talk.claimed()

    answers = [talk.says(talk.ours, str(number))["ok"] for number in range(paces.SAY.team + 1)]

    assert answers == [True] * paces.SAY.team + [False]
    assert talk.says(talk.theirs, "The member is not meant")["ok"]


def test_who_goes_on_and_on_is_cut(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(paces.SAY.members):
        talk.says(talk.theirs, "Flood")
    refused = 0
    while talk.theirs.is_open and refused < 1000:
        answer = talk.says(talk.theirs, "Flood")
        assert answer["error"] == "chat_too_fast"
        refused += 1

    assert refused == 201


def test_connecting_again_and_again_is_refused_after_a_while(app: Flask, make: Make, as_person: SignIn) -> None:
    browser, other = as_person(make.member()), as_person(make.member())

    pages = [Page(app, browser) for _ in range(paces.CONNECT.members + 1)]

    assert not pages[-1].socket.is_connected()
    assert pages[-2].socket.is_connected()
    assert Page(app, other).is_open


def test_with_too_many_pages_the_oldest_has_to_go(app: Flask, make: Make, as_person: SignIn) -> None:
    member = make.member()
    browser = as_person(member)

    pages = [Page(app, browser) for _ in range(connections.MOST_A_PERSON + 2)]
    gevent.sleep(0)

    assert [page.is_open for page in pages] == [False] * 2 + [True] * connections.MOST_A_PERSON
    assert connections.is_here(member.id)
    assert connections.take_left() == set()
