"""The checker itself: whatever may be wrong with a conversation, it says so."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from helpdesk.accounts.person import Person
from helpdesk.ranks import Role
from tests.faults.checker import compare
from tests.faults.facts import Badge, Stored
from tests.faults.talker import Talker

CHAT = 7


class Conversation:
    """Three texts of a member, seen by both sides and stored."""

    def __init__(self) -> None:
        self.member, self.agent = _side(1, Role.MEMBER), _side(2, Role.AGENT)
        for number in range(1, 4):
            self.member.type(f"#{number}")
            self.member.typed[-1].seq = number
        self.stored = [Stored(letter.seq or 0, letter.client_id, letter.body) for letter in self.member.typed]
        self.member.shown, self.agent.shown = list(self.stored), list(self.stored)

    def wrong(self) -> tuple[str, ...]:
        return compare({CHAT: self.stored}, [self.member, self.agent]).wrong


def _side(number: int, role: Role) -> Talker:
    person = Person(number, role.value, role.value, "", None, role, None, "en", None, "system")
    return Talker(0, Badge(person, "", "", ""), CHAT, random.Random(number))


def test_a_conversation_that_is_as_it_should_be_has_no_faults() -> None:
    assert Conversation().wrong() == ()


def _lose_an_acknowledged_text(told: Conversation) -> None:
    del told.stored[2], told.member.shown[2], told.agent.shown[2]


def _store_twice(told: Conversation) -> None:
    again = replace(told.stored[1], seq=4, client_id="another one")
    for messages in (told.stored, told.member.shown, told.agent.shown):
        messages.append(again)


def _leave_a_gap(told: Conversation) -> None:
    for messages in (told.stored, told.member.shown, told.agent.shown):
        messages[2] = replace(messages[2], seq=4)
    told.member.typed[2].seq = 4


def _change_a_text(told: Conversation) -> None:
    for messages in (told.stored, told.member.shown, told.agent.shown):
        messages[1] = replace(messages[1], body="#2 as nobody wrote it")


def _acknowledge_another_place(told: Conversation) -> None:
    told.member.typed[0].seq, told.member.typed[1].seq = 2, 1


def _turn_the_order(told: Conversation) -> None:
    told.member.typed.reverse()


def _see_too_little(told: Conversation) -> None:
    told.agent.shown.pop()


def _see_another_order(told: Conversation) -> None:
    told.agent.shown.reverse()


def _see_what_nobody_said(told: Conversation) -> None:
    told.agent.shown.append(Stored(4, "x", "#4"))


def _keep_in_the_outbox(told: Conversation) -> None:
    told.member.type("#4")


def _be_told_two_things(told: Conversation) -> None:
    told.agent._take({"seq": 2, "client_id": "x", "body": "#2 and another one"})


FAULTS = [
    _lose_an_acknowledged_text, _store_twice, _leave_a_gap, _change_a_text, _acknowledge_another_place,
    _turn_the_order, _see_too_little, _see_another_order, _see_what_nobody_said, _keep_in_the_outbox,
    _be_told_two_things,
]  # fmt: skip


@pytest.mark.parametrize("make", FAULTS, ids=lambda make: make.__name__.strip("_"))
def test_whatever_is_wrong_is_found(make: Callable[[Conversation], None]) -> None:
    told = Conversation()
    make(told)
    assert told.wrong()
