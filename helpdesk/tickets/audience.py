"""Who hears of what happens to a ticket, by the bell and by mail. Plain rules: no Flask, no database."""

from dataclasses import dataclass
from enum import StrEnum


class Actor(StrEnum):
    """Who did it: the ticket's owner, the team, or time itself."""

    OWNER = "owner"
    TEAM = "team"
    TIME = "time"


class Whom(StrEnum):
    """Who is told: the owner, who looks after the ticket, who the event is about, or who writes the ticket's language.

    Whoever did it is never told, but for the receipt.
    """

    OWNER = "owner"
    ASSIGNEE = "assignee"
    ABOUT = "about"
    WRITERS = "writers"


@dataclass(frozen=True)
class Told:
    """One telling: to whom, what the bell calls it, and what the mail calls it; empty where there is none."""

    whom: Whom
    bell: str = ""
    mail: str = ""


def _both(whom: Whom, kind: str) -> tuple[Told, ...]:
    return (Told(whom, kind, kind),)


_REPLIED = _both(Whom.ASSIGNEE, "agent_member_replied")
_REOPENED = _both(Whom.OWNER, "ticket_reopened")
# Event and actor. What is not here is told to nobody: the counts and lists of the desk are live by themselves.
TABLE: dict[tuple[str, Actor], tuple[Told, ...]] = {
    ("submitted", Actor.OWNER): (
        Told(Whom.OWNER, mail="ticket_submitted"),  # the receipt
        Told(Whom.WRITERS, "agent_new_ticket", "agent_new_ticket"),
    ),
    ("replied", Actor.OWNER): _REPLIED,
    ("reopened", Actor.OWNER): (Told(Whom.ASSIGNEE, "agent_member_reopened", "agent_member_replied"),),
    ("replied", Actor.TEAM): _both(Whom.OWNER, "ticket_replied"),
    ("requested_information", Actor.TEAM): _both(Whom.OWNER, "ticket_requested_information"),
    ("closed", Actor.TEAM): _both(Whom.OWNER, "ticket_closed"),
    ("reopened", Actor.TEAM): _REOPENED,
    ("close_undone", Actor.TEAM): _REOPENED,
    ("merged", Actor.TEAM): _both(Whom.OWNER, "ticket_merged"),
    ("reminded", Actor.TIME): _both(Whom.OWNER, "ticket_reminder"),
    ("auto_closed", Actor.TIME): _both(Whom.OWNER, "ticket_auto_closed"),
    ("assigned", Actor.TEAM): _both(Whom.ABOUT, "agent_assigned"),
    ("assigned", Actor.TIME): _both(Whom.ABOUT, "agent_assigned"),
    ("mentioned", Actor.TEAM): _both(Whom.ABOUT, "agent_mentioned"),
}
# With these somebody sees to a new ticket: nobody else has to be told of it any more.
SEEN_TO = frozenset({"assigned", "replied", "requested_information", "closed", "auto_closed", "merged"})


def told(what: str, actor: Actor) -> tuple[Told, ...]:
    """Who is told of an event."""
    return TABLE.get((what, actor), ())


def settles(what: str, actor: Actor) -> bool:
    """Whether an event makes an end of what the team was told of a new ticket. Its own owner's words do not."""
    return what in SEEN_TO and (actor is not Actor.OWNER or what == "closed")


def writers(team: dict[int, str], language: str) -> list[int]:
    """Those of the team (by id, with the codes of the languages they write) who write this one; if nobody does, all."""
    return [one for one, codes in team.items() if language in codes.split(",")] or list(team)
