"""The whole rank gate: each rank of the ladder, each role, each action."""

import itertools

import pytest

from helpdesk.ranks import LADDER, MINIMUM, Action, Ranks, Role

BELOW = ("Wellness Advocate", "Manager", "Director", "Executive", "Elite", "Premier")
REACHING = ("Silver", "Gold", "Platinum", "Diamond", "Blue Diamond", "Presidential Diamond")
UNKNOWN = (None, "", "Copper", "Silver and gold", "Sílver")

# Who may do what, written down a second time on purpose: a slip in ranks.py must not pass.
EVERYBODY = {Action.SEE_START, Action.EDIT_PROFILE, Action.SECURE_ACCOUNT}
MEMBERS_THAT_REACH_IT = {
    Action.SEE_OWN_TICKETS, Action.SUBMIT_TICKET, Action.ANSWER_TICKET, Action.STAGE_FILE, Action.OPEN_CHAT,
    Action.TALK,
}  # fmt: skip
TEAM = {Action.WORK_DESK, Action.STAGE_FILE, Action.TALK}
ADMINS = TEAM | {Action.ADMINISTER}


def test_the_ladder_of_the_guides_is_the_default_and_silver_opens_it() -> None:
    assert (*BELOW, *REACHING) == LADDER
    assert Ranks().minimum == MINIMUM == "Silver"


def test_every_action_has_somebody_who_may_do_it() -> None:
    assert set(Action) == EVERYBODY | MEMBERS_THAT_REACH_IT | ADMINS


@pytest.mark.parametrize(("rank", "action"), list(itertools.product((*BELOW, *REACHING, *UNKNOWN), Action)))
def test_a_member_may_do_what_their_rank_opens(rank: str | None, action: Action) -> None:
    allowed = EVERYBODY | (MEMBERS_THAT_REACH_IT if rank in REACHING else set())
    assert Ranks().may(rank, Role.MEMBER, action) is (action in allowed)


@pytest.mark.parametrize(
    ("rank", "role", "action"),
    list(itertools.product((*LADDER, *UNKNOWN), (Role.AGENT, Role.ADMIN), Action)),
)
def test_the_team_works_the_desk_whatever_its_rank(rank: str | None, role: Role, action: Action) -> None:
    assert Ranks().may(rank, role, action) is (action in EVERYBODY | (ADMINS if role is Role.ADMIN else TEAM))


@pytest.mark.parametrize(("place", "minimum"), list(enumerate(LADDER)))
def test_any_rank_can_be_the_lowest_that_opens_technical_issues(place: int, minimum: str) -> None:
    ranks = Ranks(LADDER, minimum)
    assert [ranks.reaches_minimum(rank) for rank in LADDER] == [False] * place + [True] * (len(LADDER) - place)


@pytest.mark.parametrize(
    ("typed", "rank"),
    [("silver", "Silver"), (" SILVER ", "Silver"), ("blue diamond", "Blue Diamond"), ("Copper", None), ("", None)],
)
def test_a_typed_rank_is_spelled_as_the_ladder_does(typed: str, rank: str | None) -> None:
    assert Ranks().named(typed) == rank


def test_a_minimum_in_other_letters_is_the_ladders_rank() -> None:
    assert Ranks(("Low", "High"), "HIGH").minimum == "High"
    assert Ranks(("Low", "High"), "HIGH").reaches_minimum("high")


@pytest.mark.parametrize(
    ("ladder", "minimum"), [((), "Silver"), (("Silver", "silver"), "Silver"), (("Gold",), "Silver"), (("Gold",), "")]
)
def test_a_ladder_that_cannot_be_meant_is_refused(ladder: tuple[str, ...], minimum: str) -> None:
    with pytest.raises(ValueError, match="rank"):
        Ranks(ladder, minimum)
