"""What there is around a ticket, in one query: its member, what the agent has not sent, and what else is to be asked.

Most tickets have no links, no followers and no files that wait: their page does not ask for them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.chat import queries as chats
from helpdesk.chat.models import Chat
from helpdesk.desk.models import TicketViewer, UnsentText
from helpdesk.desk.unsent import texts, viewers
from helpdesk.desk.unsent.texts import Unsent
from helpdesk.files.models import StoredFile
from helpdesk.reading import read
from helpdesk.tickets import changes, counts
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Ticket, TicketCount, TicketLink, TicketTag

_user, _text, _viewer, _ticket, _tagged, _link, _chat, _file, _count = (
    table.__table__.c
    for table in (User, UnsentText, TicketViewer, Ticket, TicketTag, TicketLink, Chat, StoredFile, TicketCount)
)
_this, _agent = bindparam("ticket_id"), bindparam("agent_id")


def _is_there(*conditions: Any) -> Any:
    return select(1).where(*conditions).exists()


def _kept(status: Status) -> Any:
    of_state = select(_count.tickets).where(_count.scope == bindparam("scope"), _count.status == status.value)
    return of_state.scalar_subquery().label(f"kept_{status.value}")


_is_theirs = _chat.member_id == bindparam("owner_id")
_AROUND = (
    select(
        _user.name, _user.email, _user.member_id, _user.rank, _user.language, _text.body, _text.mode, _text.saved_at,
        *map(_kept, Status), chats.BEHIND.scalar_subquery().label("chat"), _is_there(_is_theirs).label("has_chats"),
        _is_there(_ticket.follows_id == _this).label("is_followed"),
        _is_there(or_(_link.ticket_id == _this, _link.other_id == _this)).label("is_linked"),
        _is_there(_tagged.ticket_id == _this).label("is_tagged"),
        _is_there(
            _viewer.ticket_id == _this, _viewer.agent_id != _agent, _viewer.seen_at >= bindparam("since")
        ).label("is_viewed"),
        _is_there(
            _file.owner_id == _agent, _file.submission == bindparam("staging"), _file.message_id.is_(None)
        ).label("has_staged"),
    )
    .outerjoin_from(User.__table__, UnsentText.__table__, and_(_text.agent_id == _agent, _text.ticket_id == _this))
    .where(_user.id == bindparam("owner_id"))
)  # fmt: skip


@dataclass(frozen=True)
class Around:
    """`owner` is the ticket's member with their facts, and says by `is_` and `has_` what else there is to ask for.

    Under `staging` the files for the agent's next message are staged.
    """

    owner: Row[Any]
    kept: dict[Status, int]
    unsent: Unsent | None
    staging: str


def around(ticket: Ticket, agent: Person, *, at: datetime) -> Around:
    """What there is around this ticket at the moment `at`, for this agent."""
    facts = {
        "ticket_id": ticket.id, "owner_id": ticket.owner_id, "submission": ticket.submission, "agent_id": agent.id,
        "scope": counts.of_owner(ticket.owner_id), "since": viewers.since(at),
        "staging": changes.staging(ticket.id, agent.id),
    }  # fmt: skip
    row = read(_AROUND, facts).one()
    kept = {status: getattr(row, f"kept_{status.value}") or 0 for status in Status}
    return Around(row, kept, texts.read(row), facts["staging"])
