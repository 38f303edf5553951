"""Gives new tickets to agents by turns, where the site wants that. For the verb that submits; never commits."""

from datetime import datetime

from helpdesk.accounts import agents
from helpdesk.site import queries as site
from helpdesk.tickets import counts
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.round_robin import Taker, choose


def next_agent(language: str, *, at: datetime) -> int | None:
    """Who gets the ticket that is being submitted in this language; None if nobody, or if the site does not want it.

    Before its counts are written: whoever submits at the same time waits here, and then sees them.
    """
    if not site.value("auto_assign"):
        return None
    takers = agents.takers()
    kept = counts.read(counts.of_assignee(row.agent_id) for row in takers)
    chosen = choose(
        (
            Taker(
                row.agent_id, frozenset(agents.codes(row.languages)),
                _in_hand(kept[counts.of_assignee(row.agent_id)]), row.assigned_at,
            )
            for row in takers
        ),
        language,
    )  # fmt: skip
    if chosen is None:
        return None
    agents.was_given(chosen.id, at=at)
    return chosen.id


def _in_hand(count: dict[Status, int]) -> int:
    return count[Status.OPEN] + count[Status.AWAITING_FEEDBACK]
