"""The member that a ticket or a chat belongs to, as the desk shows them beside it."""

from helpdesk.accounts.models import User
from helpdesk.extensions import db
from helpdesk.tickets import counts
from helpdesk.tickets.lifecycle import Status


def member_card(owner_id: int) -> tuple[User, dict[Status, int]]:
    """The member that a ticket belongs to, and how many tickets they have."""
    owner = db.session.get_one(User, owner_id)
    scope = counts.of_owner(owner_id)
    return owner, counts.read([scope])[scope]
