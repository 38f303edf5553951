"""The queue and an agent's own chats, as the dashboard, the queue's page and the conversation show them."""

from datetime import datetime

from helpdesk.accounts.person import Person
from helpdesk.chat import queries as chats
from helpdesk.desk.chats import labels, queries


def lists(agent: Person, *, at: datetime) -> dict[str, object]:
    """What `desk/_chats.html` shows to this agent: two queries, however many wait."""
    return {
        "waiting": chats.waiting(),
        "own": queries.own_chats(agent),
        "waited": labels.waited,
        "in_words": labels.language_in_words,
        "at": at,
    }
