"""Who hears of what happens to a ticket, by mail and by the bell. The words are made when they are read or leave."""

from datetime import datetime

from helpdesk.accounts.person import Person
from helpdesk.mail import outbox
from helpdesk.tickets.models import Ticket

# A receipt, and what the team does; nobody is told of what they did themselves.
RECEIPT = "submitted"
TOLD = frozenset({"replied", "requested_information", "closed"})


def tell(ticket: Ticket, what: str, seq: int, *, by: Person | None, at: datetime) -> None:
    """Tells of the event `seq` of a ticket those who are to hear of it."""
    own = by is not None and by.id == ticket.owner_id
    if what == RECEIPT or (what in TOLD and not own):
        facts = {"ticket": ticket.id, "seq": seq}
        outbox.put(f"ticket_{what}", to=ticket.owner_id, facts=facts, key=f"ticket:{ticket.id}:{seq}", at=at)
