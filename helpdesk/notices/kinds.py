"""The kinds of notices: whose they are, and which of them a browser may show. Plain rules: no Flask, no database."""

OF_MEMBERS = (
    "ticket_requested_information", "ticket_replied", "ticket_closed", "ticket_reopened", "ticket_reminder",
    "ticket_auto_closed", "ticket_merged",
)  # fmt: skip
OF_TEAM = (
    "agent_new_ticket", "agent_member_replied", "agent_member_reopened", "agent_assigned", "agent_mentioned",
    "agent_chat_waiting",
)  # fmt: skip
# What somebody is told by the browser itself while they look elsewhere: it is about them, and somebody did it.
SHOWN_OUTSIDE = frozenset({"agent_member_replied", "agent_member_reopened", "agent_assigned", "agent_mentioned"})
