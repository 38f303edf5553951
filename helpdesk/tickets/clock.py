"""The clock of a ticket: until when the team is to answer. It runs while the team owes an answer, in business hours."""

from datetime import datetime

from helpdesk.tickets.models import Ticket


def start(ticket: Ticket, *, at: datetime) -> None:
    """The team owes an answer from this moment on."""
    stop(ticket)


def stop(ticket: Ticket) -> None:
    """Nothing is owed: no deadline."""
    ticket.due_at = ticket.warn_at = None
