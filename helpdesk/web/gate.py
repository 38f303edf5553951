"""The one gate: every door names the action it is for, or says that it is open to all. Knows no feature."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, Protocol, TypeVar

from flask import current_app
from flask_limiter.util import get_remote_address
from flask_login import current_user

from helpdesk.ranks import TECHNICAL_ISSUES, Action, Role
from helpdesk.refusals import FactorMissing, NotAllowed, NotSignedIn, RankTooLow

P = ParamSpec("P")
R = TypeVar("R")


class Somebody(Protocol):
    """A person as doors know one, whatever feature they come from."""

    id: int
    is_authenticated: bool
    is_agent: bool
    role: Role
    rank: str | None
    second_factor: bool


def requires(action: Action) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Lets only those through who may do `action`. Raises NotSignedIn, RankTooLow or NotAllowed for the others."""

    def gate(door: Callable[P, R]) -> Callable[P, R]:
        @wraps(door)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            check(action)
            return door(*args, **kwargs)

        guarded.requires = action  # type: ignore[attr-defined]
        return guarded

    return gate


def open_to_all(door: Callable[P, R]) -> Callable[P, R]:
    """Declares that a door needs nobody to be signed in."""
    door.open_to_all = True  # type: ignore[attr-defined]
    return door


def accepts_uploads(door: Callable[P, R]) -> Callable[P, R]:
    """Declares that a door takes files: its requests may be as large as a whole submission."""
    door.accepts_uploads = True  # type: ignore[attr-defined]
    return door


def person_or_source() -> str:
    """Whose requests are counted together: the signed-in person's, or an address's."""
    return f"person {current_user.id}" if current_user.is_authenticated else get_remote_address()


def check(action: Action) -> None:
    """Raises the refusal that keeps the present person from doing `action`, if there is one."""
    check_person(current_user, action)


def check_person(person: Somebody, action: Action) -> None:
    """The same for a person whom the door has found by other means than the request's cookie."""
    if not person.is_authenticated:
        raise NotSignedIn()
    if lacks_factor(person) and action is not Action.SECURE_ACCOUNT:
        raise FactorMissing()
    if _may(person, action):
        return
    raise RankTooLow() if person.role is Role.MEMBER and action in TECHNICAL_ISSUES else NotAllowed()


def lacks_factor(person: Somebody) -> bool:
    """Whether this person has to set up a second factor before anything else."""
    return person.is_agent and not person.second_factor and bool(current_app.config["FACTOR_REQUIRED"])


def may(action: Action | str) -> bool:
    """Whether the present person may do `action`: what pages ask before they show a way to it."""
    return current_user.is_authenticated and _may(current_user, Action(action))


def _may(person: Somebody, action: Action) -> bool:
    return current_app.config["RANKS"].may(person.rank, person.role, action)
