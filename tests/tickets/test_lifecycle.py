"""Every state, every party, every verb: where the ticket goes, or that it cannot."""

import itertools
from datetime import timedelta

import pytest

from helpdesk.refusals import WrongState
from helpdesk.tickets import lifecycle
from helpdesk.tickets.lifecycle import Party, ReopenTimeOver, Status, Verb
from tests.builders import NOON

OPEN, AWAITING, CLOSED = Status.OPEN, Status.AWAITING_FEEDBACK, Status.CLOSED
# The columns: the state it is in. The cells: the state it goes to, None where that is refused.
TABLE = {
    #                                        open      awaiting  closed
    (Party.OWNER, Verb.REPLY):               (OPEN,     OPEN,     OPEN),
    (Party.OWNER, Verb.NOTE):                (None,     None,     None),
    (Party.OWNER, Verb.REQUEST_INFORMATION): (None,     None,     None),
    (Party.OWNER, Verb.CLOSE):               (CLOSED,   CLOSED,   None),
    (Party.OWNER, Verb.THANK):               (None,     None,     CLOSED),
    (Party.OWNER, Verb.UNDO_CLOSE):          (None,     None,     None),
    (Party.OWNER, Verb.ASSIGN):              (None,     None,     None),
    (Party.AGENT, Verb.REPLY):               (OPEN,     AWAITING, None),
    (Party.AGENT, Verb.NOTE):                (OPEN,     AWAITING, CLOSED),
    (Party.AGENT, Verb.REQUEST_INFORMATION): (AWAITING, None,     None),
    (Party.AGENT, Verb.CLOSE):               (CLOSED,   CLOSED,   None),
    (Party.AGENT, Verb.THANK):               (None,     None,     None),
    (Party.AGENT, Verb.UNDO_CLOSE):          (None,     None,     OPEN),
    (Party.AGENT, Verb.ASSIGN):              (OPEN,     AWAITING, None),
    (Party.TIME, Verb.REPLY):                (None,     None,     None),
    (Party.TIME, Verb.NOTE):                 (None,     None,     None),
    (Party.TIME, Verb.REQUEST_INFORMATION):  (None,     None,     None),
    (Party.TIME, Verb.CLOSE):                (None,     CLOSED,   None),
    (Party.TIME, Verb.THANK):                (None,     None,     None),
    (Party.TIME, Verb.UNDO_CLOSE):           (None,     None,     None),
    (Party.TIME, Verb.ASSIGN):               (None,     None,     None),
}  # fmt: skip
TRIPLES = list(itertools.product(Status, Party, Verb))


def goes_to(status: Status, party: Party, verb: Verb) -> Status | None:
    return dict(zip(Status, TABLE[party, verb], strict=True))[status]


def test_the_table_has_a_cell_for_every_triple() -> None:
    assert set(TABLE) == set(itertools.product(Party, Verb))


@pytest.mark.parametrize(("status", "party", "verb"), TRIPLES)
def test_a_ticket_goes_where_the_table_says_or_stays_with_a_refusal(status: Status, party: Party, verb: Verb) -> None:
    expected = goes_to(status, party, verb)

    assert lifecycle.may(status, party, verb) is (expected is not None)
    if expected is None:
        with pytest.raises(WrongState):
            lifecycle.after(status, party, verb)
    else:
        assert lifecycle.after(status, party, verb) is expected


@pytest.mark.parametrize(
    ("passed", "may"),
    [
        (timedelta(0), True),
        (timedelta(days=29, hours=23), True),
        (timedelta(days=30), True),
        (timedelta(days=30, microseconds=1), False),
        (timedelta(days=3000), False),
    ],
)
def test_a_closed_ticket_can_be_reopened_for_so_many_days(passed: timedelta, may: bool) -> None:
    assert lifecycle.can_reopen(NOON, NOON + passed, 30) is may
    if may:
        lifecycle.check_reopening(NOON, NOON + passed, 30)
    else:
        with pytest.raises(ReopenTimeOver) as refused:
            lifecycle.check_reopening(NOON, NOON + passed, 30)
        assert refused.value.params == {"days": 30}


def test_with_no_days_to_reopen_a_ticket_stays_closed_from_the_next_moment_on() -> None:
    assert lifecycle.can_reopen(NOON, NOON, 0)
    assert not lifecycle.can_reopen(NOON, NOON + timedelta(seconds=1), 0)
