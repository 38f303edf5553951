"""Takes the words and files out of tickets and chats. What remains is that they were there: number, language, state and
times, so that counts and reports stay what they were. Never commits.
"""

from datetime import datetime

from sqlalchemy import delete, or_, select, update

from helpdesk.accounts.models import ParkedForm
from helpdesk.chat.models import Chat, ChatMessage
from helpdesk.desk.models import UnsentText
from helpdesk.extensions import db
from helpdesk.files import service as files
from helpdesk.files.models import StoredFile
from helpdesk.mail.models import IS_WAITING, Mail
from helpdesk.privacy import finding, marks
from helpdesk.tickets import changes
from helpdesk.tickets.models import Ticket, TicketEvent, TicketMessage


def empty_ticket(ticket: Ticket, *, what: str, at: datetime) -> None:
    """Nothing that anybody wrote in this ticket is left, notes, files and unsent texts included.

    `what` is how its history tells of it: `emptied` (by time) or `erased` (with its member).
    """
    mark = marks.deleted(ticket.language)
    ticket.title, ticket.emptied_at = mark, at
    messages = select(TicketMessage.id).where(TicketMessage.ticket_id == ticket.id)
    files.purge(list(db.session.scalars(select(StoredFile).where(StoredFile.message_id.in_(messages)))))
    said = update(TicketMessage).where(TicketMessage.ticket_id == ticket.id, TicketMessage.body != "")
    db.session.execute(said.values(body=mark).execution_options(synchronize_session=False))
    forget_typed(ticket)
    db.session.execute(delete(Mail).where(Mail.ticket_id == ticket.id, IS_WAITING))
    db.session.flush()
    finding.index_with_relatives(ticket)
    _note(ticket, what, at=at)


def forget_typed(ticket: Ticket) -> None:
    """What agents and the member have typed in this ticket and not sent."""
    db.session.execute(delete(UnsentText).where(UnsentText.ticket_id == ticket.id))
    places = [f"/{part}/{ticket.number}" for part in ("desk/tickets", "technical-issues")]
    below = (ParkedForm.path.startswith(f"{place}/", autoescape=True) for place in places)
    db.session.execute(delete(ParkedForm).where(or_(ParkedForm.path.in_(places), *below)))


def _note(ticket: Ticket, what: str, *, at: datetime) -> None:
    """A line of the history that moves the ticket to no other place in any list, and that nobody is told of."""
    seq = changes.next_seq(ticket)
    db.session.add(TicketEvent(ticket_id=ticket.id, seq=seq, what=what, status=ticket.status, at=at))


def empty_chat(chat: Chat, *, at: datetime) -> None:
    """Nothing that anybody said in this chat is left, nor who the member was; its lines and its rating are."""
    mark = marks.deleted(marks.CHAT)
    chat.name, chat.member_ref, chat.email, chat.rating_comment, chat.emptied_at = mark, "", "", "", at
    said = update(ChatMessage).where(ChatMessage.chat_id == chat.id, ChatMessage.kind == "text")
    db.session.execute(said.values(body=mark).execution_options(synchronize_session=False))
    db.session.execute(delete(ParkedForm).where(ParkedForm.path.in_((f"/desk/chats/{chat.id}", f"/chat/{chat.id}"))))
