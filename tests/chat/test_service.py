"""What can be done to a chat, on both databases."""

from datetime import timedelta

import pytest
from flask import Flask

from helpdesk.accounts.person import Person
from helpdesk.chat import messages, queries, service
from helpdesk.chat.models import Chat
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.refusals import AlreadyTaken, Invalid, NotFound, WrongState
from tests import builders
from tests.together import at_once


def begin(member: Person, question: str = "My order page stays blank.") -> Chat:
    made = service.begin(
        name=member.name, member_ref="", email=member.email, question=question, client_id=builders.token(),
        by=member, at=now(),
    )  # fmt: skip
    db.session.commit()
    return made


def test_the_queue_is_in_the_order_in_which_people_came(on_both: Flask) -> None:
    chats = [begin(builders.member()) for _ in range(3)]

    assert [queries.ahead_of(chat) for chat in chats] == [0, 1, 2]
    assert [row.id for row in queries.waiting()] == [chat.id for chat in chats]


def test_somebody_who_asks_twice_is_in_the_queue_once_and_both_questions_are_kept(on_both: Flask) -> None:
    member = builders.member()
    chat = begin(member, "My order page stays blank.")

    assert begin(member, "Is anybody there?").id == chat.id
    assert [row.body for row in messages.after(chat.id, 0)] == ["My order page stays blank.", "Is anybody there?"]


def test_two_tabs_that_ask_at_the_same_moment_are_in_the_queue_once(on_both: Flask) -> None:
    member = builders.member()

    faults = at_once(on_both, *[lambda: begin(member)] * 4)

    db.session.rollback()
    assert faults == []
    assert [row.name for row in queries.waiting()] == [member.name]


def test_a_chat_that_was_left_cannot_be_taken_up_beside_another_one(on_both: Flask) -> None:
    member = builders.member()
    left = begin(member)
    service.leave(left, by=member, at=now())
    begin(member)

    with pytest.raises(WrongState):
        service.resume(left, by=member, at=now())


def test_the_same_message_sent_again_is_stored_once_and_answered_alike(on_both: Flask) -> None:
    member = builders.member()
    chat = begin(member)

    first = service.say(chat, "Firefox", client_id="0123456789ab", by=member, at=now())
    again = service.say(chat, "Firefox", client_id="0123456789ab", by=member, at=now())
    db.session.commit()

    assert (first.seq, again.seq, again.repeated) == (2, 2, True)
    assert [row.body for row in messages.after(chat.id, 1)] == ["Firefox"]


def test_exactly_one_agent_gets_the_chat_and_the_other_reads_who(on_both: Flask) -> None:
    chat, first, second = begin(builders.member()), builders.agent(name="Maja"), builders.agent()

    service.claim(chat, by=first, at=now())
    db.session.commit()

    with pytest.raises(AlreadyTaken) as refusal:
        service.claim(chat, by=second, at=now())
    assert refusal.value.params == {"agent": "Maja"}


def test_another_agent_cannot_speak_in_a_colleagues_chat(on_both: Flask) -> None:
    chat, own, other = begin(builders.member()), builders.agent(), builders.agent()
    service.claim(chat, by=own, at=now())

    service.say(chat, "Hello", client_id=builders.token(), by=own, at=now())
    with pytest.raises(WrongState):
        service.say(chat, "Hello", client_id=builders.token(), by=other, at=now())


def test_a_chat_that_is_handed_back_is_in_front_of_everybody(on_both: Flask) -> None:
    earlier, later, agent = begin(builders.member()), begin(builders.member()), builders.agent()
    service.claim(later, by=agent, at=now())

    service.hand_back(later, by=agent, at=now())
    db.session.commit()

    assert [row.id for row in queries.waiting()] == [later.id, earlier.id]


def test_an_agent_who_goes_away_gives_their_chats_back(on_both: Flask) -> None:
    chat, agent = begin(builders.member()), builders.agent()
    service.set_available(agent, True, at=now())
    service.claim(chat, by=agent, at=now())
    db.session.commit()
    assert queries.anybody_available(at=now())

    service.set_available(agent, False, at=now())
    db.session.commit()

    assert (chat.state, chat.agent_id) == ("waiting", None)
    assert not queries.anybody_available(at=now())


def test_a_chat_that_was_left_is_resumed_at_its_place(on_both: Flask) -> None:
    member = builders.member()
    chat, later = begin(member), begin(builders.member())
    service.leave(chat, by=member, at=now())
    assert queries.ahead_of(later) == 0

    service.resume(chat, by=member, at=now())

    assert (chat.state, queries.ahead_of(chat), queries.ahead_of(later)) == ("waiting", 0, 1)


def test_a_foreign_chat_is_not_there(on_both: Flask) -> None:
    member, outsider = builders.member(), builders.member()
    chat = begin(member)

    assert queries.visible_chat(member, chat.id) is chat
    for chat_id in (chat.id, chat.id + 1, 0, -1, 2**40):
        with pytest.raises(NotFound):
            queries.visible_chat(outsider, chat_id)


def test_a_rating_is_one_to_five_and_only_after_the_end(on_both: Flask) -> None:
    member, agent = builders.member(), builders.agent()
    chat = begin(member)
    with pytest.raises(WrongState):
        service.rate(chat, 5, "", by=member)
    service.claim(chat, by=agent, at=now())
    service.end(chat, by=agent, at=now())

    with pytest.raises(Invalid):
        service.rate(chat, 6, "", by=member)
    service.rate(chat, 5, "Thank you", by=member)
    assert chat.rating == 5


def test_the_waiting_time_is_told_once_there_are_real_chats(on_both: Flask) -> None:
    first, agent = begin(builders.member()), builders.agent()
    assert queries.standing(first, at=now()).wait_s is None
    service.claim(first, by=agent, at=first.began_at + timedelta(seconds=90))
    db.session.commit()

    second = begin(builders.member())

    assert queries.standing(second, at=now()).wait_s == 90


def test_the_desk_sees_in_which_language_somebody_writes(on_both: Flask) -> None:
    member = builders.member()
    english = begin(member)
    french = begin(builders.member(), "Bonjour, ma commande ne passe pas depuis ce matin.")
    assert (english.language, french.language) == (None, "fr")

    service.say(
        english, "Sorry, jag menar att jag inte kan bearbeta beställningen", client_id="a" * 8, by=member, at=now()
    )
    assert english.language == "sv"
