"""The kept counts of tickets by owner, assignee and state: changed with each change, never counted on a page."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from helpdesk.extensions import db
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Ticket, TicketCount

ALL = "all"
UNASSIGNED = "unassigned"

_OF_SCOPES = select(TicketCount.scope, TicketCount.status, TicketCount.tickets).where(
    TicketCount.scope.in_(bindparam("scopes", expanding=True))
)


def of_owner(user_id: int) -> str:
    return f"owner:{user_id}"


def of_assignee(user_id: int | None) -> str:
    return UNASSIGNED if user_id is None else f"assignee:{user_id}"


def read(scopes: Iterable[str]) -> dict[str, dict[Status, int]]:
    """The counts of these scopes: one query, every state present."""
    wanted = list(scopes)
    counts = {scope: dict.fromkeys(Status, 0) for scope in wanted}
    for scope, status, tickets in db.session.execute(_OF_SCOPES, {"scopes": wanted}):
        counts[scope][Status(status)] = tickets
    return counts


def add(ticket: Ticket) -> None:
    """Counts a new ticket, or one that has just changed its state or assignee, where it now is."""
    _change(ticket, 1)


def take_off(ticket: Ticket) -> None:
    """Takes a ticket that is about to change its state or assignee out of the counts where it is."""
    _change(ticket, -1)


def _change(ticket: Ticket, by: int) -> None:
    # Always in the same order, so that two changes at once wait for each other instead of locking each other out.
    for scope in sorted((ALL, of_assignee(ticket.assignee_id), of_owner(ticket.owner_id))):
        _add_to(scope, ticket.status, by)


def _add_to(scope: str, status: str, by: int) -> None:
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    row = insert(TicketCount).values(scope=scope, status=status, tickets=by)
    db.session.execute(
        row.on_conflict_do_update(
            index_elements=["scope", "status"], set_={"tickets": TicketCount.tickets + row.excluded.tickets}
        )
    )
