"""Makes tickets findable by what stands in them now, after words were taken out. Never commits."""

from sqlalchemy import or_, select

from helpdesk.accounts.models import User
from helpdesk.extensions import db
from helpdesk.tickets import search
from helpdesk.tickets.models import Ticket, TicketLink, TicketMessage


def index_with_relatives(ticket: Ticket) -> None:
    """This ticket, and those that messages came from or went to: they are still found by what stood in them then."""
    db.session.flush()
    links = select(TicketLink).where(or_(TicketLink.ticket_id == ticket.id, TicketLink.other_id == ticket.id))
    relatives = {one for link in db.session.scalars(links) for one in (link.ticket_id, link.other_id)}
    merged = (Ticket.merged_into_id == ticket.id) | (Ticket.id == (ticket.merged_into_id or 0))
    tickets = select(Ticket).where(or_(Ticket.id == ticket.id, Ticket.id.in_(relatives), merged))
    for one in db.session.scalars(tickets.order_by(Ticket.id)):
        _index(one)


def _index(ticket: Ticket) -> None:
    if ticket.emptied_at is not None:
        search.index_anew(ticket, public="", internal="")
        return
    owner = db.session.get_one(User, ticket.owner_id)
    said = select(TicketMessage.kind, TicketMessage.body).where(TicketMessage.ticket_id == ticket.id)
    messages = db.session.execute(said.order_by(TicketMessage.seq)).all()
    public = [ticket.title, *(row.body for row in messages if row.kind != "note")]
    notes = [row.body for row in messages if row.kind == "note"]
    person = [owner.name, owner.email, owner.username, owner.member_id or ""]
    search.index_anew(ticket, public=" ".join(public), internal=" ".join([*person, *notes]))
