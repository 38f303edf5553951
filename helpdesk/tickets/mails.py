"""Which events of a ticket its owner hears of by mail. What the mail says is made when it leaves (mail/tickets.py)."""

from datetime import datetime

from helpdesk.accounts.person import Person
from helpdesk.mail import outbox
from helpdesk.tickets.models import Ticket

# A receipt, and what the team does; nobody is told of what they did themselves.
RECEIPT = "submitted"
TOLD = frozenset({"replied", "requested_information", "closed"})


def tell_owner(ticket: Ticket, what: str, seq: int, *, by: Person, at: datetime) -> None:
    """Queues the mail about the event `seq` of a ticket, if it is one that the owner is told of."""
    own = by.id == ticket.owner_id
    if what == RECEIPT or (what in TOLD and not own):
        facts = {"ticket": ticket.id, "seq": seq}
        outbox.put(f"ticket_{what}", to=ticket.owner_id, facts=facts, key=f"ticket:{ticket.id}:{seq}", at=at)
