"""The rules of the chat: every state, party and verb, and the waiting time."""

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.chat.queue import NEXT, Party, State, Verb, Waited, after, expected_wait, is_gone, may
from helpdesk.refusals import WrongState

NOON = datetime(2026, 3, 6, 12, tzinfo=UTC)
ALLOWED = {
    ("waiting", "member", "say"): "waiting",
    ("waiting", "member", "leave"): "left",
    ("waiting", "time", "leave"): "left",
    ("waiting", "other_agent", "claim"): "active",
    ("left", "member", "resume"): "waiting",
    ("active", "member", "say"): "active",
    ("active", "member", "end"): "ended",
    ("active", "agent", "say"): "active",
    ("active", "agent", "end"): "ended",
    ("active", "agent", "hand_back"): "waiting",
    ("active", "time", "hand_back"): "waiting",
    ("active", "agent", "transfer"): "active",
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("party", Party)
@pytest.mark.parametrize("verb", Verb)
def test_a_chat_goes_where_the_table_says_and_nowhere_else(state: State, party: Party, verb: Verb) -> None:
    goes_to = ALLOWED.get((state.value, party.value, verb.value))
    if goes_to is None:
        assert not may(state, party, verb)
        with pytest.raises(WrongState):
            after(state, party, verb)
        return
    assert after(state, party, verb).value == goes_to
    assert len(NEXT) == len(ALLOWED)


@pytest.mark.parametrize(
    ("waited", "ahead", "seconds"),
    [
        ([], 0, None),
        ([], 5, None),
        ([Waited(60, 0)], 0, 60),
        ([Waited(60, 0)], 2, 180),
        ([Waited(60, 0), Waited(180, 2)], 1, 120),
        ([Waited(0, 0)], 3, 1),
    ],
)
def test_the_waiting_time_comes_from_real_chats_or_is_not_told(
    waited: list[Waited], ahead: int, seconds: int | None
) -> None:
    assert expected_wait(waited, ahead) == seconds


@pytest.mark.parametrize(("away", "gone"), [(0, False), (119, False), (120, False), (121, True)])
def test_two_minutes_of_absence_keep_the_place(away: int, gone: bool) -> None:
    assert is_gone(NOON, NOON + timedelta(seconds=away)) is gone
