"""The sockets' handlers, on both databases: what each answers, whom it tells, and who is not let in."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.extensions import db, socketio
from helpdesk.ranks import Role
from tests.chat.talking import Page, SignIn, Talk, nobody_is_left, talk
from tests.conftest import Make

__all__ = ["nobody_is_left", "talk"]


@pytest.fixture
def app(either: Flask) -> Flask:
    return either


def test_a_whole_conversation_goes_both_ways(talk: Talk) -> None:
    [(_, caught_up)] = talk.theirs.told("chat:caught_up")
    assert (caught_up["head"], caught_up["state"]) == (1, "waiting")
    assert [said["body"] for said in caught_up["messages"]] == ["My order page stays blank."]

    talk.claimed()
    answer = talk.says(talk.ours, "Hello Kim", "agent-0001")
    assert (answer["ok"], answer["seq"]) == (True, 3)
    assert talk.says(talk.theirs, "Hello Maja")["seq"] == 4
    for page in (talk.theirs, talk.ours):
        said = [told for _, told in page.told("message:said")]
        assert [(one["seq"], one["author"], one["body"]) for one in said] == [
            (3, "Maja", "Hello Kim"), (4, "Kim", "Hello Maja")
        ]  # fmt: skip
        assert said[0] == {
            "chat": talk.chat, "seq": 3, "client_id": "agent-0001", "kind": "text", "author_id": talk.agent.id,
            "author": "Maja", "body": "Hello Kim", "at": answer["at"],
        }  # fmt: skip

    assert talk.theirs.ask("chat:end", {"chat": talk.chat}) == {"ok": True}
    assert talk.ours.told("chat:ended") == [
        ("chat:ended", {"chat": talk.chat, "what": "end", "state": "ended"})
    ]  # fmt: skip
    assert talk.says(talk.ours, "Too late")["error"] == "chat_wrong_state"


def test_the_same_message_again_is_stored_once_and_told_once(talk: Talk) -> None:
    talk.claimed()

    first, again = (talk.says(talk.theirs, "Once", "letter-0001") for _ in range(2))

    assert first == again
    assert talk.bodies() == ["My order page stays blank.", "Once"]
    assert len(talk.ours.told("message:said")) == 1


def test_catching_up_gives_what_was_missed_and_nothing_else(talk: Talk) -> None:
    talk.claimed()
    for number in range(3):
        talk.says(talk.ours, str(number))

    answer = talk.theirs.ask("chat:catch_up", {"chat": talk.chat, "after": 3})

    assert [said["seq"] for said in answer["messages"]] == [4, 5]
    assert (answer["head"], answer["state"], answer["chat"]) == (5, "active", talk.chat)
    assert talk.theirs.ask("chat:catch_up", {"chat": talk.chat, "after": 5})["messages"] == []


def test_typing_is_told_to_the_other_side_only(talk: Talk) -> None:
    talk.claimed()

    assert talk.theirs.ask("typing:start", {"chat": talk.chat}) == {"ok": True}

    assert talk.ours.told("typing:started") == [("typing:started", {"chat": talk.chat, "author": "Kim"})]
    assert talk.theirs.told("typing:started") == []


def test_an_agent_who_only_looks_on_does_not_type_nor_speak(talk: Talk, make: Make, as_person: SignIn) -> None:
    talk.claimed()
    other = Page(talk.app, as_person(make.agent()))

    for event, facts in (("typing:start", {}), ("message:say", {"client_id": "a" * 8, "body": "Hi"}), ("chat:end", {})):
        assert other.ask(event, {"chat": talk.chat, **facts})["error"] == "chat_wrong_state", event
    assert talk.theirs.told("typing:started", "message:said") == []


def test_the_loser_of_a_chat_reads_who_has_it(talk: Talk, make: Make, as_person: SignIn) -> None:
    late = Page(talk.app, as_person(make.agent()))
    talk.claimed()

    assert late.ask("chat:claim", {"chat": talk.chat}) == {"ok": False, "error": "chat_taken", "agent": "Maja"}


def test_a_chat_is_handed_off_and_transferred(talk: Talk, make: Make, as_person: SignIn) -> None:
    colleague = make.agent(name="Sven")
    theirs = Page(talk.app, as_person(colleague))
    talk.claimed()

    assert talk.ours.ask("chat:hand_off", {"chat": talk.chat}) == {"ok": True}
    assert talk.state() == "waiting"
    assert talk.theirs.told("chat:changed")[0][1]["what"] == "hand_back"

    talk.claimed()
    assert talk.ours.ask("chat:transfer", {"chat": talk.chat, "to": talk.member.id})["error"] == "not_found"
    assert talk.ours.ask("chat:transfer", {"chat": talk.chat})["error"] == "bad_payload"
    assert talk.ours.ask("chat:transfer", {"chat": talk.chat, "to": colleague.id}) == {"ok": True}
    assert talk.says(theirs, "I take over")["ok"]
    assert talk.says(talk.ours, "Me too")["error"] == "chat_wrong_state"


def test_going_away_gives_the_chats_back(talk: Talk) -> None:
    assert talk.ours.ask("desk:available", {"available": True}) == {"ok": True}
    talk.claimed()

    assert talk.ours.ask("desk:available", {"available": False}) == {"ok": True}

    assert talk.state() == "waiting"
    assert [told["what"] for _, told in talk.theirs.told("chat:changed")] == ["hand_back"]


def test_a_foreign_chat_is_not_there_and_nothing_of_it_is_heard(talk: Talk, make: Make, as_person: SignIn) -> None:
    stranger = Page(talk.app, as_person(make.member()))
    talk.claimed()

    for event, facts in (
        ("chat:catch_up", {"after": 0}), ("typing:start", {}), ("chat:end", {}),
        ("message:say", {"client_id": "a" * 8, "body": "Hi"}),
    ):  # fmt: skip
        assert stranger.ask(event, {"chat": talk.chat, **facts}) == {"ok": False, "error": "not_found"}, event
        assert stranger.ask(event, {"chat": talk.chat + 1000, **facts}) == {"ok": False, "error": "not_found"}, event
    talk.says(talk.ours, "Only for Kim")
    talk.theirs.ask("chat:end", {"chat": talk.chat})
    assert stranger.told() == []
    assert stranger.is_open
    assert not Page(talk.app, as_person(make.member()), chat=talk.chat, after=0).is_open


def test_what_agents_do_is_refused_to_members(talk: Talk) -> None:
    for event in ("chat:claim", "chat:hand_off", "chat:transfer", "desk:available"):
        answer = talk.theirs.ask(event, {"chat": talk.chat, "to": talk.agent.id, "available": True})
        assert answer == {"ok": False, "error": "not_allowed"}, event
    assert talk.state() == "waiting"


# --- Who is let in ----------------------------------------------------------------------------------------------------


def test_who_is_not_signed_in_or_below_the_rank_gets_no_socket(app: Flask, make: Make, as_person: SignIn) -> None:
    assert not Page(app, app.test_client()).is_open
    assert not Page(app, as_person(make.member(rank="Premier"))).is_open
    assert Page(app, as_person(make.member(rank="Silver"))).is_open
    assert Page(app, as_person(make.admin())).is_open


def test_only_our_host_names_are_answered(
    app: Flask, make: Make, as_person: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    session = as_person(make.member()).get_cookie("session", domain="localhost")
    opened = {
        host: socketio.test_client(app, headers={"Host": host, "Cookie": f"session={session.value}"}).is_connected()
        for host in ("localhost", "evil.example", "localhost.evil.example")
    }

    assert opened == {"localhost": True, "evil.example": False, "localhost.evil.example": False}
    assert caplog.records == []


def sign_out(talk: Talk, page: Page, person: Person) -> None:
    page.browser.post("/sign-out", data={"sure": "yes"})


def change(**values: object) -> Callable[[Talk, Page, Person], None]:
    def changed(talk: Talk, page: Page, person: Person) -> None:
        def write() -> None:
            db.session.execute(update(User).where(User.id == person.id).values(**values))
            db.session.commit()

        talk.make.look(write)

    return changed


ENDS = {
    "signs out": sign_out,
    "is disabled": change(disabled_at=now()),
    "is no agent any more": change(role=Role.MEMBER.value, rank="Gold"),
}
EVENTS: list[tuple[str, dict[str, object]]] = [
    ("message:say", {"client_id": "letter-0001", "body": "Still here?"}), ("chat:catch_up", {"after": 0}),
    ("typing:start", {}), ("chat:end", {}), ("desk:available", {"available": True}), ("no:such", {}),
]  # fmt: skip


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(("event", "facts"), EVENTS, ids=[event for event, _ in EVENTS])
def test_an_agent_whose_session_is_over_is_refused_and_cut(
    talk: Talk, end: str, event: str, facts: dict[str, object]
) -> None:
    talk.claimed()
    assert talk.ours.ask("chat:catch_up", {"chat": talk.chat})["ok"]

    ENDS[end](talk, talk.ours, talk.agent)

    answer = talk.ours.ask(event, {"chat": talk.chat, **facts})
    assert answer["ok"] is False
    assert answer["error"] in {"not_signed_in", "not_allowed"}
    assert not talk.ours.is_open
    assert talk.theirs.is_open
    assert talk.bodies() == ["My order page stays blank."]


def test_a_member_who_has_lost_the_rank_is_refused_and_cut(talk: Talk) -> None:
    assert talk.says(talk.theirs, "Before")["ok"]

    change(rank="Premier")(talk, talk.theirs, talk.member)

    assert talk.says(talk.theirs, "After")["error"] == "rank_too_low"
    assert not talk.theirs.is_open
    assert talk.bodies()[1:] == ["Before"]
