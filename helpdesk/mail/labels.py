"""The words of the page on which people choose what they are written about."""

from flask_babel import lazy_gettext as _l

KINDS = {
    "ticket_submitted": _l("A receipt for each ticket that you submit"),
    "ticket_requested_information": _l("When we need information from you"),
    "ticket_replied": _l("When there is a new reply"),
    "ticket_reminder": _l("A reminder that we are still waiting for your reply"),
    "ticket_closed": _l("When a ticket has been closed"),
    "ticket_auto_closed": _l("When a ticket has closed by itself"),
    "ticket_reopened": _l("When our IT team has reopened a ticket"),
    "ticket_merged": _l("When a ticket has been merged with another one"),
    "agent_new_ticket": _l("When a new ticket has been submitted"),
    "agent_assigned": _l("When a ticket has been assigned to you"),
    "agent_member_replied": _l("When a member has replied"),
    "agent_mentioned": _l("When a colleague has mentioned you"),
    "agent_chat_waiting": _l("When somebody has been waiting in the chat for too long"),
    "agent_digest": _l("A daily summary of what is waiting"),
}
