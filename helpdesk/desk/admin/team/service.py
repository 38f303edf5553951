"""How an agent works, and what becomes of that when they leave the team. Never commits, never reads the request."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from helpdesk.accounts import agents
from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.accounts.sessions import person_of
from helpdesk.chat import queries as chats
from helpdesk.chat import service as chat
from helpdesk.chat.models import AgentPresence
from helpdesk.extensions import db
from helpdesk.site import service as site
from helpdesk.tickets import service as tickets
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Ticket


def give_back(user: User, heir: User | None, *, by: Person, at: datetime) -> None:
    """Their tickets in hand go to `heir` or to nobody, their chats back to the queue; they take none any more."""
    in_hand = select(Ticket).where(Ticket.assignee_id == user.id, Ticket.status != Status.CLOSED.value)
    for ticket in db.session.scalars(in_hand.order_by(Ticket.id)).all():
        tickets.assign(ticket, heir, by=by, at=at)
    for conversation in chats.chats_of(person_of(user)):
        chat.hand_back(conversation, by=None, at=at)
    presence = db.session.get(AgentPresence, user.id)
    if presence is not None:
        presence.available = False


def chats_in_hand(user: User) -> int:
    """How many chats somebody has going on."""
    return len(chats.chats_of(person_of(user)))


def set_work(user: User, *, languages: Sequence[str], takes_tickets: bool, by: Person, at: datetime) -> None:
    """The languages that somebody of the team writes, and whether new tickets may be given to them."""
    agents.set_profile(user.id, languages=languages, takes_tickets=takes_tickets)
    facts = {"languages": ",".join(languages), "takes_tickets": takes_tickets}
    site.record("work_set", by=by.id, about=user.id, at=at, facts=facts)
