"""T21: a member says what only agents may say: every such event, in every state of their own chat."""

import pytest

from helpdesk.extensions import socketio
from helpdesk.ranks import Action
from tests.attacks.looking import Looking
from tests.browser.desk import Desk
from tests.chat.clients.people import People, token


def of_agents(desk: Desk) -> list[str]:
    """The events that need WORK_DESK, as they are registered now: a new one is attacked without being written here."""
    handlers = socketio.server.handlers["/"]
    return sorted(name for name, handler in handlers.items() if getattr(handler, "requires", None) is Action.WORK_DESK)


def test_there_are_such_events(desk: Desk) -> None:
    """T21: the list below is not empty, and holds what everybody expects in it."""
    assert {"chat:claim", "chat:transfer", "chat:hand_off", "desk:available"} <= set(of_agents(desk))


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_a_member_who_says_what_agents_say_changes_nothing(people: People, looking: Looking, transport: str) -> None:
    """T21: while waiting, while talking and after the end; the agent then does the same and it is done."""
    colleague, agent = people.agent()
    _, own, chat = people.waiting(transport=transport)
    facts = {"chat": chat, "to": colleague.id, "available": True, "client_id": token(), "body": "", "language": "fr"}

    def is_refused_everything() -> None:
        before = looking.chats()
        for event in of_agents(people.desk):
            assert own.ask(event, facts) == {"ok": False, "error": "not_allowed"}, event
        assert looking.chats() == before

    is_refused_everything()
    assert agent.ask("chat:claim", facts) == {"ok": True}
    is_refused_everything()
    assert agent.ask("chat:end", facts) == {"ok": True}
    is_refused_everything()
    assert looking.state(chat) == "ended"


def test_an_agent_does_not_act_in_a_colleagues_chat(people: People, looking: Looking) -> None:
    """T21: not every agent's event is for every agent."""
    own, theirs, chat = people.pair(member=("raw", "websocket"), agent=("raw", "websocket"))
    colleague, other = people.agent()
    before = looking.chats()
    facts = {"chat": chat, "to": colleague.id, "client_id": token(), "body": "From somebody else."}
    for event in ("chat:transfer", "chat:hand_off", "message:say", "typing:start", "chat:end"):
        assert other.ask(event, facts)["error"] == "chat_wrong_state", event
    assert other.ask("chat:claim", facts)["error"] == "chat_taken"

    assert looking.chats() == before and own.ears.named("typing:started") == []
    assert theirs.ask("chat:transfer", facts) == {"ok": True}
    assert other.ask("message:say", facts)["ok"]
