"""What is filled into a saved reply where it is inserted."""

from helpdesk.accounts.person import Person
from helpdesk.chat.models import Chat


def filled(chat: Chat, agent: Person) -> dict[str, str]:
    """`{name}` is how the member called themselves, `{agent}` who writes."""
    return for_member(chat.name, agent)


def for_member(name: str, agent: Person) -> dict[str, str]:
    """The same for a member of this name."""
    return {"name": name, "agent": agent.name}
