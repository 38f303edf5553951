"""The sentences of the bell, in its reader's language."""

from collections.abc import Callable

from flask_babel import gettext as _


def _replied(name: str, number: str) -> str:
    return _("%(name)s replied in ticket no. %(number)s.", name=name, number=number)


def _reopened(name: str, number: str) -> str:
    return _("%(name)s reopened ticket no. %(number)s.", name=name, number=number)


SENTENCES: dict[str, Callable[[str, str], str]] = {
    "ticket_requested_information": lambda name, number: _(
        "%(name)s needs information from you in ticket no. %(number)s.", name=name, number=number
    ),
    "ticket_replied": _replied,
    "ticket_closed": lambda name, number: _("%(name)s closed ticket no. %(number)s.", name=name, number=number),
    "ticket_reopened": _reopened,
    "ticket_reminder": lambda name, number: _(
        "We are still waiting for your feedback in ticket no. %(number)s.", number=number
    ),
    "ticket_auto_closed": lambda name, number: _(
        "Ticket no. %(number)s was closed because there was no feedback.", number=number
    ),
    "ticket_merged": lambda name, number: _("Ticket no. %(number)s goes on in another ticket.", number=number),
    "agent_new_ticket": lambda name, number: _("%(name)s submitted ticket no. %(number)s.", name=name, number=number),
    "agent_member_replied": _replied,
    "agent_member_reopened": _reopened,
    "agent_assigned": lambda name, number: (
        _("%(name)s assigned ticket no. %(number)s to you.", name=name, number=number)
        if name
        else _("Ticket no. %(number)s was assigned to you.", number=number)
    ),
    "agent_mentioned": lambda name, number: _(
        "%(name)s mentioned you in ticket no. %(number)s.", name=name, number=number
    ),
    "agent_chat_waiting": lambda name, number: _("%(name)s has been waiting for a chat for long.", name=name),
}


def sentence(kind: str, name: str | None, number: int | None) -> str:
    """What the bell says: who did what, to which ticket. Without a name it was time itself."""
    return SENTENCES[kind](name or "", str(number or ""))
